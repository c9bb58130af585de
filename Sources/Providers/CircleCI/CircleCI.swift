import Curl
import Foundation
import Model

/// CircleCI, in the cloud or one's own server.
///
/// A build is one run of one job. Its attempts are counted over the runs of its workflow in one pipeline. Sources: CircleCI's "API v2
/// reference", and "API v1.1 reference" for the steps, which v2 doesn't tell.
package struct CircleCI: Provider {
  package static let name = "circleci"
  /// The base address of CircleCI's cloud; that of a server is its own.
  package static let publicBase = "https://circleci.com"
  /// How long after a pipeline began its jobs may still end, or be run again, and be found: pipelines are listed by when they began.
  /// Seconds.
  package static let usualReach: Double = 86_400

  package var name: String { Self.name }

  let client: ProviderClient
  private let reach: Double
  /// Where people look, without a trailing slash.
  private let pages: String

  /// - Parameters:
  ///   - access: the base address, and a personal token.
  ///   - reach: seconds that a listing goes back beyond what it is asked for.
  package init(_ http: HTTPClient, _ access: Access, reach: Double = Self.usualReach) {
    client = ProviderClient(http, access) { ("Circle-Token", $0) }
    self.reach = reach
    let base = access.base.description
    let root = base.hasSuffix("/") ? String(base.dropLast()) : base
    pages = root == Self.publicBase ? "https://app.circleci.com" : root
  }

  package func builds(of project: String, _ query: BuildQuery, after cursor: String?) async throws -> BuildPage {
    let operation = "list the pipelines of circleci project \(project)"
    let project = try self.project(project, operation)
    var parameters: [(String, String)] = []
    if let branch = query.branch { parameters.append(("branch", branch)) }
    if let cursor { parameters.append(("page-token", cursor)) }
    let listed = try await client.value(
      CircleCIAnswers.List<CircleCIAnswers.Pipeline>.self,
      of: ProviderCall(operation, .get, v2(["project"] + project.path + ["pipeline"]), query: parameters))
    var page = BuildPage(builds: [])
    let floor = query.since - reach
    for pipeline in listed.items where pipeline.createdAt.seconds >= floor {
      guard let source = CircleCISource(project: project, vcs: pipeline.vcs, trigger: pipeline.parameters) else { continue }
      let workflows = try await workflows(of: pipeline.id)
      for name in Set(workflows.map(\.name)).sorted(by: { $0.text < $1.text }) {
        let runs = workflows.filter { $0.name == name }
        guard runs.contains(where: { $0.isUnfinished || ($0.stoppedAt?.seconds ?? .infinity) >= query.since }) else { continue }
        let found = try await builds(of: runs, pipeline, project, source)
        page.builds += found.builds.filter { ($0.finishedAt ?? query.since) >= query.since }
        if found.isUnfinished {
          page.oldestUnfinished = min(page.oldestUnfinished ?? .infinity, pipeline.createdAt.seconds + reach)
        }
      }
    }
    let isBehind = listed.items.last.map { $0.createdAt.seconds < floor } ?? true
    page.next = isBehind ? nil : listed.nextPageToken
    return page
  }

  package func builds(ofRun run: String, of project: String) async throws -> [Build] {
    let operation = "read circleci workflow \(run)"
    guard UUID(uuidString: run) != nil else {
      throw ProviderError(.malformed, operation: operation, detail: "a workflow's id is a UUID")
    }
    let workflow = try await client.value(CircleCIAnswers.Workflow.self, of: ProviderCall(operation, .get, v2(["workflow", run])))
    // The answer knows the slug; the repository's name may not tell it.
    let project = try self.project(workflow.projectSlug, operation)
    let pipeline = try await client.value(
      CircleCIAnswers.Pipeline.self, of: ProviderCall(operation, .get, v2(["pipeline", workflow.pipelineID])))
    guard let source = CircleCISource(project: project, vcs: pipeline.vcs, trigger: pipeline.parameters) else { return [] }
    let runs = try await workflows(of: pipeline.id).filter { $0.name == workflow.name }
    return try await builds(of: runs, pipeline, project, source).builds
  }

  /// The builds that a link means: one job, or the jobs of a workflow.
  ///
  /// - Throws: `ProviderError`; `.notReady` if the job hasn't finished.
  package func builds(_ reference: CircleCIReference) async throws -> [Build] {
    switch reference {
    case .workflow(let project, let id): return try await builds(ofRun: id, of: project)
    case .job(let slug, let number):
      let operation = "read circleci job \(number)"
      let project = try self.project(slug, operation)
      let details = try await client.value(
        CircleCIAnswers.JobDetails.self,
        of: ProviderCall(operation, .get, v2(["project"] + project.path + ["job", String(number)])))
      guard let workflow = details.latestWorkflow else {
        throw ProviderError(.unsupported, operation: operation, detail: "it belongs to no workflow")
      }
      let wanted = CircleCIJobID(project: project, number: number).externalID
      let builds = try await builds(ofRun: workflow.id, of: slug).filter { $0.externalID == wanted }
      guard !builds.isEmpty else { throw ProviderError(.notReady, operation: operation) }
      return builds
    }
  }

  package func builds(reported report: ReportedBuild) async throws -> [Build] {
    guard let reference = CircleCIReference(link: report.link) else {
      throw ProviderError(
        .malformed, operation: "find the circleci build that a commit status names", detail: "its link names none")
    }
    return try await builds(reference).filter { $0.repository == report.repository && $0.commit == report.commit }
  }

  /// Runs the job again in a new run of its workflow, and the jobs that wait for it.
  package func rerun(_ build: Build) async throws {
    struct Jobs: Encodable { let jobs: [String] }
    let operation = "run circleci job \(build.externalID) again"
    let detail = try await detail(of: build, operation)
    guard let place = detail.workflow else {
      throw ProviderError(.unsupported, operation: operation, detail: "it belongs to no workflow")
    }
    var call = ProviderCall(operation, .post, v2(["workflow", place.workflowID, "rerun"]))
    call.body = try StrictJSON.encode(Jobs(jobs: [place.jobID]))
    _ = try await client.answer(call)
  }

  func v2(_ path: [String]) -> [String] { ["api", "v2"] + path }

  func project(_ slug: String, _ operation: String) throws(ProviderError) -> CircleCIProject {
    guard let project = CircleCIProject(slug) else {
      throw ProviderError(
        .malformed, operation: operation, detail: "a project is owner/name, gh/owner/name, bb/owner/name or circleci/ID/ID")
    }
    return project
  }

  private func workflows(of pipeline: String) async throws -> [CircleCIAnswers.Workflow] {
    try await all(
      CircleCIAnswers.Workflow.self, "list the workflows of circleci pipeline \(pipeline)", ["pipeline", pipeline, "workflow"])
  }

  private func all<Item: Decodable & Sendable>(_ type: Item.Type, _ operation: String, _ path: [String]) async throws -> [Item] {
    var items: [Item] = []
    var token: String?
    for _ in 0..<ProviderClient.mostPages {
      let query = token.map { [("page-token", $0)] } ?? []
      let page = try await client.value(CircleCIAnswers.List<Item>.self, of: ProviderCall(operation, .get, v2(path), query: query))
      items += page.items
      guard let next = page.nextPageToken, !next.isEmpty else { return items }
      token = next
    }
    throw ProviderError(.tooLarge, operation: operation, detail: "there are more than \(ProviderClient.mostPages) pages")
  }

  /// The builds of all runs of one workflow in a pipeline.
  ///
  /// A run "from failed" takes over the jobs that had passed, with their numbers: they are no attempts of their own.
  private func builds(
    of runs: [CircleCIAnswers.Workflow], _ pipeline: CircleCIAnswers.Pipeline, _ project: CircleCIProject, _ source: CircleCISource
  ) async throws -> (builds: [Build], isUnfinished: Bool) {
    var builds: [Build] = []
    var numbers: Set<Int> = []
    var attempts: [OutsideName: Int] = [:]
    var isUnfinished = false
    for run in runs.sorted(by: { ($0.createdAt.seconds, $0.id) < ($1.createdAt.seconds, $1.id) }) {
      isUnfinished = isUnfinished || run.isUnfinished
      let operation = "list the jobs of circleci workflow \(run.id)"
      let jobs = try await all(CircleCIAnswers.Job.self, operation, ["workflow", run.id, "job"])
      for job in jobs.sorted(by: { ($0.number ?? 0) < ($1.number ?? 0) }) {
        guard let number = job.number, numbers.insert(number).inserted else { continue }
        attempts[job.name, default: 0] += 1
        guard let outcome = job.outcome else {
          isUnfinished = isUnfinished || job.isUnfinished
          continue
        }
        builds.append(
          Build(
            provider: Self.name, repository: source.repository,
            externalID: CircleCIJobID(project: project, number: number).externalID, attempt: attempts[job.name] ?? 1,
            run: pipeline.id, commit: source.commit, branch: source.branch, pullRequest: source.pullRequest,
            workflow: run.name.text,
            job: job.name.text,
            outcome: outcome, url: "\(pages)/pipelines/\(project.pagePath)/\(pipeline.number)/workflows/\(run.id)/jobs/\(number)",
            finishedAt: job.stoppedAt?.seconds))
      }
    }
    return (builds, isUnfinished)
  }
}
