import Curl
import Foundation
import Model

/// Jenkins.
///
/// A build is a build of Jenkins. It counts builds and not attempts, and from 1 again where a job, such as that of a branch, is made anew.
/// So when it began is the attempt: the later build of a job on a commit replaces the earlier. A project is the full name of a job, or of a folder or multibranch project with all jobs in it. Source:
/// "Remote Access API" in Jenkins' documentation.
package struct Jenkins: Provider {
  package static let name = "jenkins"
  /// How long a build may take and be found: builds are listed by when they began. Seconds.
  package static let usualReach: Double = 86_400
  /// Builds of each job on a page.
  private static let pageSize = 20
  /// How many folders may be within each other below a project.
  private static let depth = 3

  package var name: String { Self.name }

  private let client: ProviderClient
  private let reach: Double

  /// - Parameters:
  ///   - access: Jenkins' address, and `user:token` with an API token of that user.
  ///   - reach: seconds that a listing goes back beyond what it is asked for.
  package init(_ http: HTTPClient, _ access: Access, reach: Double = Self.usualReach) {
    client = ProviderClient(http, access) { ("Authorization", "Basic \(Data($0.utf8).base64EncodedString())") }
    self.reach = reach
  }

  /// One request for all jobs of a folder: Jenkins may have a job per branch.
  package func builds(of project: String, _ query: BuildQuery, after cursor: String?) async throws -> BuildPage {
    let operation = "list the builds of jenkins project \(project)"
    guard let path = JenkinsRunID.path(of: project) else {
      throw ProviderError(.malformed, operation: operation, detail: "a project is the full name of a job or folder, folder/job")
    }
    guard let offset = Int(cursor ?? "0"), offset >= 0 else {
      throw ProviderError(.malformed, operation: operation, detail: "the cursor isn't one of ours")
    }
    let tree = Self.tree(from: offset, depth: Self.depth)
    let call = ProviderCall(operation, .get, JenkinsRunID.address(path) + ["api", "json"], query: [("tree", tree)])
    let item = try await client.value(JenkinsAnswers.Item.self, of: call)
    var page = BuildPage(builds: [])
    var isMore = false
    let floor = query.since - reach
    func visit(_ item: JenkinsAnswers.Item, _ path: [String]) {
      let runs = item.allBuilds ?? []
      for run in runs where run.startedAt >= floor {
        if run.building == true { page.oldestUnfinished = min(page.oldestUnfinished ?? .infinity, run.startedAt + reach) }
        guard let build = build(run, path), (build.finishedAt ?? query.since) >= query.since else { continue }
        if (query.branch ?? build.branch) == build.branch { page.builds.append(build) }
      }
      isMore = isMore || runs.count >= Self.pageSize && (runs.last?.startedAt ?? 0) >= floor
      for job in item.jobs ?? [] { visit(job, path + [job.name.text]) }
    }
    visit(item, path)
    page.builds.sort { ($0.finishedAt ?? 0, $0.externalID) > ($1.finishedAt ?? 0, $1.externalID) }
    page.next = isMore ? String(offset + Self.pageSize) : nil
    return page
  }

  package func logs(of build: Build) async throws -> [LogReference] { [LogReference(step: "", locator: build.externalID)] }

  @discardableResult
  package func fetch(_ log: LogReference, of build: Build, into sink: @escaping LogSink) async throws -> LogExtent {
    struct State: Decodable {
      let building: Bool
      let timestamp: Double
    }
    let operation = "fetch the log of jenkins build \(log.locator)"
    guard let id = JenkinsRunID(log.locator) else {
      throw ProviderError(.malformed, operation: operation, detail: "a build's id is its job and number, folder/job#12")
    }
    let state = ProviderCall(operation, .get, id.address + ["api", "json"], query: [("tree", "building,timestamp")])
    let found = try await client.value(State.self, of: state)
    guard AttemptByTime.number(found.timestamp / 1_000) == build.attempt else {
      throw ProviderError(.gone, operation: operation, detail: "the job was made anew, and this is another build of that number")
    }
    guard !found.building else { throw ProviderError(.notReady, operation: operation) }
    var call = ProviderCall(operation, .get, id.address + ["logText", "progressiveText"], query: [("start", "0")])
    call.accept = "text/plain"
    let response = try await client.stream(call, into: sink)
    // The build has ended, but not all of its log has been written.
    guard response.headers["X-More-Data"]?.lowercased() != "true" else { throw ProviderError(.notReady, operation: operation) }
    return .whole
  }

  /// Jenkins' API begins new builds, of the newest commit; running the same again is a matter of plugins, each in a way of its own.
  package func rerun(_ build: Build) async throws {
    throw ProviderError(
      .unsupported, operation: "run jenkins build \(build.externalID) again", detail: "press Replay or Rebuild on the build's page")
  }

  private func build(_ run: JenkinsAnswers.Run, _ path: [String]) -> Build? {
    guard let outcome = run.outcome, run.number > 0,
      let checkout = JenkinsCheckout(run.actions ?? [], path: path)
    else { return nil }
    // A multibranch project has a job for each pull request, `PR-17`.
    let job = path.last ?? ""
    let pullRequest = job.hasPrefix("PR-") ? PositiveNumber.read(job.dropFirst(3)) : nil
    return Build(
      provider: Self.name, repository: checkout.repository, externalID: JenkinsRunID(path: path, number: run.number).text,
      attempt: AttemptByTime.number(run.startedAt), commit: checkout.commit, branch: pullRequest == nil ? checkout.branch : "",
      pullRequest: pullRequest,
      workflow: path.dropLast().joined(separator: "/"), job: job, outcome: outcome, url: run.url?.text,
      finishedAt: (run.timestamp + (run.duration ?? 0)) / 1_000)
  }

  private static func tree(from offset: Int, depth: Int) -> String {
    let builds =
      "name,allBuilds[number,url,result,building,timestamp,duration,actions[lastBuiltRevision[SHA1,branch[name]],remoteUrls,causes[_class]]]"
      + "{\(offset),\(offset + pageSize)}"
    return depth == 0 ? builds : "\(builds),jobs[\(tree(from: offset, depth: depth - 1))]"
  }
}
