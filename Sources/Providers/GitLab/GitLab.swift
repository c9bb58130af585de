import Curl
import Model

/// GitLab CI, on gitlab.com or one's own instance.
///
/// A build is one job, whose id is the external one; retrying makes a new job of the same name in the same pipeline. Sources: "Jobs
/// API", "Pipelines API" and "REST API" (pagination) in GitLab's documentation.
package struct GitLab: Provider {
  package static let name = "gitlab"
  /// The API of gitlab.com; that of an instance is `https://HOST/api/v4`.
  package static let publicBase = "https://gitlab.com/api/v4"

  package var name: String { Self.name }

  private let client: ProviderClient

  /// - Parameter access: the API's address, and a personal, group or project access token.
  package init(_ http: HTTPClient, _ access: Access) {
    client = ProviderClient(http, access) { ("PRIVATE-TOKEN", $0) }
  }

  /// The pages are of pipelines that changed since, so a job that was retried much later is found, too.
  package func builds(of project: String, _ query: BuildQuery, after cursor: String?) async throws -> BuildPage {
    let operation = "list the pipelines of gitlab project \(project)"
    let call: ProviderCall
    if let cursor {
      call = try client.further(cursor, operation)
    } else {
      var parameters = [("updated_after", Moment.format(query.since)), ("order_by", "id"), ("sort", "desc"), ("per_page", "20")]
      if let branch = query.branch { parameters.append(("ref", branch)) }
      call = ProviderCall(operation, .get, try path(project, operation) + ["pipelines"], query: parameters)
    }
    let listed = try await client.page(of: [GitLabAnswers.Pipeline].self, call)
    var page = BuildPage(builds: [], next: listed.next)
    for pipeline in listed.value {
      page.builds += try await builds(of: pipeline, project).filter { ($0.finishedAt ?? query.since) >= query.since }
      if pipeline.isUnfinished { page.oldestUnfinished = min(page.oldestUnfinished ?? .infinity, pipeline.createdAt.seconds) }
    }
    return page
  }

  package func builds(ofRun run: String, of project: String) async throws -> [Build] {
    let operation = "read gitlab pipeline \(run)"
    let call = ProviderCall(operation, .get, try path(project, operation) + ["pipelines", try id(run, operation)])
    return try await builds(of: try await client.value(GitLabAnswers.Pipeline.self, of: call), project)
  }

  package func logs(of build: Build) async throws -> [LogReference] { [LogReference(step: "", locator: build.externalID)] }

  /// The raw log with its section markers.
  @discardableResult
  package func fetch(_ log: LogReference, of build: Build, into sink: @escaping LogSink) async throws -> LogExtent {
    let operation = "fetch the log of gitlab job \(log.locator)"
    let path = try path(build.repository, operation) + ["jobs", try id(log.locator, operation)]
    let job = try await client.value(GitLabAnswers.Job.self, of: ProviderCall(operation, .get, path))
    guard GitLabStatus.isFinished(job.status) else { throw ProviderError(.notReady, operation: operation) }
    guard job.erasedAt == nil else { throw ProviderError(.gone, operation: operation, detail: "someone erased it") }
    var call = ProviderCall(operation, .get, path + ["trace"])
    call.accept = "text/plain"
    // The runner stops writing there, and the job goes on.
    let end = LogEnd(sink)
    _ = try await client.stream(call, into: end.sink)
    return end.holds("Job's log exceeded limit of") ? .cut : .whole
  }

  package func rerun(_ build: Build) async throws {
    let operation = "run gitlab job \(build.externalID) again"
    let path = try path(build.repository, operation) + ["jobs", try id(build.externalID, operation), "retry"]
    do {
      _ = try await client.answer(ProviderCall(operation, .post, path))
    } catch let error as ProviderError where error.reason == .forbidden && error.detail.contains("not retryable") {
      throw ProviderError(.refused, operation: operation, detail: error.detail)
    }
  }

  private func builds(of pipeline: GitLabAnswers.Pipeline, _ project: String) async throws -> [Build] {
    let operation = "list the jobs of gitlab pipeline \(pipeline.id)"
    let path = try path(project, operation) + ["pipelines", String(pipeline.id), "jobs"]
    let query = [("include_retried", "true"), ("per_page", "100")]
    let jobs = try await client.all(of: GitLabAnswers.Job.self, ProviderCall(operation, .get, path, query: query))
    var attempts: [OutsideName: Int] = [:]
    // While the list is read page by page, a new job moves others to the next page.
    var seen: Set<Int> = []
    return jobs.sorted { $0.id < $1.id }.compactMap { job in
      guard seen.insert(job.id).inserted else { return nil }
      attempts[job.name, default: 0] += 1
      guard let outcome = job.outcome else { return nil }
      let isBranch = pipeline.mergeRequest == nil
      return Build(
        provider: Self.name, repository: project, externalID: String(job.id), attempt: attempts[job.name] ?? 1,
        run: String(pipeline.id), commit: pipeline.sha.text, branch: isBranch ? pipeline.ref.text : "",
        pullRequest: pipeline.mergeRequest,
        workflow: pipeline.workflow, job: job.name.text, outcome: outcome, url: job.webURL?.text,
        finishedAt: job.finishedAt?.seconds)
    }
  }

  private func path(_ project: String, _ operation: String) throws(ProviderError) -> [String] {
    guard let path = RepositoryPath.checked(project) else {
      throw ProviderError(.malformed, operation: operation, detail: "a project is its path, group/name")
    }
    return ["projects", path]
  }

  private func id(_ text: String, _ operation: String) throws(ProviderError) -> String {
    guard let id = Int(text), id > 0 else { throw ProviderError(.malformed, operation: operation, detail: "an id is a number") }
    return String(id)
  }
}
