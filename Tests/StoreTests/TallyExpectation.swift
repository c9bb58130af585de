import Model
import Pipeline
import Postgres
import Store
import TestSupport
import Testing

/// What the tally of a ledger must be: what counting from scratch gives, what the exact queries give, what the judge says.
struct TallyExpectation {
  private let ledger: TestLedger
  private let today: CalendarDay

  init(_ ledger: TestLedger, today: CalendarDay) {
    self.ledger = ledger
    self.today = today
  }

  func check(_ place: String) async throws {
    try await comparePages(place)
    try await compareHealth(place)
    try await compareVerdicts(place)
    let kept = try await dump()
    _ = try await ledger.store.rebuildTally(today: today)
    let anew = try await dump()
    for (table, rows) in kept {
      let lost = Set(anew[table] ?? []).subtracting(rows)
      let wrong = Set(rows).subtracting(anew[table] ?? [])
      #expect(lost.isEmpty && wrong.isEmpty, "\(place), \(table): \(lost.sorted().prefix(3)) not \(wrong.sorted().prefix(3))")
    }
  }

  /// All tables of the tally, without their own numbers and without what was counted down to nothing.
  private func dump() async throws -> [String: [String]] {
    let tables: [(String, SQL)] = [
      ("tally", "SELECT t::text AS line FROM tally t"), ("tally_set", "SELECT t::text AS line FROM tally_set t WHERE logs <> 0"),
      ("tally_totals", "SELECT t::text AS line FROM tally_totals t WHERE builds <> 0"),
      ("tally_causes", "SELECT t::text AS line FROM tally_causes t WHERE hits <> 0"),
      ("tally_reach", "SELECT t::text AS line FROM tally_reach t WHERE builds <> 0"),
      ("tally_commit", "SELECT (to_jsonb(t) - 'id')::text AS line FROM tally_commit t"),
      ("tally_line", "SELECT t::text AS line FROM tally_line t"), ("tally_pattern", "SELECT t::text AS line FROM tally_pattern t"),
    ]
    return try await ledger.pool.run { session in
      var dump: [String: [String]] = [:]
      for (table, sql) in tables { dump[table] = try session.query(sql).map { try $0.decode(String.self, "line") }.sorted() }
      return dump
    }
  }

  /// The same figures as the queries that look at everything.
  private func comparePages(_ place: String) async throws {
    let store = ledger.store
    let exactly = ExactCounts(store: store, today: today)
    for since in [nil, CalendarDay("2023-11-20"), CalendarDay("2023-12-01")] {
      let start = since.map { Double($0.secondsSince1970) }
      let exact = try await exactly.totals(since: start)
      #expect(try await store.totals(since: start) == exact, "\(place)")
      for grouping in Store.Grouping.allCases {
        let wanted = try await exactly.causes(by: grouping, since: start)
        #expect(try await store.causes(by: grouping, since: start, most: 1_000) == wanted, "\(place) by \(grouping)")
      }
      let totals = try await store.buildTotals(since: since)
      #expect(
        [exact.builds, exact.failed, exact.unexplained, exact.unread, exact.passedOnRetry]
          == [totals.builds, totals.failed, totals.unexplained, totals.unread, totals.retried],
        "\(place) since \(String(describing: since))")
      #expect(totals.kinds.values.reduce(0, +) == totals.failed)
      let causes = try await exactly.causes(by: .pattern, since: start)
      let rows = try await store.causePage(since: since, most: 100).rows
      #expect(
        Set(causes.map { "\($0.name) \($0.builds) \($0.jobs) \($0.repositories) \($0.passedOnRetry)" })
          == Set(rows.map { "\($0.pattern) \($0.builds) \($0.jobs) \($0.repositories) \($0.retried)" }), "\(place)")
      for row in rows { #expect(row.trend.reduce(0) { $0 + $1.builds } == row.builds, "\(place)") }
      let weeks = try await exactly.causes(by: .week, since: start)
      let series = try await store.buildSeries(since: since, by: .week)
      #expect(
        weeks.map { "\($0.name) \($0.builds) \($0.unexplained)" }
          == series.filter { $0.totals.failed > 0 }.map { "\($0.day) \($0.totals.failed) \($0.totals.unexplained)" }, "\(place)")
      let jobs = try await store.jobTotals(since: since, most: 100)
      #expect(jobs.reduce(0) { $0 + $1.totals.builds } == totals.builds, "\(place)")
      // The same from the rows of the builds as from the counts.
      let filters = [
        Store.TallyFilter(repository: "acme/shop"), .init(branch: "main"), .init(job: "linux"), .init(branch: "topic"),
      ]
      for filter in filters + [.init(repository: "acme/engine", branch: "main", job: "ci/mac")] {
        let counted = try await store.buildTotals(filter, since: since)
        var builds = Store.BuildFilter()
        builds.builds = filter
        builds.since = start
        let list = try await store.buildPage(builds, most: 500).rows
        #expect(counted.builds == list.count, "\(place) \(filter)")
        #expect(counted.failed == list.count { $0.outcome.isFailure }, "\(place) \(filter)")
        let ofPattern = try await store.causePage(filter, since: since, most: 100).rows
        let best = Dictionary(grouping: list.compactMap(\.best).filter { !$0.isFallback }, by: \.pattern).mapValues(\.count)
        #expect(Dictionary(uniqueKeysWithValues: ofPattern.map { ($0.pattern, $0.builds) }) == best, "\(place) \(filter)")
        try await compareScope(filter, ofPattern, list, isWhole: since == nil, place)
      }
    }
  }

  /// Where causes were seen, and which commits failed, of some builds only.
  private func compareScope(
    _ filter: Store.TallyFilter, _ causes: [Store.CauseRow], _ builds: [Store.BuildRow], isWhole: Bool, _ place: String
  ) async throws {
    let explained = Dictionary(grouping: builds.filter { $0.best.map { !$0.isFallback } ?? false }) { $0.best?.pattern }
    for cause in causes {
      let its = explained[cause.pattern] ?? []
      #expect(cause.jobs == Set(its.map(\.job)).count, "\(place) \(filter) \(cause)")
      #expect(cause.repositories == Set(its.map(\.repository)).count, "\(place) \(filter) \(cause)")
      #expect(cause.lastSeen == its.map(\.at).max(), "\(place) \(filter) \(cause)")
      if isWhole { #expect(cause.firstSeen == its.map(\.at).min(), "\(place) \(filter) \(cause)") }
    }
    guard isWhole else { return }
    let new = try await ledger.store.newCauses(filter, since: 0, most: 100)
    #expect(
      Set(new.map { "\($0.pattern) \($0.firstSeen) \($0.builds)" })
        == Set(causes.map { "\($0.pattern) \($0.firstSeen ?? 0) \($0.builds)" }), "\(place) \(filter)")
    guard filter.job == nil else { return }
    let listed = try await ledger.store.commitPage(filter, most: 500).rows
    let commits = Dictionary(grouping: builds) { "\($0.repository) \($0.commit)" }
    let failed = commits.filter { $0.value.contains { $0.outcome.isFailure && !$0.passedOnRetry } }
    // Whether a later attempt replaced a failure the list of builds doesn't tell in every case: so from both sides.
    let names = Set(listed.map { "\($0.repository) \($0.commit)" })
    #expect(names.isSubset(of: commits.filter { $0.value.contains(where: \.outcome.isFailure) }.keys), "\(place) \(filter)")
    #expect(filter.branch == nil || names.isSuperset(of: failed.filter { $0.value.count == 1 }.keys), "\(place) \(filter)")
    for row in listed where filter.branch != nil {
      let its = commits["\(row.repository) \(row.commit)"] ?? []
      #expect(row.builds == its.count && row.branch == filter.branch, "\(place) \(filter) \(row)")
      #expect(row.firstAt == its.map(\.at).min() && row.lastAt == its.map(\.at).max(), "\(place) \(filter) \(row)")
    }
  }

  /// What patterns are good for, counted from the findings themselves.
  private func compareHealth(_ place: String) async throws {
    let found = try await ledger.pool.run { session in
      try session.query(
        """
        SELECT DISTINCT p.id AS pattern, l.build_id AS build
          FROM pattern p JOIN finding f ON f.revision_id = p.revision_id JOIN log l ON l.id = f.log_id
        """
      ).map { (pattern: try $0.decode(String.self, "pattern"), build: try $0.decode(Int64.self, "build")) }
    }
    var filter = Store.BuildFilter()
    filter.onlyFailed = true
    let failed = try await ledger.store.buildPage(filter, most: 500).rows
    let builds = Dictionary(uniqueKeysWithValues: failed.map { ($0.id, $0) })
    let hits = Dictionary(grouping: found.filter { builds[$0.build] != nil }, by: \.pattern)
      .mapValues { $0.compactMap { builds[$0.build] } }
    let all = try await ledger.store.patternHealth()
    let suspects = Set(all.filter(\.trust.isSuspect).map(\.id))
    for health in all {
      let its = hits[health.id.rawValue] ?? []
      let deciding = its.compactMap { $0.best }.filter { !$0.isFallback }.map(\.pattern)
      let counts = Dictionary(grouping: deciding) { $0 }.mapValues(\.count)
      let explained = counts[health.id] ?? 0
      let most = counts.filter { !suspects.contains($0.key) }
        .min { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }?.key
      let times = its.map(\.at)
      #expect(health.failedBuilds == its.count && health.explained == explained, "\(place) \(health)")
      #expect(health.firstSeen == times.min() && health.lastSeen == times.max(), "\(place) \(health)")
      #expect(
        health.shadowedBy == (explained > 0 || health.isRetired || health.fallback ? nil : most), "\(place) \(health), \(counts)")
      let alone = try await ledger.store.patternHealth(id: health.id)
      #expect(alone.map(\.shadowedBy) == [health.shadowedBy] && alone.map(\.failedBuilds) == [health.failedBuilds], "\(place)")
    }
  }

  /// The kind of each build that counts is the judge's, where there is nothing but the build to judge by.
  private func compareVerdicts(_ place: String) async throws {
    let commits = try await ledger.store.commitPage(most: 500).rows
    let kinds = try await ledger.pool.run { session in
      try session.query(
        """
        SELECT t.repository_id, t.commit, r.name, t.kind, j.job, j.workflow, j.provider, t.attempt FROM tally t
          JOIN tally_job j ON j.id = t.job_id JOIN repository r ON r.id = t.repository_id WHERE t.failed
        """
      ).map { row in
        let words = try ["name", "commit", "provider", "workflow", "job", "kind"].map { try row.decode(String.self, $0) }
        return (words + [String(try row.decode(Int.self, "attempt"))]).joined(separator: " ")
      }
    }
    // Several commits at once are read as each alone.
    let names = commits.map { Store.CommitName(repository: $0.repository, commit: $0.commit) }
    let together = try await ledger.store.facts(ofCommits: names)
    #expect(together.map(\.commit) == names.map(\.commit) && together.map(\.repository) == names.map(\.repository), "\(place)")
    for facts in together {
      let alone = try await ledger.store.facts(ofCommit: facts.commit, repository: facts.repository)
      #expect(Self.told(facts) == Self.told(alone), "\(place) \(facts.commit)")
    }
    for commit in commits {
      let judged = try await JudgeStage(store: ledger.store).judge(
        commit: commit.commit, repository: commit.repository, today: today
      ).verdict
      #expect(commit.failed == judged.builds.count, "\(place) \(commit.commit)")
      #expect(commit.attention == judged.builds.count { !$0.verdict.kind.isExcused }, "\(place) \(commit.commit)")
      for (build, verdict) in judged.builds {
        let line =
          "\(commit.repository) \(commit.commit) \(build.provider) \(build.workflow) \(build.job) \(verdict.kind.rawValue) \(build.attempt)"
        #expect(kinds.contains(line), "\(place): \(line): \(verdict.why)")
      }
    }
  }

  /// Facts in words, with what has no order sorted.
  private static func told(_ facts: Store.CommitFacts) -> [String] {
    let problems = facts.knownProblems.map { "problem \($0.id)" }
    let ancestors = facts.ancestors.sorted { $0.key < $1.key }.map { "ancestor \($0.key) \($0.value)" }
    return problems + ancestors + facts.targets.sorted().map { "target \($0)" } + facts.builds.flatMap { told($0) }
  }

  private static func told(_ build: Store.BuildFacts) -> [String] {
    ["build \(build.id) \(build.build) \(build.listing) \(String(describing: build.overrule)) at \(build.base?.commit ?? "none")"]
      + build.logs.map { log in
        "log \(log.id) \(log.step) \(log.state) \(log.isScanned) \(log.inconclusive.map(\.id)) \(log.findings) \(log.overflowing.map(\.rawValue).sorted())"
      } + (build.base?.builds ?? []).flatMap { told($0) }.map { "base \($0)" }
  }
}
