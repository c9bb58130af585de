import FuzzSupport
import Model
import Pipeline
import Postgres
import Store
import TestSupport

/// Changes of all kinds in an order that a seed decides.
struct TallyHistory {
  private let ledger: TestLedger
  private var random: SplitMix64
  private(set) var today = CalendarDay(secondsSince1970: 1_700_000_000)
  private var day = 0

  init(_ ledger: TestLedger, seed: UInt64) {
    self.ledger = ledger
    random = SplitMix64(seed: seed)
  }

  /// One in so many times.
  mutating func chance(_ count: Int) -> Bool { random.below(count) == 0 }

  func drain() async throws {
    while try await ledger.store.tally(today: today, waits: true) != nil {}
  }

  mutating func change() async throws {
    switch random.below(20) {
    case 0...5: try await enterBuild()
    case 6, 7: try await syncPatterns()
    case 8...10: try await rescan()
    case 11: try await sql("UPDATE log SET fetch_state = 'gone', digest = NULL, tried_set_id = NULL WHERE id = \(someLog())")
    case 12: try await sql("DELETE FROM build WHERE id = \(someBuild())")
    case 13: try await sql("UPDATE build SET list_state = \(random.pick(["pending", "listed", "gone"])) WHERE id = \(someBuild())")
    case 14: try await overrule()
    case 15: try await target()
    case 16: try await inconclusive()
    case 17: if chance(2) { try await suspend() } else { try await suspect() }
    case 18: nextDay()
    default: try await sql("UPDATE log SET fetch_state = 'too_large' WHERE id = \(someLog()) AND digest IS NOT NULL")
    }
  }

  private mutating func nextDay() {
    day += 1
    today = CalendarDay(secondsSince1970: 1_700_000_000 + Double(day) * 86_400)
  }

  /// A new build, or one that was there and says something else now.
  private mutating func enterBuild() async throws {
    let words = ["one", "two", "three", "four", "nothing", "five"]
    let text = (0..<random.below(5)).map { _ in "\(random.pick(words)) \(random.below(3))\n" }.joined()
    let name = random.pick(["main", "main", "release", "topic"])
    let build = Build(
      provider: random.pick(["folder", "folder", "other"]), repository: random.pick(["acme/engine", "acme/shop"]),
      externalID: "\(random.below(30))", attempt: 1 + random.below(3),
      commit: String(repeating: random.pick(["a", "b", "c", "d"]), count: 40), branch: name,
      pullRequest: name == "topic" || chance(5) ? 1 + random.below(3) : nil, workflow: random.pick(["ci", ""]),
      job: random.pick(["linux", "mac", "docs"]),
      outcome: random.pick([.success, .failure, .failure, .failure, .timedOut, .canceled]),
      url: nil, finishedAt: 1_700_000_000 + Double(random.below(120)) * 86_400 / 2)
    try await ledger.enter(text, build, step: random.pick(["", "test"]))
  }

  private mutating func syncPatterns() async throws {
    let words = ["one", "two", "three", "four"]
    var patterns: [Pattern] = []
    for word in words where !chance(6) {
      patterns.append(
        .test(
          "a/\(word)", match: chance(4) ? "\(word) [01]" : word, verdict: random.pick([.failure, .flaky, .infrastructure]),
          priority: random.pick([40, 50]), fallback: chance(6), retired: chance(8),
          reviewBy: chance(3) ? CalendarDay(secondsSince1970: 1_700_000_000 + Double(random.below(8)) * 86_400) : nil))
    }
    try await ledger.sync(patterns)
  }

  private mutating func rescan() async throws {
    let scope = chance(3) ? RescanScope(pattern: PatternID(random.pick(["a/one", "a/two"]))) : RescanScope()
    _ = try await ledger.rescan(scope, lanes: 1)
  }

  private mutating func overrule() async throws {
    if chance(3) { return try await sql("DELETE FROM overrule WHERE build_id = \(someBuild())") }
    let kind = random.pick(BuildKind.allCases).rawValue
    try await sql(
      """
      INSERT INTO overrule (build_id, kind, who, reason) SELECT id, \(kind), 'someone', 'so it is' FROM build WHERE id = \(someBuild())
      ON CONFLICT (build_id) DO UPDATE SET kind = excluded.kind
      """)
  }

  /// A pull request makes its target a line of development.
  private mutating func target() async throws {
    try await ledger.store.apply(
      Store.Effects(pullRequests: [
        PullRequest(
          repository: random.pick(["acme/engine", "acme/shop"]), number: 1 + random.below(3),
          head: String(repeating: "a", count: 40),
          baseBranch: random.pick(["main", "main", "release"]), isOpen: true)
      ]))
  }

  private mutating func inconclusive() async throws {
    if chance(3) {
      let ids = try await ledger.pool.run { session in
        try session.query("SELECT id FROM pattern WHERE revision_id IS NOT NULL ORDER BY id").map {
          try $0.decode(String.self, "id")
        }
      }
      if !ids.isEmpty { _ = try await ledger.store.retry(PatternID(random.pick(ids))) }
      return
    }
    let place = Int64(random.below(1_000))
    try await sql(
      """
      INSERT INTO inconclusive (log_id, revision_id, reason, line)
      SELECT l.id, p.revision_id, 'time', 1 FROM log l, pattern p WHERE l.id = \(someLog()) AND p.revision_id IS NOT NULL
       ORDER BY (p.number * 7919 + \(place)) % 13 LIMIT 1 ON CONFLICT DO NOTHING
      """)
  }

  private mutating func suspend() async throws {
    let place = Int64(random.below(1_000))
    let value: SQL = chance(2) ? "now()" : "NULL"
    try await sql(
      """
      UPDATE pattern_revision SET suspended_at = \(value) WHERE id = (
        SELECT revision_id FROM pattern WHERE revision_id IS NOT NULL ORDER BY (number * 7919 + \(place)) % 13 LIMIT 1)
      """)
  }

  private mutating func suspect() async throws {
    let place = Int64(random.below(1_000))
    try await sql(
      """
      INSERT INTO suspect (revision_id, reason, hit, sampled)
      SELECT revision_id, 'found too often', 5, 20 FROM pattern WHERE revision_id IS NOT NULL
       ORDER BY (number * 7919 + \(place)) % 13 LIMIT 1
      ON CONFLICT (revision_id) DO UPDATE
        SET cleared_at = CASE WHEN suspect.cleared_at IS NULL THEN now() END,
            cleared_by = CASE WHEN suspect.cleared_at IS NULL THEN 'someone' END,
            cleared_reason = CASE WHEN suspect.cleared_at IS NULL THEN 'it is right' END
      """)
  }

  private mutating func someLog() -> SQL {
    "(SELECT id FROM log ORDER BY (id * 7919 + \(Int64(random.below(1_000)))) % 101 LIMIT 1)"
  }

  private mutating func someBuild() -> SQL {
    "(SELECT id FROM build ORDER BY (id * 7919 + \(Int64(random.below(1_000)))) % 101 LIMIT 1)"
  }

  private func sql(_ statement: SQL) async throws {
    try await ledger.pool.run { session in _ = try session.execute(statement) }
  }
}
