import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

/// Everything that is ever asked of CircleCI's API v2, held against its own description.
@Suite struct CircleCIDescriptionTests {
  private static let description: URL? = SharedData.file("api/circleci/openapi-v2-2020.yaml")

  @Test(.enabled(if: description != nil, "there is no shared data")) func everyRequestIsAsCircleCIDescribesIt() async throws {
    // `gh/owner/name`
    let described = try OpenAPIDescription(try #require(Self.description), segments: ["project-slug": 3])
    let world = CIWorld(.circleci)
    let servers = try world.serve()
    let circle = CircleCI(.impatient(), try Access(base: servers.api.url, token: CIWorld.token))
    for run in 1...25 { world.finish("linux", run: run, at: 1_767_320_000 + Double(run)) }

    let builds = try await circle.allBuilds(of: "gh/o/web", branch: "main").builds
    #expect(builds.count == 25)
    let build = try #require(builds.first)
    _ = try await circle.builds(.job(project: "gh/o/web", number: try #require(Int(build.externalID))))
    for log in try await circle.logs(of: build) { #expect(try await circle.text(of: log, build) == "a log\n") }
    try await circle.rerun(build)
    #expect(world.read { $0.jobs.count } == 26)

    var kinds: Set<String> = []
    for var request in world.requests {
      #expect(request.headers["circle-token"] == CIWorld.token && request.headers["accept"] == "application/json")
      // Steps are told by the API v1.1 only, of which there is no description.
      if request.path.starts(with: ["api", "v1.1", "project", "gh", "o", "web"]), request.path.count == 7 { continue }
      request.path.removeFirst(2)
      kinds.insert(request.method + " " + (request.path.first ?? "") + " " + (request.path.last ?? "").filter { !$0.isNumber })
      #expect(described.problems(of: request) == [], "\(request.line)")
    }
    #expect(kinds.isSuperset(of: ["GET project pipeline", "GET pipeline workflow", "GET workflow job", "POST workflow rerun"]))
    // A check that finds nothing wrong proves something only if it would.
    let wrong = WorldRequest(method: "GET", target: "/project/gh/o/web/pipeline?page=2", headers: [:], body: [])
    #expect(described.problems(of: wrong)?.count == 1)
    #expect(described.problems(of: WorldRequest(method: "GET", target: "/project/gh/o/web/nothing", headers: [:], body: [])) == nil)
  }
}
