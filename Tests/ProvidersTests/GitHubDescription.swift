import Foundation
import TestSupport

/// GitHub's own description of its REST API, against which requests are held.
struct GitHubDescription {
  private let description: OpenAPIDescription

  /// What GitHub's current documentation has and the description at hand doesn't yet.
  private static let newer = [
    "POST /repos/{}/{}/actions/jobs/{}/rerun", "GET /repos/{}/{}/actions/runs/{}/attempts/{}/logs",
  ]

  init(_ file: URL) throws { description = try OpenAPIDescription(file) }

  /// What is wrong with a request; empty if it is as described.
  func problems(of request: WorldRequest) -> [String] {
    var problems: [String] = []
    if request.headers["accept"] != "application/vnd.github+json" { problems.append("Accept") }
    if request.headers["x-github-api-version"] != "2022-11-28" { problems.append("X-GitHub-Api-Version") }
    if (request.headers["user-agent"] ?? "").isEmpty { problems.append("User-Agent") }
    if let found = description.problems(of: request) { return problems + found }
    let isNewer = Self.newer.contains { template in
      let parts = template.split(separator: " ")[1].split(separator: "/")
      return template.hasPrefix(request.method + " ") && parts.count == request.path.count
        && zip(parts, request.path).allSatisfy { $0 == "{}" || $0 == $1 }
    }
    return isNewer ? problems : problems + ["no such request: \(request.line)"]
  }
}
