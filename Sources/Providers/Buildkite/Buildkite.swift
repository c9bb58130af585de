import Curl
import Foundation
import Model

/// Buildkite.
///
/// A build is one job; a retried one is a job of its own, linked with the one before. A project is `organization/pipeline`. Sources:
/// "Builds API" and "Jobs API" in Buildkite's documentation.
package struct Buildkite: Provider {
  package static let name = "buildkite"
  package static let publicBase = "https://api.buildkite.com/v2"
  /// How long after a Buildkite build began its jobs may still end, or be retried, and be found: builds are listed by when they began.
  /// Seconds.
  package static let usualReach: Double = 86_400

  package var name: String { Self.name }

  private let client: ProviderClient
  private let reach: Double

  /// - Parameters:
  ///   - access: the API's address, and an API access token.
  ///   - reach: seconds that a listing goes back beyond what it is asked for.
  package init(_ http: HTTPClient, _ access: Access, reach: Double = Self.usualReach) {
    client = ProviderClient(http, access) { ("Authorization", "Bearer \($0)") }
    self.reach = reach
  }

  package func builds(of project: String, _ query: BuildQuery, after cursor: String?) async throws -> BuildPage {
    let operation = "list the builds of buildkite pipeline \(project)"
    let parts = project.split(separator: "/").map(String.init)
    guard parts.count == 2, parts.allSatisfy(BuildkiteRunID.isSlug) else {
      throw ProviderError(.malformed, operation: operation, detail: "a project is organization/pipeline")
    }
    let call: ProviderCall
    if let cursor {
      call = try client.further(cursor, operation)
    } else {
      // Each comes with all of its jobs, which may be some hundreds.
      var parameters = [
        ("created_from", Moment.format(query.since - reach)), ("include_retried_jobs", "true"), ("per_page", "10"),
      ]
      if let branch = query.branch { parameters.append(("branch", branch)) }
      call = ProviderCall(operation, .get, BuildkiteRunID.path(parts[0], parts[1]) + ["builds"], query: parameters)
    }
    let listed = try await client.page(of: [BuildkiteAnswers.Run].self, call)
    var page = BuildPage(builds: [], next: listed.next)
    for run in listed.value {
      page.builds += try builds(of: run, organization: parts[0], operation).filter { ($0.finishedAt ?? query.since) >= query.since }
      if run.isUnfinished { page.oldestUnfinished = min(page.oldestUnfinished ?? .infinity, run.createdAt.seconds + reach) }
    }
    return page
  }

  /// - Parameters:
  ///   - run: `organization/pipeline/number`.
  ///   - project: not needed, the run says it.
  package func builds(ofRun run: String, of project: String) async throws -> [Build] {
    let operation = "read buildkite build \(run)"
    guard let id = BuildkiteRunID(run) else {
      throw ProviderError(.malformed, operation: operation, detail: "a build is organization/pipeline/number")
    }
    let call = ProviderCall(operation, .get, id.path, query: [("include_retried_jobs", "true")])
    return try builds(of: try await client.value(BuildkiteAnswers.Run.self, of: call), organization: id.organization, operation)
  }

  package func logs(of build: Build) async throws -> [LogReference] { [LogReference(step: "", locator: build.externalID)] }

  @discardableResult
  package func fetch(_ log: LogReference, of build: Build, into sink: @escaping LogSink) async throws -> LogExtent {
    let operation = "fetch the log of buildkite job \(log.locator)"
    let id = try id(log.locator, operation)
    let job = try await client.value(BuildkiteAnswers.Job.self, of: ProviderCall(operation, .get, id.path))
    guard job.finishedAt != nil else { throw ProviderError(.notReady, operation: operation) }
    guard job.startedAt != nil else { throw ProviderError(.gone, operation: operation, detail: "no agent ever ran the job") }
    var call = ProviderCall(operation, .get, id.path + ["log"])
    call.accept = "text/plain"
    _ = try await client.stream(call, into: sink)
    return .whole
  }

  package func rerun(_ build: Build) async throws {
    let operation = "run buildkite job \(build.externalID) again"
    // A PUT, but not one that does no more when it is done twice: then Buildkite refuses.
    _ = try await client.answer(ProviderCall(operation, .put, try id(build.externalID, operation).path + ["retry"]))
  }

  private func id(_ text: String, _ operation: String) throws(ProviderError) -> BuildkiteJobID {
    guard let id = BuildkiteJobID(externalID: text) else {
      throw ProviderError(.malformed, operation: operation, detail: "a job's id is organization/pipeline/number/job")
    }
    return id
  }

  private func builds(of run: BuildkiteAnswers.Run, organization: String, _ operation: String) throws(ProviderError) -> [Build] {
    guard let id = BuildkiteRunID(organization: organization, pipeline: run.pipeline.slug, number: run.number) else {
      throw ProviderError(.malformed, operation: operation, detail: "pipeline.slug has no such value")
    }
    guard let repository = RepositoryPath.ofRemote(run.pipeline.repository) else {
      throw ProviderError(.malformed, operation: operation, detail: "pipeline.repository has no such value")
    }
    // A build that was stopped before an agent saw the code knows no commit.
    guard let commit = ObjectName(run.commit) else { return [] }
    let attempts = Self.attempts(run.jobs)
    return run.jobs.compactMap { job in
      guard let outcome = job.outcome, let jobID = BuildkiteJobID(run: id, job: job.id) else { return nil }
      let place = attempts[job.id]
      return Build(
        provider: Self.name, repository: repository, externalID: jobID.externalID, attempt: place?.attempt ?? 1,
        run: place?.first ?? job.id, commit: commit.text, branch: run.branch.text,
        pullRequest: run.pullRequest?.id.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil },
        workflow: run.pipeline.slug, job: job.fullName, outcome: outcome, url: job.webURL?.text, finishedAt: job.finishedAt?.seconds
      )
    }
  }

  /// Follows each job back to the one that it retries, and so on to the first. The number of retries that Buildkite tells isn't used: it doesn't
  /// say of which of them it speaks.
  private static func attempts(_ jobs: [BuildkiteAnswers.Job]) -> [String: (attempt: Int, first: String)] {
    var before: [String: String] = [:]
    for job in jobs {
      if let source = job.retrySource { before[job.id] = source.job }
      if let next = job.retriedIn { before[next] = job.id }
    }
    var attempts: [String: (attempt: Int, first: String)] = [:]
    for job in jobs {
      var attempt = 1
      var place = job.id
      while let earlier = before[place], attempt <= jobs.count {
        attempt += 1
        place = earlier
      }
      attempts[job.id] = (attempt, place)
    }
    return attempts
  }
}
