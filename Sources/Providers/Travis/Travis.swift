import Curl
import Model

/// Travis CI, at travis-ci.com or one's own server.
///
/// A build is one run of one job. Travis restarts a job in place: it keeps its id and loses its earlier outcome and log. So what tells its
/// attempts apart is when they began. Source: Travis' "API V3" documentation, developer.travis-ci.com.
package struct Travis: Provider {
  package static let name = "travis"
  /// The API of travis-ci.com; that of a server is `https://HOST/api`.
  package static let publicBase = "https://api.travis-ci.com"
  /// How long after a Travis build began its jobs may still end, or be restarted, and be found: builds are listed by when they were made.
  /// Seconds.
  package static let usualReach: Double = 86_400
  private static let pageSize = 25

  package var name: String { Self.name }

  private let client: ProviderClient
  private let reach: Double
  /// Where people look, without a trailing slash.
  private let pages: String

  /// - Parameters:
  ///   - access: the API's address, and an API token.
  ///   - reach: seconds that a listing goes back beyond what it is asked for.
  package init(_ http: HTTPClient, _ access: Access, reach: Double = Self.usualReach) {
    client = ProviderClient(http, access, fields: [("Travis-API-Version", "3")]) { ("Authorization", "token \($0)") }
    self.reach = reach
    var base = access.base.description
    if base.hasSuffix("/") { base.removeLast() }
    pages = base == Self.publicBase ? "https://app.travis-ci.com/github" : base.hasSuffix("/api") ? String(base.dropLast(4)) : base
  }

  package func builds(of project: String, _ query: BuildQuery, after cursor: String?) async throws -> BuildPage {
    let operation = "list the builds of travis project \(project)"
    guard let offset = Int(cursor ?? "0"), offset >= 0 else {
      throw ProviderError(.malformed, operation: operation, detail: "the cursor isn't one of ours")
    }
    var parameters = [
      ("include", "build.jobs,build.commit,job.config"), ("sort_by", "id:desc"), ("limit", String(Self.pageSize)),
      ("offset", String(offset)),
    ]
    if let branch = query.branch { parameters.append(("branch.name", branch)) }
    let path = ["repo", try self.project(project, operation), "builds"]
    let listed = try await client.value(TravisAnswers.Page.self, of: ProviderCall(operation, .get, path, query: parameters))
    var page = BuildPage(builds: [])
    let floor = query.since - reach
    for run in listed.builds where (run.startedAt?.seconds ?? .infinity) >= floor {
      page.builds += builds(of: run, project).filter { ($0.finishedAt ?? query.since) >= query.since }
      if run.isUnfinished {
        page.oldestUnfinished = min(page.oldestUnfinished ?? .infinity, (run.startedAt?.seconds ?? client.now()) + reach)
      }
    }
    let isBehind = listed.builds.last.map { ($0.startedAt?.seconds ?? .infinity) < floor } ?? true
    page.next = isBehind ? nil : listed.pagination?.next.flatMap { $0.offset > offset ? String($0.offset) : nil }
    return page
  }

  package func builds(ofRun run: String, of project: String) async throws -> [Build] {
    let operation = "read travis build \(run)"
    let path = ["build", try id(run, operation)]
    let call = ProviderCall(operation, .get, path, query: [("include", "build.jobs,build.commit,job.config")])
    return builds(of: try await client.value(TravisAnswers.Run.self, of: call), try self.project(project, operation))
  }

  package func logs(of build: Build) async throws -> [LogReference] { [LogReference(step: "", locator: build.externalID)] }

  /// The raw log with its fold and time markers.
  @discardableResult
  package func fetch(_ log: LogReference, of build: Build, into sink: @escaping LogSink) async throws -> LogExtent {
    let operation = "fetch the log of travis job \(log.locator)"
    let path = ["job", try id(log.locator, operation)]
    try await check(path, build, operation)
    var call = ProviderCall(operation, .get, path + ["log.txt"])
    call.accept = "text/plain"
    let end = LogEnd(sink)
    do {
      _ = try await client.stream(call, into: end.sink)
    } catch let error as ProviderError where error.reason == .forbidden && error.detail.contains("log_expired") {
      throw ProviderError(.gone, operation: operation, detail: error.detail)
    }
    // What came may be of a run that began meanwhile.
    try await check(path, build, operation)
    return end.holds("exceeded the maximum log length") ? .cut : .whole
  }

  /// Makes sure that the job is still the run that the build was.
  private func check(_ path: [String], _ build: Build, _ operation: String) async throws {
    let job = try await client.value(TravisAnswers.Job.self, of: ProviderCall(operation, .get, path))
    guard job.attempt == build.attempt else {
      throw ProviderError(
        .gone, operation: operation, detail: "the job was restarted, and Travis keeps the log of the last run only")
    }
    guard !TravisAnswers.isUnfinished(job.state) else { throw ProviderError(.notReady, operation: operation) }
  }

  package func rerun(_ build: Build) async throws {
    let operation = "run travis job \(build.externalID) again"
    _ = try await client.answer(ProviderCall(operation, .post, ["job", try id(build.externalID, operation), "restart"]))
  }

  private func builds(of run: TravisAnswers.Run, _ project: String) -> [Build] {
    run.jobs.compactMap { job in
      guard let outcome = job.outcome else { return nil }
      return Build(
        provider: Self.name, repository: project, externalID: String(job.id), attempt: job.attempt,
        run: String(job.id), commit: run.commit.sha.text, branch: run.branch?.name.text ?? "",
        pullRequest: run.pullRequest.flatMap { $0 > 0 ? $0 : nil },
        workflow: run.eventType?.text ?? "", job: job.name, outcome: outcome, url: "\(pages)/\(project)/jobs/\(job.id)",
        finishedAt: job.finishedAt?.seconds)
    }
  }

  private func project(_ project: String, _ operation: String) throws(ProviderError) -> String {
    guard let path = RepositoryPath.checked(project), path.split(separator: "/").count == 2 else {
      throw ProviderError(.malformed, operation: operation, detail: "a project is owner/name")
    }
    return path
  }

  private func id(_ text: String, _ operation: String) throws(ProviderError) -> String {
    guard let id = Int(text), id > 0 else { throw ProviderError(.malformed, operation: operation, detail: "an id is a number") }
    return String(id)
  }
}
