import Curl
import Foundation
import LogArchive
import Model
import Pipeline
import Postgres
import Providers
import Store
import TestSupport

/// A database, a GitHub on loopback that sends signed webhooks to the real endpoint, and workers between them.
final class Flow: Sendable {
  static let base = String(repeating: "b", count: 40)
  static let head = String(repeating: "c", count: 40)
  static let next = String(repeating: "d", count: 40)

  let ledger: TestLedger
  let world = GitHubWorld()
  private let servers: GitHubWorld.Servers
  private let client: GitHubClient
  let clock = FlowClock()
  let endpoint: Endpoint

  /// A repository whose `main` ends in `base`, with pull request 12, whose head is `head`.
  ///
  /// - Parameter isApp: whether Culprit is a GitHub App there, which may post check runs.
  @discardableResult
  static func with<Value>(isApp: Bool = false, _ body: (Flow) async throws -> Value) async throws -> Value {
    try await TestLedger.with { ledger in
      let endpoint = try await Endpoint.start(ledger, ownApp: isApp ? 4_242 : nil)
      let flow = try Flow(ledger, endpoint, isApp: isApp)
      try await flow.sync(more: [])
      do {
        let value = try await body(flow)
        await endpoint.stop()
        return value
      } catch {
        await endpoint.stop()
        throw error
      }
    }
  }

  private init(_ ledger: TestLedger, _ endpoint: Endpoint, isApp: Bool) throws {
    self.ledger = ledger
    self.endpoint = endpoint
    servers = try world.serve()
    let clock = clock
    // The world takes whoever doesn't come with its plain token for an app.
    client = GitHubClient(
      HTTPClient(clock: clock.http), base: try HTTPURL(servers.api.url), credential: .token(isApp ? "app-token" : "token"),
      now: { clock.now.timeIntervalSince1970 })
    world.set { state in
      if isApp { state.tokens.insert("app-token") }
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
    run: Int = 7, branch: String = "topic", delivery: String? = nil
  ) async throws {
    world.set { state in
      if let log { state.logs[id] = Array(log.utf8) } else { state.goneLogs.insert(id) }
    }
    let repository = world.state.withLock(\.repository)
    let body = WebhookBody.jobCompleted(
      job, id: id, conclusion: conclusion, commit: commit, branch: branch, attempt: attempt, run: run, repository: repository)
    try await deliver("workflow_job", String(decoding: body, as: UTF8.self), id: delivery ?? "job-\(id)-\(attempt)")
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

  /// Somebody presses a button of our check run.
  func press(_ button: String, by who: String = "grace", commit: String = head, action: String = "requested_action", id: String)
    async throws
  {
    try await deliver(
      "check_run",
      """
      {"action":"\(action)","requested_action":{"identifier":"\(button)"},"check_run":{"id":5,"name":"culprit","head_sha":"\(commit)",
      "status":"completed","conclusion":"failure","app":{"id":4242,"slug":"culprit-app"}},"sender":{"login":"\(who)"},
      "repository":{"full_name":"o/r"}}
      """, id: id)
  }

  /// Sends a signed webhook, and expects it to be taken.
  func deliver(_ event: String, _ body: String, id: String) async throws {
    let status = try await endpoint.sender.post(event, Array(body.utf8), id: id)
    guard status == 202 || status == 200 else { throw Endpoint.Refused(status: status) }
  }

  static let patterns: [Pattern] = [
    .test("net/reset", match: "connection reset", verdict: .flaky, reviewBy: CalendarDay("2099-01-01")),
    .test("build/error", match: "error: (?<what>.*)", groupBy: ["what"]),
    .test("disk/full", match: "no space left", verdict: .infrastructure, reviewBy: CalendarDay("2099-01-01")),
    .test("generic/exit", match: "exit code", fallback: true),
  ]

  func sync(more: [Pattern]) async throws { try await ledger.sync(Self.patterns + more) }

  /// Waits until a query counts to a number.
  func until(_ count: SQL, is number: Int) async throws {
    // The pause is the server's: no thread of ours waits.
    let connection = try await ledger.database.connect()
    while try await connection.run({ session in
      try session.query("SELECT (\(count))::bigint AS count, pg_sleep(0.02)").only().decode(Int.self, "count")
    }) != number {}
  }

  /// What waits for its time is due now.
  func hurry() async throws {
    try await ledger.pool.run { session in
      try session.executeScript(
        """
        UPDATE log SET next_fetch_at = now() WHERE fetch_state = 'pending';
        UPDATE commit_due SET next_at = now();
        UPDATE delivery SET next_at = now() WHERE state = 'pending';
        UPDATE rerun SET next_at = now() WHERE phase = 'pending';
        """, name: "hurry")
    }
  }

  /// The first column of a query's rows, as text.
  func rows(_ query: SQL) async throws -> [String] {
    try await ledger.pool.run { session in try session.query(query).map { try $0.decode(String.self, "text") } }
  }

  /// Posts at once, as no earlier process is about.
  static let posting: PostStage.Settings = {
    var settings = PostStage.Settings()
    settings.settling = 0
    return settings
  }()

  func worker(
    posting: PostStage.Settings = posting, plan: RetryPlan = RetryPlan(), health: HealthRules = HealthRules()
  ) -> Worker {
    let providers: [String: any Provider] = ["github": GitHubActions(client)]
    let store = Store(pool: ledger.pool, engine: ledger.store.engine, health: health)
    let (archive, database) = (ledger.archive, ledger.database.configuration)
    var rescan = RescanStage.Settings()
    rescan.lanes = 2
    let today: @Sendable () -> CalendarDay = { CalendarDay(secondsSince1970: 1_800_000_000) }
    let stages = Worker.Stages(
      receive: ReceiveStage(store: store, readers: [endpoint.reader], providers: providers, plan: plan, today: today),
      list: ListStage(store: store, providers: providers, plan: plan),
      fetch: FetchStage(store: store, archive: archive, providers: providers, plan: plan),
      rescan: RescanStage(store: store, archive: archive, database: database, settings: rescan),
      post: PostStage(store: store, host: host, settings: posting, plan: plan, today: today),
      rerun: RerunStage(store: store, providers: providers, today: today))
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
