import Curl
import Foundation
import LogArchive
import Model
import Pipeline
import Postgres
import Providers
import Store
import Synchronization
import TestSupport

/// A CI system on loopback, a database, and the stages between them.
final class CIFlow: Sendable {
  let ledger: TestLedger
  let world: CIWorld
  let provider: any Provider
  private let servers: WorldServers
  /// What the stages' clock says; seconds since 1970-01-01 00:00 UTC.
  private let now = Mutex(CIFlow.start)

  /// 2026-01-02 03:14:05 UTC.
  static let start: Double = 1_767_323_645

  static func with(_ system: CIWorld.System, _ body: (CIFlow) async throws -> Void) async throws {
    try await TestLedger.with { ledger in try await body(try CIFlow(system, ledger)) }
  }

  private init(_ system: CIWorld.System, _ ledger: TestLedger) throws {
    self.ledger = ledger
    world = CIWorld(system)
    servers = try world.serve()
    let world = world
    provider = try Self.provider(system, .impatient(), base: servers.api.url) { world.read(\.now) }
  }

  static func provider(
    _ system: CIWorld.System, _ http: HTTPClient, base: String, now: @escaping @Sendable () -> Double
  ) throws -> any Provider {
    let access = try Access(base: base + system.basePath, token: CIWorld.token)
    switch system {
    case .github: return GitHubActions(GitHubClient(http, base: access.base, credential: .token(CIWorld.token), now: now))
    case .circleci: return CircleCI(http, access)
    case .gitlab: return GitLab(http, access)
    case .buildkite: return Buildkite(http, access)
    case .jenkins: return Jenkins(http, access)
    case .travis: return Travis(http, access)
    }
  }

  func move(to time: Double) { now.withLock { $0 = time } }

  /// The system tells that a job ended.
  func deliver(_ job: Int, as id: String? = nil) async throws {
    guard let sent = world.webhook(for: job) else { return }
    _ = try await ledger.store.store(
      provider: world.system.rawValue, externalID: id ?? "\(job)", event: sent.event, headers: sent.headers, body: sent.body)
  }

  func backfill(
    since: Double? = nil, dryRun: Bool = false, settings: BackfillStage.Settings = BackfillStage.Settings()
  ) async throws -> BackfillStage.Result {
    try await BackfillStage(store: ledger.store, provider: provider, settings: settings, now: { self.date }).run(
      world.system.project, since: since, database: ledger.database.configuration, dryRun: dryRun)
  }

  private var date: Date { Date(timeIntervalSince1970: now.withLock(\.self)) }

  /// Tries that went wrong are made again at once.
  static var hasty: RetryPlan {
    var plan = RetryPlan()
    plan.firstWait = 0
    return plan
  }

  /// Does what is due: reads deliveries, lists, fetches, and scans if there are patterns.
  func drain(_ plan: RetryPlan = hasty, limits: LogWriter.Limits = LogWriter.Limits(), scan: Bool = false) async throws {
    let (store, database, providers) = (ledger.store, ledger.database.configuration, [world.system.rawValue: provider])
    let readers: [any WebhookReader] = [GitHubWebhook(), CircleCIWebhook(), GitLabWebhook(), BuildkiteWebhook()]
    var stages = Worker.Stages(
      receive: ReceiveStage(
        store: store, readers: readers, providers: providers, plan: plan, today: { CalendarDay(secondsSince1970: 1_800_000_000) }),
      list: ListStage(store: store, providers: providers, plan: plan),
      fetch: FetchStage(store: store, archive: ledger.archive, providers: providers, limits: limits, plan: plan))
    if scan { stages.rescan = RescanStage(store: store, archive: ledger.archive, database: database) }
    try await Worker(store: store, database: database, stages: stages) { _ in }.drain()
  }

  /// What became of a log.
  struct Fetched: Equatable {
    var job: String
    var step: String
    var state: String
    var reason: String?
    /// Its bytes in the archive.
    var text: String?
  }

  /// All logs of failed builds, the oldest build first. Those of some passing ones are fetched, too.
  func fetched() async throws -> [Fetched] {
    let archive = ledger.archive
    return try await ledger.pool.run { session in
      try session.query(
        """
        SELECT b.job, l.step, l.fetch_state, l.fetch_reason, l.digest FROM log l JOIN build b ON b.id = l.build_id
         WHERE b.outcome IN ('failure', 'timed_out')
         ORDER BY b.finished_at, b.job COLLATE "C", l.step COLLATE "C"
        """
      ).map { row in
        Fetched(
          job: try row.decode("job"), step: try row.decode("step"), state: try row.decode("fetch_state"),
          reason: try row.decode("fetch_reason"),
          text: try row.decode([UInt8]?.self, "digest").flatMap { LogDigest(bytes: $0) }.map { try archive.text($0) })
      }
    }
  }

  /// `job attempt outcome` of all builds that are known, in order.
  func builds() async throws -> [String] {
    try await ledger.pool.run { session in
      try session.query("SELECT job, commit, attempt, outcome, external_id FROM build").map { row in
        let (job, commit) = (try row.decode(String.self, "job"), try row.decode(String.self, "commit"))
        return "\(job) \(commit.suffix(4)) \(try row.decode(String.self, "external_id")) \(try row.decode(Int32.self, "attempt")) "
          + (try row.decode(String.self, "outcome"))
      }.sorted()
    }
  }
}

extension LogArchive {
  fileprivate func text(_ digest: LogDigest) throws -> String {
    var reader = try open(digest)
    var bytes: [UInt8] = []
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { block.deallocate() }
    while case let count = try reader.read(into: block), count > 0 { bytes += block[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
