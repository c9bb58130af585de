import Foundation

/// Which job or workflow a link to CircleCI's pages means. Commit statuses by CircleCI name their builds in this way.
package enum CircleCIReference: Sendable, Hashable {
  /// A job by its number, which is unique in its project.
  case job(project: String, number: Int)
  /// All jobs of a workflow.
  case workflow(project: String, id: String)

  /// Reads a link; its host is the caller's to check.
  ///
  /// `/gh/owner/name/1234` is a job. `/pipelines/github/owner/name/5/workflows/ID` is a workflow, with `/jobs/1234` behind it a job
  /// again. What follows, and a query, say only which part of the page to show.
  package init?(link: String) {
    guard link.utf8.count <= 2_048, let components = URLComponents(string: link) else { return nil }
    var parts = components.path.split(separator: "/").map(String.init)
    let isPipeline = parts.first == "pipelines"
    if isPipeline { parts.removeFirst() }
    guard parts.count >= 4, let project = CircleCIProject(parts[..<3].joined(separator: "/")) else { return nil }
    let rest = Array(parts[3...])
    if !isPipeline {
      guard let number = PositiveNumber.read(rest[0]) else { return nil }
      self = .job(project: project.slug, number: number)
    } else if rest.count >= 5, rest[1] == "workflows", rest[3] == "jobs", let number = PositiveNumber.read(rest[4]) {
      self = .job(project: project.slug, number: number)
    } else if rest.count >= 3, rest[1] == "workflows", UUID(uuidString: rest[2]) != nil {
      self = .workflow(project: project.slug, id: rest[2].lowercased())
    } else {
      return nil
    }
  }
}
