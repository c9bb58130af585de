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

  /// Whatever a list is sorted by, and whichever way: values go one way, and pages follow each other.
  @Test func sortedListsPage() async throws {
    try await TestLedger.with { ledger in
      let words = ["delta", "alpha", "charlie", "bravo"]
      try await ledger.sync(
        words.enumerated().map { place, word in
          .test(
            "a/\(word)", match: word, title: words[3 - place].uppercased(), verdict: place % 2 == 0 ? .flaky : .failure,
            owner: place == 0 ? nil : "team-\(place % 2)")
        })
      // From long ago to lately, the first one more and more rarely and the last one more and more often.
      let now = 1_700_000_000.0
      for number in 0..<24 {
        let word = words[number < 8 ? number % 2 : number < 16 ? number % 3 : 3 - number % 2]
        try await ledger.enter(
          word + "\n",
          TestLedger.build(
            "\(number)", commit: String(repeating: String(number / 2 % 12, radix: 16), count: 40), job: "job\(number % 2)",
            finishedAt: now - Double(23 - number / 2 * 2) * 86_400))
      }
      _ = try await ledger.rescan()
      while try await ledger.store.tally(today: Self.today) != nil {}
      let store = ledger.store
      let (since, until) = (CalendarDay(secondsSince1970: now - 11 * 86_400), CalendarDay(secondsSince1970: now))

      for isDescending in [false, true] {
        for key in Store.CauseKey.allCases {
          for branch in [nil, "main"] {
            let sorting = Sorting(key, descending: isDescending)
            try await inOrder(sorting) { cursor, most in
              try await store.causePage(
                .init(branch: branch), since: since, until: until, sortedBy: sorting, after: cursor, most: most)
            } _: { (cause: Store.CauseRow) -> Ordered in
              switch key {
              case .builds, .share: Ordered(Double(cause.builds))
              case .change: Ordered(Double(cause.builds - (cause.buildsBefore ?? 0)))
              case .firstSeen: Ordered(cause.firstSeen ?? 0)
              case .lastSeen: Ordered(cause.lastSeen ?? 0)
              case .title: Ordered(text: cause.title.lowercased())
              }
            }
          }
        }
        let measures = Dictionary(
          uniqueKeysWithValues: words.enumerated().map { place, word in
            let measure = Store.PatternMeasure(
              passingRate: place == 2 ? nil : Double(place % 2), millisecondsPerMegabyte: place == 1 ? nil : Double(place) / 1_000)
            return (PatternID("a/\(word)"), measure)
          })
        for key in Store.PatternKey.allCases {
          let sorting = Sorting(key, descending: isDescending)
          try await inOrder(sorting) { cursor, most in
            try await store.patternPage(sortedBy: sorting, measures: measures, after: cursor, most: most)
          } _: { (pattern: Store.PatternRow) -> Ordered in
            switch key {
            case .id: Ordered(text: pattern.id.rawValue)
            case .title: Ordered(text: pattern.title.lowercased())
            case .owner: Ordered(text: pattern.owner ?? "")
            case .builds, .share: Ordered(Double(pattern.builds))
            case .hits: Ordered(Double(pattern.hits))
            case .lastSeen: Ordered(pattern.lastSeen ?? 0)
            case .passingRate: Ordered(measures[pattern.id]?.passingRate ?? -1)
            case .millisecondsPerMegabyte: Ordered(measures[pattern.id]?.millisecondsPerMegabyte ?? -1)
            }
          }
        }
        let builds = Sorting(Store.BuildKey.at, descending: isDescending)
        try await inOrder(builds) {
          try await store.buildPage(.init(), sortedBy: builds, after: $0, most: $1)
        } _: {
          $0.at
        }
        let commits = Sorting(Store.CommitKey.lastAt, descending: isDescending)
        for branch in [nil, "main"] {
          try await inOrder(commits) {
            try await store.commitPage(.init(branch: branch), sortedBy: commits, after: $0, most: $1)
          } _: {
            $0.lastAt
          }
        }
      }
    }
  }

  /// Reads a list at once and row by row.
  private func inOrder<Key, Row: Sendable & Equatable, Value: Comparable>(
    _ sorting: Sorting<Key>, _ page: (String?, Int) async throws -> Store.Paged<Row>, _ value: (Row) -> Value
  ) async throws {
    let rows = try await page(nil, 100).rows
    let values = rows.map(value)
    #expect(rows.count > 2 && values == (sorting.isDescending ? values.sorted(by: >) : values.sorted()), "\(sorting.text)")
    let paged = try await all { cursor in try await page(cursor, 1) }
    #expect(paged == rows, "\(sorting.text)")
  }

  /// A number or a text.
  private struct Ordered: Comparable {
    let number: Double
    let text: String

    init(_ number: Double) { (self.number, text) = (number, "") }
    init(text: String) { (number, self.text) = (0, text) }

    static func < (one: Ordered, other: Ordered) -> Bool { (one.number, one.text) < (other.number, other.text) }
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
