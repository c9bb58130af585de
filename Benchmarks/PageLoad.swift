import ArgumentParser
import Foundation
import Model
import Postgres
import Store

/// `culprit-bench pages`: what the queries behind pages cost, on a database that `scripts/seed-builds` has filled.
struct PageLoad: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pages", abstract: "Measures the queries behind pages, with many clients at once.",
    discussion: """
      Time is from the call to the rows in memory. CPU time is that of the server's processes for these connections, divided by the \
      queries: it tells what a query costs on a machine that has other things to do, too.
      """)

  @Argument(help: "The database's address.") var database: String
  @Option(help: "Clients at once.") var clients = 20
  @Option(help: "Queries of each kind.") var queries = 400
  @Option(help: "Only the queries whose names contain this.") var query: String?

  private typealias Query = @Sendable (Store, inout BenchRandom) async throws -> Void

  func run() async throws {
    let configuration = try ConnectionConfiguration(url: database)
    let pool = ConnectionPool(configuration, limit: clients)
    defer { pool.close() }
    let store = Store(pool: pool)
    func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
    print(
      "query".padding(toLength: 34, withPad: " ", startingAt: 0) + padded("alone ms", 10) + padded("CPU ms", 9)
        + padded("\(clients): p50", 10) + padded("p99", 9))
    for (name, query) in Self.all where self.query.map(name.contains) ?? true {
      // Plans are made anew for the first few runs of a statement on each connection; that isn't what is asked.
      _ = try await measure(store, query, clients: clients, count: clients * 7, seed: 1)
      let alone = try await measure(store, query, clients: 1, count: max(20, queries / 10), seed: 2)
      let before = try await Self.cpu(of: pool, clients)
      let times = try await measure(store, query, clients: clients, count: queries, seed: 3)
      let cpu = (try await Self.cpu(of: pool, clients) - before) / Double(times.count) * 1_000
      func shown(_ value: Double) -> String { String(format: "%.1f", value) }
      print(
        name.padding(toLength: 34, withPad: " ", startingAt: 0) + padded(shown(alone[alone.count / 2] * 1_000), 10)
          + padded(shown(cpu), 9) + padded(shown(times[times.count / 2] * 1_000), 10)
          + padded(shown(times[min(times.count - 1, times.count * 99 / 100)] * 1_000), 9))
    }
  }

  /// Sorted times in seconds.
  private func measure(_ store: Store, _ query: @escaping Query, clients: Int, count: Int, seed: UInt64) async throws -> [Double] {
    try await withThrowingTaskGroup(of: [Double].self) { group in
      for client in 0..<clients {
        group.addTask {
          var random = BenchRandom(seed: seed &* 1_000 &+ UInt64(client))
          var times: [Double] = []
          for _ in 0..<max(1, count / clients) {
            let began = ContinuousClock.now
            try await query(store, &random)
            times.append(began.duration(to: .now) / .seconds(1))
          }
          return times
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }.sorted()
    }
  }

  /// Seconds of CPU time that the server's processes for the pool's connections have used so far; see proc(5).
  private static func cpu(of pool: ConnectionPool, _ clients: Int) async throws -> Double {
    let ids = try await pool.run { session in
      try session.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
      ).map { try $0.decode(Int32.self, "pid") }
    }
    var ticks = 0
    for id in ids {
      guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8), let end = text.lastIndex(of: ")") else {
        continue
      }
      let fields = text[text.index(after: end)...].split(separator: " ")
      if fields.count > 12 { ticks += (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) }
    }
    return Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  // MARK: - The queries

  private static let repositories = ["engine", "shop", "docs", "web", "mobile", "api", "tools", "infra", "data", "ml"].map {
    "acme/" + $0
  }

  private static func ago(_ days: Int) -> CalendarDay {
    CalendarDay(secondsSince1970: Date().timeIntervalSince1970 - Double(days) * 86_400)
  }

  private static func job(_ random: inout BenchRandom) -> String {
    let number = random.below(12)
    return ["linux", "macos", "windows", "lint"][number % 4] + "-\(number)"
  }

  /// A frequent pattern more often than a rare one.
  private static func pattern(_ random: inout BenchRandom) -> PatternID {
    let part = Double(random.below(1_000)) / 1_000
    let number = Int(465 * part * part * part)
    return PatternID(["network", "disk", "compiler", "test", "runner"][number % 5] + "/cause-\(number)")
  }

  private static let all: [(String, Query)] = causes + lists + lines + others

  private static let causes: [(String, Query)] = [
    ("causes, 7 days", { store, _ in _ = try await store.causePage(since: ago(7), most: 20) }),
    ("causes, 30 days", { store, _ in _ = try await store.causePage(since: ago(30), most: 20) }),
    (
      "causes, 14 days by change",
      { store, _ in _ = try await store.causePage(since: ago(14), until: ago(0), sortedBy: .descending(.change), most: 15) }
    ),
    (
      "causes, 14 days by last seen",
      { store, _ in _ = try await store.causePage(since: ago(14), sortedBy: .descending(.lastSeen), most: 15) }
    ),
    ("causes, 365 days by week", { store, _ in _ = try await store.causePage(since: ago(365), trendBy: .week, most: 20) }),
    ("causes, all time by week", { store, _ in _ = try await store.causePage(since: nil, trendBy: .week, most: 20) }),
    (
      "causes, 90 days, repository",
      { store, random in
        _ = try await store.causePage(.init(repository: random.pick(repositories)), since: ago(90), trendBy: .week, most: 20)
      }
    ),
    (
      "causes, 90 days, main",
      { store, _ in _ = try await store.causePage(.init(branch: "main"), since: ago(90), trendBy: .week, most: 20) }
    ),
    (
      "causes, 30 days, job",
      { store, random in
        _ = try await store.causePage(.init(repository: random.pick(repositories), job: job(&random)), since: ago(30), most: 20)
      }
    ),
    (
      "causes, 365 days, job",
      { store, random in
        _ = try await store.causePage(
          .init(repository: random.pick(repositories), job: job(&random)), since: ago(365), trendBy: .week, most: 20)
      }
    ),
    (
      "causes, 90 days, flaky",
      { store, _ in _ = try await store.causePage(verdict: .flaky, since: ago(90), trendBy: .week, most: 20) }
    ),
    ("totals, 30 days", { store, _ in _ = try await store.buildTotals(since: ago(30)) }),
    ("totals, 365 days", { store, _ in _ = try await store.buildTotals(since: ago(365)) }),
    ("series, 365 days by week", { store, _ in _ = try await store.buildSeries(since: ago(365), by: .week) }),
    ("by job, 30 days", { store, _ in _ = try await store.jobTotals(since: ago(30), most: 20) }),
    ("by job, 365 days", { store, _ in _ = try await store.jobTotals(since: ago(365), most: 20) }),
    ("by line, 365 days", { store, _ in _ = try await store.lineTotals(since: ago(365), most: 20) }),
    (
      "new in 7 days",
      { store, _ in _ = try await store.newCauses(since: Date().timeIntervalSince1970 - 7 * 86_400, most: 20) }
    ),
  ]

  private static let lists: [(String, Query)] = [
    ("builds", { store, _ in _ = try await store.buildPage(.init(), most: 50) }),
    ("builds, a page far back", { store, random in try await deep(store, &random) }),
    ("builds, unexplained", { store, _ in _ = try await list(store) { $0.onlyUnexplained = true } }),
    (
      "builds, repository and kind",
      { store, random in
        let repository = random.pick(repositories)
        try await list(store) {
          $0.builds.repository = repository
          $0.kind = .flaky
        }
      }
    ),
    (
      "builds, pattern",
      { store, random in
        let id = pattern(&random)
        try await list(store) { $0.pattern = id }
      }
    ),
    (
      "builds, pattern and job",
      { store, random in
        let (id, name) = (pattern(&random), job(&random))
        try await list(store) {
          $0.pattern = id
          $0.builds.job = name
        }
      }
    ),
    (
      "builds, main, failed",
      { store, random in
        let repository = random.pick(repositories)
        try await list(store) {
          $0.builds = .init(repository: repository, branch: "main")
          $0.onlyFailed = true
        }
      }
    ),
    ("commits of all lines called main", { store, _ in _ = try await store.commitPage(.init(branch: "main"), most: 50) }),
    ("commits", { store, _ in _ = try await store.commitPage(most: 50) }),
    (
      "commits, repository, attention",
      { store, random in _ = try await store.commitPage(.init(repository: random.pick(repositories)), onlyAttention: true, most: 50)
      }
    ),
    ("commit's facts", { store, random in try await commit(store, &random) }),
    ("build", { store, random in _ = try? await store.buildDetail(Int64(1 + random.below(500_000))) }),
    (
      "build's findings",
      { store, random in _ = try await store.findingPage(ofBuild: Int64(1 + random.below(500_000)), most: 50) }
    ),
  ]

  private static let lines: [(String, Query)] = [
    ("lines", { store, _ in _ = try await store.lines(most: 50) }),
    (
      "line: 30 commits x jobs",
      { store, random in _ = try await store.linePage(.init(repository: random.pick(repositories), branch: "main"), most: 30) }
    ),
    (
      "line: share broken, 365 days",
      { store, random in
        _ = try await store.lineSeries(.init(repository: random.pick(repositories), branch: "main"), since: ago(365), by: .week)
      }
    ),
    (
      "line: repairs, 90 days",
      { store, random in
        _ = try await store.lineRepairs(.init(repository: random.pick(repositories), branch: "main"), since: ago(90))
      }
    ),
  ]

  private static let others: [(String, Query)] = [
    ("patterns by last seen", { store, _ in _ = try await store.patternPage(sortedBy: .descending(.lastSeen), most: 50) }),
    ("patterns' measures", { store, _ in _ = try await store.patternMeasures() }),
    ("patterns", { store, _ in _ = try await store.patternPage(most: 50) }),
    ("patterns, 90 days", { store, _ in _ = try await store.patternPage(since: ago(90), most: 50) }),
    ("pattern", { store, random in _ = try await store.patternDetail(pattern(&random)) }),
    ("pattern: by week", { store, random in _ = try await store.patternSeries(pattern(&random), since: ago(365), by: .week) }),
    ("pattern: jobs", { store, random in _ = try await store.patternJobs(pattern(&random), most: 20) }),
    ("pattern: samples", { store, random in _ = try await store.patternSamples(pattern(&random), most: 50) }),
    ("known problems", { store, _ in _ = try await store.knownProblems(resolved: true) }),
    ("workers", { store, _ in _ = try await store.workers() }),
    ("coverage", { store, _ in _ = try await store.coverage() }),
    ("rates, 24 hours", { store, _ in _ = try await store.hourlyRates(hours: 24) }),
    (
      "deliveries by state, 1 day",
      { store, _ in _ = try await store.deliveryStates(since: Date().timeIntervalSince1970 - 86_400) }
    ),
    ("posts by state, 1 day", { store, _ in _ = try await store.postStates(since: Date().timeIntervalSince1970 - 86_400) }),
    ("tally's lag", { store, _ in _ = try await store.tallyMarks() }),
  ]

  private static func list(_ store: Store, _ change: (inout Store.BuildFilter) -> Void) async throws {
    var filter = Store.BuildFilter()
    change(&filter)
    _ = try await store.buildPage(filter, most: 50)
  }

  /// The page after a build in the midst of the year.
  private static func deep(_ store: Store, _ random: inout BenchRandom) async throws {
    var filter = Store.BuildFilter()
    filter.until = Date().timeIntervalSince1970 - Double(30 + random.below(300)) * 86_400
    let page = try await store.buildPage(filter, most: 1)
    filter.until = nil
    _ = try await store.buildPage(filter, after: page.next, most: 50)
  }

  private static func commit(_ store: Store, _ random: inout BenchRandom) async throws {
    let page = try await store.commitPage(.init(repository: random.pick(repositories)), most: 20)
    guard !page.rows.isEmpty else { return }
    let row = random.pick(page.rows)
    _ = try await store.facts(ofCommit: row.commit, repository: row.repository)
  }
}
