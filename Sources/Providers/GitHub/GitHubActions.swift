import Curl
import Foundation
import Model

/// GitHub Actions.
///
/// A build is one run of one job: its external id is the job's, its attempt the run's. A run that failed before it had any job is a
/// build by itself, without a log. Source: "REST API endpoints for GitHub Actions" in GitHub's documentation.
package struct GitHubActions: Provider {
  package static let name = "github"
  /// What the external id of a run begins with that is a build by itself.
  static let runPrefix = "run-"

  package var name: String { Self.name }

  let client: GitHubClient
  /// How long after a run began it may still be run again, or end, and be found: GitHub lists runs by when they were created, not by
  /// when they ended. Seconds. Listing goes back so much further, which costs a request per hundred runs.
  let reach: Double

  package static let usualReach: Double = 3 * 86_400

  package init(_ client: GitHubClient, reach: Double = Self.usualReach) {
    self.client = client
    self.reach = reach
  }

  package func builds(of project: String, _ query: BuildQuery, after cursor: String?) async throws -> BuildPage {
    let operation = "list the runs of github project \(project)"
    let floor = Int(max(0, query.since - reach))
    var window = GitHubRunWindow(first: floor, last: Int(client.now()) + Self.clockSkew)
    if let cursor {
      guard let known = GitHubRunWindow(cursor: cursor) else {
        throw ProviderError(.malformed, operation: operation, detail: "the cursor isn't one of ours")
      }
      window = known
    }
    var listed = try await runs(of: project, window, branch: query.branch, operation)
    while listed.total > GitHubRunWindow.mostListed, let half = window.newerHalf {
      window = half
      listed = try await runs(of: project, window, branch: query.branch, operation)
    }
    var page = BuildPage(builds: [])
    // A run that is queued again counts as not finished; what its earlier attempts gave is listed all the same.
    for run in listed.runs where !run.isFinished || (run.updatedAt ?? run.createdAt).seconds >= query.since {
      let found = try await builds(of: run, in: project, since: query.since)
      page.builds += found.builds
      if found.isUnfinished { page.oldestUnfinished = min(page.oldestUnfinished ?? .infinity, run.createdAt.seconds + reach) }
    }
    page.next = window.next(total: listed.total, isEmpty: listed.runs.isEmpty, floor: floor)?.cursor
    return page
  }

  package func builds(ofRun run: String, of project: String) async throws -> [Build] {
    guard let id = Int(run) else {
      throw ProviderError(.malformed, operation: "list the jobs of github run \(run)", detail: "a run's id is a number")
    }
    let call = try GitHubCall("read github run \(id)", ["actions", "runs", String(id)], in: project)
    return try await builds(of: try await client.value(GitHubRun.self, of: call), in: project).builds
  }

  package func rerun(_ build: Build) async throws {
    guard let job = Int(build.externalID) else {
      throw ProviderError(
        .refused, operation: "run github build \(build.externalID) again", detail: "it has no job; mend its workflow file")
    }
    try await rerun("run github job \(job) again", ["actions", "jobs", String(job), "rerun"], in: build.repository)
  }

  /// Runs all failed jobs of a run again, and those that depend on them.
  ///
  /// - Throws: `ProviderError`; `.refused` with GitHub's words where it won't: the run hasn't finished or is too old.
  package func rerunFailedJobs(ofRun run: Int, of project: String) async throws {
    try await rerun(
      "run the failed jobs of github run \(run) again", ["actions", "runs", String(run), "rerun-failed-jobs"], in: project)
  }

  private func rerun(_ operation: String, _ path: [String], in project: String) async throws {
    do {
      _ = try await client.send(try GitHubCall(operation, .post, path, in: project))
    } catch let error as ProviderError where error.reason == .forbidden && !GitHubFailure.isPermission(error.detail) {
      throw ProviderError(.refused, operation: operation, detail: error.detail)
    }
  }

  /// A run's jobs of all attempts that finished since a time, and whether others haven't finished.
  private func builds(
    of run: GitHubRun, in project: String, since: Double = 0
  ) async throws -> (builds: [Build], isUnfinished: Bool) {
    struct Page: Decodable, Sendable { let jobs: [GitHubJob] }
    var call = try GitHubCall("list the jobs of github run \(run.id)", ["actions", "runs", String(run.id), "jobs"], in: project)
    call.query = [("filter", "all")]
    var jobs: [GitHubJob] = []
    try await client.pages(of: Page.self, call) { page in
      jobs += page.jobs
      return true
    }
    var builds: [Build] = []
    for job in jobs {
      guard let build = job.build(in: project, run: run), (build.finishedAt ?? since) >= since else { continue }
      builds.append(job.mayHaveRunOutOfTime ? try await ending(of: build) : build)
    }
    if jobs.isEmpty, let failure = run.startupFailure(in: project), (failure.finishedAt ?? since) >= since {
      builds.append(failure)
    }
    return (builds, !run.isFinished || jobs.contains { !$0.isFinished })
  }

  private struct RunPage: Decodable, Sendable {
    let total: Int
    let runs: [GitHubRun]

    private enum CodingKeys: String, CodingKey {
      case total = "total_count"
      case runs = "workflow_runs"
    }
  }

  private func runs(
    of project: String, _ window: GitHubRunWindow, branch: String?, _ operation: String
  ) async throws -> RunPage {
    var call = try GitHubCall(operation, ["actions", "runs"], in: project)
    call.query = [("created", window.created), ("per_page", String(GitHubRunWindow.pageSize)), ("page", String(window.page))]
    if let branch { call.query.append(("branch", branch)) }
    return try await client.value(RunPage.self, of: call)
  }

  /// GitHub's clock may be ahead of ours by so many seconds without its newest runs being missed.
  private static let clockSkew = 300
}
