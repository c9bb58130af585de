import Foundation
import Model
import Postgres
import Store
import TestSupport
import Testing

/// No query behind a page reads a large table whole, whatever it is filtered by.
@Suite struct PagePlanTests {
  private static let builds = 20_000
  /// Rows from which on a table counts as large here; at the size that matters these have hundreds of thousands.
  private static let large = 8_000.0

  private typealias Query = @Sendable (Store) async throws -> Void

  /// Twenty thousand builds of the year before today, tallied and analysed.
  private func seed(_ ledger: TestLedger) async throws {
    let script = try String(contentsOfFile: TestLedger.repositoryRoot + "/scripts/seed-builds.sql", encoding: .utf8)
    try await ledger.pool.run { session in
      let settings = "SET seed.builds = '\(Self.builds)'; SET seed.engine = '\(Engine.version)';"
      try session.executeScript("\(settings) \(script)", name: "seed-builds.sql")
    }
    _ = try await ledger.store.rebuildTally(today: CalendarDay(secondsSince1970: Date().timeIntervalSince1970))
    try await ledger.pool.run { session in try session.executeScript("VACUUM ANALYZE", name: "analyse") }
  }

  /// How often each large table has been read whole.
  private func scans(_ pool: ConnectionPool) async throws -> [String: Int] {
    // The counts are told to others once a second otherwise.
    try await pool.run { session in _ = try session.query("SELECT pg_stat_force_next_flush()") }
    return try await pool.run { session in
      var scans: [String: Int] = [:]
      for row in try session.query(
        """
        SELECT s.relname::text AS name, s.seq_scan FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
         WHERE c.reltuples >= \(Self.large)
        """)
      {
        scans[try row.decode("name")] = try row.decode(Int.self, "seq_scan")
      }
      return scans
    }
  }

  @Test func pagesReadNoLargeTableWhole() async throws {
    try await TestLedger.with { ledger in
      try await seed(ledger)
      // One connection, so that what it counts is told before it is looked at.
      let pool = ConnectionPool(ledger.database.configuration, limit: 1)
      defer { pool.close() }
      let store = Store(pool: pool)
      var before = try await scans(pool)
      for table in ["build", "log", "finding", "tally", "tally_causes", "tally_totals"] {
        #expect(before[table] != nil, "\(table) is too small to tell")
      }
      for (name, query) in Self.queries {
        try await query(store)
        let after = try await scans(pool)
        for (table, count) in after.sorted(by: { $0.key < $1.key }) {
          #expect(count == before[table], "\(name) reads all of \(table)")
        }
        before = after
      }
    }
  }

  private static func ago(_ days: Int) -> CalendarDay {
    CalendarDay(secondsSince1970: Date().timeIntervalSince1970 - Double(days) * 86_400)
  }

  private static let main = Store.LineName(repository: "acme/engine", branch: "main")
  private static let job = Store.TallyFilter(repository: "acme/engine", job: "linux-0")
  private static let cause = PatternID("network/cause-0")

  private static let queries: [(String, Query)] = [
    ("causes", { _ = try await $0.causePage(since: ago(7), most: 20) }),
    ("causes of a repository", { _ = try await $0.causePage(.init(repository: "acme/api"), since: ago(30), most: 20) }),
    ("causes on a line", { _ = try await $0.causePage(.init(branch: "main"), since: ago(7), most: 20) }),
    ("causes of a job", { _ = try await $0.causePage(job, since: ago(30), most: 20) }),
    ("causes on a branch", { _ = try await $0.causePage(.init(branch: "topic-3"), since: nil, most: 20) }),
    ("causes by change", { _ = try await $0.causePage(since: ago(30), until: ago(0), sortedBy: .descending(.change), most: 20) }),
    ("causes by when last seen", { _ = try await $0.causePage(since: ago(30), sortedBy: .ascending(.lastSeen), most: 20) }),
    (
      "causes of a line by when first seen",
      { _ = try await $0.causePage(.init(branch: "main"), since: ago(30), sortedBy: .descending(.firstSeen), most: 20) }
    ),
    ("new causes on a branch", { _ = try await $0.newCauses(.init(branch: "topic-3"), since: 0, most: 20) }),
    ("new causes", { _ = try await $0.newCauses(since: Date().timeIntervalSince1970 - 86_400, most: 20) }),
    ("totals", { _ = try await $0.buildTotals(since: ago(90)) }),
    ("totals of a job on a line", { _ = try await $0.buildTotals(.init(branch: "main", job: "lint-3"), since: ago(30)) }),
    ("series", { _ = try await $0.buildSeries(since: ago(365), by: .week) }),
    ("jobs", { _ = try await $0.jobTotals(since: ago(7), most: 20) }),
    ("lines' totals", { _ = try await $0.lineTotals(since: ago(30), most: 20) }),
    ("builds", { _ = try await $0.buildPage(.init(), most: 50) }),
    ("the first builds", { _ = try await $0.buildPage(.init(), sortedBy: .ascending(.at), most: 50) }),
    ("builds of a repository", { _ = try await list($0) { $0.builds.repository = "acme/ml" } }),
    ("failed builds of a job", { _ = try await list($0) { ($0.builds, $0.onlyFailed) = (job, true) } }),
    ("builds on a branch", { _ = try await list($0) { $0.builds.branch = "topic-3" } }),
    ("builds of a pattern", { _ = try await list($0) { $0.pattern = cause } }),
    ("builds of a kind", { _ = try await list($0) { $0.kind = .infrastructure } }),
    ("unexplained builds", { _ = try await list($0) { $0.onlyUnexplained = true } }),
    ("builds of a time", { _ = try await list($0) { $0.until = Double(ago(100).secondsSince1970) } }),
    (
      "builds that known problems excuse",
      { _ = try await $0.excusedBuilds(by: Array(1...50), since: Double(ago(14).secondsSince1970)) }
    ),
    ("commits", { _ = try await $0.commitPage(most: 50) }),
    ("the first commits", { _ = try await $0.commitPage(sortedBy: .ascending(.lastAt), most: 50) }),
    ("commits of a line", { _ = try await $0.commitPage(.init(branch: "main"), onlyAttention: true, most: 50) }),
    ("commits of a branch", { _ = try await $0.commitPage(.init(branch: "topic-3"), most: 50) }),
    ("commits of a repository", { _ = try await $0.commitPage(.init(repository: "acme/web"), onlyAttention: true, most: 50) }),
    ("commits of a time", { _ = try await $0.commitPage(since: Double(ago(100).secondsSince1970), most: 50) }),
    ("a build", { _ = try await $0.buildDetail(4_711) }),
    ("a build's findings", { _ = try await $0.findingPage(ofBuild: 4_711, most: 50) }),
    ("patterns", { _ = try await $0.patternPage(since: ago(30), most: 50) }),
    ("patterns by when last seen", { _ = try await $0.patternPage(sortedBy: .descending(.lastSeen), most: 50) }),
    ("patterns' measures", { _ = try await $0.patternMeasures() }),
    ("a pattern", { _ = try await $0.patternDetail(cause) }),
    ("a pattern's series", { _ = try await $0.patternSeries(cause, since: ago(365), by: .week) }),
    ("a pattern's jobs", { _ = try await $0.patternJobs(cause, most: 20) }),
    ("a pattern's samples", { _ = try await $0.patternSamples(cause, most: 50) }),
    ("lines", { _ = try await $0.lines(most: 50) }),
    ("a line's commits", { _ = try await $0.linePage(main, most: 30) }),
    ("a line's series", { _ = try await $0.lineSeries(main, since: ago(90), by: .day) }),
    ("a line's repairs", { _ = try await $0.lineRepairs(main, since: ago(30)) }),
    ("workers", { _ = try await $0.workers() }),
    ("coverage", { _ = try await $0.coverage() }),
    ("rates", { _ = try await $0.hourlyRates(hours: 24) }),
    ("deliveries", { _ = try await $0.deliveryStates(since: Date().timeIntervalSince1970 - 3_600) }),
    ("posts", { _ = try await $0.postStates(since: Date().timeIntervalSince1970 - 3_600) }),
    ("the tally's lag", { _ = try await $0.tallyMarks() }), ("the tally's queue", { _ = try await $0.tallyDepth() }),
  ]

  private static func list(_ store: Store, _ change: (inout Store.BuildFilter) -> Void) async throws {
    var filter = Store.BuildFilter()
    change(&filter)
    #expect(try await !store.buildPage(filter, most: 50).rows.isEmpty)
  }
}
