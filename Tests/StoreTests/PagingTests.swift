import Model
import Store
import TestSupport
import Testing

/// Pages of a list follow each other without a gap and without showing a row twice, also where sort keys are equal.
@Suite struct PagingTests {
  private static let today = CalendarDay(secondsSince1970: 1_700_000_000)

  /// Twenty builds on ten commits that finished in three moments, each with findings of two patterns.
  private func filled(_ ledger: TestLedger) async throws {
    try await ledger.sync([.test("a/one", match: "one"), .test("a/two", match: "two", priority: 60)])
    for number in 0..<20 {
      let digits = String(number / 2 + 1, radix: 16)
      try await ledger.enter(
        "one\none two\nnothing\n\(number % 3 == 0 ? "one" : "two")\n",
        TestLedger.build(
          "\(number)", commit: String(repeating: digits, count: 40), job: "job\(number % 2)",
          finishedAt: 1_700_000_000 + Double(number / 8)))
    }
    _ = try await ledger.rescan()
    while try await ledger.store.tally(today: Self.today) != nil {}
  }

  /// All rows in pages of so many.
  private func all<Row: Sendable>(_ page: (String?) async throws -> Store.Paged<Row>) async throws -> [Row] {
    var rows: [Row] = []
    var next: String?
    repeat {
      let part = try await page(next)
      #expect(!part.rows.isEmpty)
      rows += part.rows
      next = part.next
    } while next != nil && rows.count < 1_000
    return rows
  }

  @Test func pagesFollowEachOther() async throws {
    try await TestLedger.with { ledger in
      try await filled(ledger)
      let store = ledger.store
      let builds = try await store.buildPage(.init(), most: 100)
      #expect(builds.rows.count == 20 && builds.next == nil)
      #expect(try await all { try await store.buildPage(.init(), after: $0, most: 3) } == builds.rows)

      let commits = try await store.commitPage(most: 100).rows
      #expect(commits.count == 10)
      let since = commits[3].lastAt
      let later = try await store.commitPage(since: since, most: 100).rows
      #expect(later == commits.filter { $0.lastAt >= since } && later.count < commits.count)
      #expect(try await all { try await store.commitPage(after: $0, most: 3) } == commits)

      let line = Store.LineName(repository: "acme/engine", branch: "main")
      let onLine = try await store.linePage(line, most: 100).rows
      #expect(onLine.count == 10)
      #expect(onLine.allSatisfy { $0.cells.count == 2 && $0.cells.allSatisfy { $0.state == .failed } })
      #expect(try await all { try await store.linePage(line, after: $0, most: 3) } == onLine)

      let causes = try await store.causePage(since: nil, most: 100).rows
      #expect(causes.map(\.pattern.rawValue) == ["a/two"])
      #expect(try await all { try await store.causePage(since: nil, after: $0, most: 1) } == causes)
      #expect(try await all { try await store.patternPage(after: $0, most: 1) } == store.patternPage(most: 10).rows)

      let findings = try await store.findingPage(ofBuild: 1, most: 100).rows
      #expect(findings.map(\.finding.line) == [1, 2, 2, 4])
      let paged = try await all { try await store.findingPage(ofBuild: 1, after: $0, most: 1) }
      #expect(paged.map(\.finding) == findings.map(\.finding))

      let samples = try await store.patternSamples(PatternID("a/one"), most: 100).rows
      #expect(samples.count == 47)
      let sampled = try await all { try await store.patternSamples(PatternID("a/one"), after: $0, most: 5) }
      #expect(sampled.map { "\($0.log) \($0.finding.line)" } == samples.map { "\($0.log) \($0.finding.line)" })
    }
  }

  /// Imports give equal times, and names of commits can be short.
  @Test func shortCommitsOfTheSameTimeAreNotPassedOver() async throws {
    try await TestLedger.with { ledger in
      for name in ["a000001", "a000002", "a0000031", "b00000000000000000001", "0000001"] {
        try await ledger.enter("x\n", TestLedger.build(name, commit: name))
      }
      while try await ledger.store.tally(today: CalendarDay(secondsSince1970: 1_700_000_000)) != nil {}
      let line = Store.LineName(repository: "acme/engine", branch: "main")
      let found = try await all { try await ledger.store.linePage(line, after: $0, most: 1) }
      #expect(found.map(\.commit) == ["b00000000000000000001", "a0000031", "a000002", "a000001", "0000001"])
    }
  }

  @Test func whatIsNoCursorIsRefused() async throws {
    try await TestLedger.with { ledger in
      for text in ["", "x", "1.2.3", "1.%", "1.99999999999999999999", "-.-"] {
        await #expect(throws: StoreError.badCursor) { try await ledger.store.buildPage(.init(), after: text, most: 5) }
      }
    }
  }
}
