import Curl
import Foundation
import LogArchive
import Model
import Pipeline
import Postgres
import Providers
import Store
import TestSupport

/// A database, a GitHub on loopback, and workers between them.
final class Flow: Sendable {
  static let base = String(repeating: "b", count: 40)
  static let head = String(repeating: "c", count: 40)
  static let next = String(repeating: "d", count: 40)

  let ledger: TestLedger
  let world = GitHubWorld()
  private let servers: GitHubWorld.Servers
  private let client: GitHubClient

  /// A repository whose `main` ends in `base`, with pull request 12, whose head is `head`.
  static func with(_ body: (Flow) async throws -> Void) async throws {
    try await TestLedger.with { ledger in
      let flow = try Flow(ledger)
      try await ledger.sync([
        .test("net/reset", match: "connection reset", verdict: .flaky, reviewBy: CalendarDay("2099-01-01")),
        .test("build/error", match: "error: (?<what>.*)", groupBy: ["what"]),
        .test("disk/full", match: "no space left", verdict: .infrastructure, reviewBy: CalendarDay("2099-01-01")),
        .test("generic/exit", match: "exit code", fallback: true),
      ])
      try await body(flow)
    }
  }

  private init(_ ledger: TestLedger) throws {
    self.ledger = ledger
    servers = try world.serve()
    let http = HTTPClient(clock: HTTPClock(now: { Date() }, sleep: { _ in try Task.checkCancellation() }, random: { 0 }))
    client = GitHubClient(http, base: try HTTPURL(servers.api.url), credential: .token("token"))
    world.set { state in
      state.commits = [
        (String(repeating: "a", count: 40), []), (Self.base, [String(repeating: "a", count: 40)]), (Self.head, [Self.base]),
        (Self.next, [Self.head]),
      ]
      state.branches = ["main": Self.base]
      state.pulls = [GitHubWorld.Pull(number: 12, head: Self.head)]
    }
  }

  var host: GitHubCodeHost { GitHubCodeHost(client) }

  /// A job ended: GitHub has its log, and tells of it.
  ///
  /// - Parameter log: nil: GitHub doesn't have it any more.
  func finish(
    _ job: String, id: Int, _ log: String? = nil, conclusion: String = "failure", commit: String = head, attempt: Int = 1,
    branch: String = "topic", delivery: String? = nil
  ) async throws {
    world.set { state in
      if let log { state.logs[id] = Array(log.utf8) } else { state.goneLogs.insert(id) }
    }
    let body = """
      {"action":"completed","workflow_job":{"id":\(id),"run_id":\(attempt * 100),"run_attempt":\(attempt),"workflow_name":"CI","head_sha":"\(commit)",
      "head_branch":"\(branch)","status":"completed","conclusion":"\(conclusion)","name":"\(job)","html_url":"https://github.com/o/r/actions/runs/7/job/\(id)",
      "started_at":"2026-01-02T03:04:05Z","completed_at":"2026-01-02T03:14:05Z"},"repository":{"full_name":"o/r"}}
      """
    try await deliver("workflow_job", body, id: delivery ?? "job-\(id)-\(attempt)")
  }

  func pull(head: String, number: Int = 12) async throws {
    world.set { state in state.pulls = [GitHubWorld.Pull(number: number, head: head)] }
    try await deliver(
      "pull_request",
      """
      {"action":"synchronize","pull_request":{"number":\(number),"state":"open","head":{"sha":"\(head)","ref":"topic","repo":null},
      "base":{"ref":"main","sha":"\(Self.base)","repo":{"full_name":"o/r"}}},"repository":{"full_name":"o/r"}}
      """, id: "pull-\(head)")
  }

  func deliver(_ event: String, _ body: String, id: String) async throws {
    _ = try await ledger.store.store(
      provider: "github", externalID: id, event: event,
      headers: ["x-github-event": event, "x-github-delivery": id, "content-type": "application/json"], body: Array(body.utf8))
  }

  func worker(
    posting: PostStage.Settings = PostStage.Settings(), plan: RetryPlan = RetryPlan(), health: HealthRules = HealthRules()
  ) -> Worker {
    let providers: [String: any Provider] = ["github": GitHubActions(client)]
    let store = Store(pool: ledger.pool, engine: ledger.store.engine, health: health)
    let (archive, database) = (ledger.archive, ledger.database.configuration)
    var rescan = RescanStage.Settings()
    rescan.lanes = 2
    let stages = Worker.Stages(
      receive: ReceiveStage(store: store, readers: [GitHubWebhook()], providers: providers),
      list: ListStage(store: store, providers: providers, plan: plan),
      fetch: FetchStage(store: store, archive: archive, providers: providers, plan: plan),
      rescan: RescanStage(store: store, archive: archive, database: database, settings: rescan),
      post: PostStage(store: store, host: host, settings: posting, plan: plan) { CalendarDay(secondsSince1970: 1_800_000_000) })
    return Worker(store: store, database: database, stages: stages) { _ in }
  }

  /// State and text of every status that was posted on a commit, in their order.
  func statuses(_ commit: String = head) -> [String] {
    world.state.withLock(\.statuses).filter { $0.subject == commit }.map { posted in
      "\(posted.object["state"] ?? "?"): \(posted.object["description"] ?? "?")"
    }
  }

  func comments() -> [String] { world.state.withLock(\.comments).map { "\($0.object["body"] ?? "")" } }
}
