import Analysis
import Foundation
import FuzzSupport
import Model
import Pipeline
import Store
import Synchronization
import Testing
import TestSupport

/// A trial finds what a plain scan finds, changes nothing, and goes on where it was stopped.
@Suite struct TryTests {
  private static func commit(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 40 - digits.count) + digits
  }

  /// A log of some 20 KB, large enough to have an index.
  private static func log(_ number: Int, _ telling: String) -> String {
    let noise = (0..<400).map { "step \(number) of many: compiled module_\($0 * 37 % 91) without trouble" }
    return (noise + [telling] + noise.prefix(20)).joined(separator: "\n") + "\n"
  }

  /// Failed builds of which every seventh lost its connection, in two weeks and two jobs; and passing ones.
  private func fill(_ ledger: TestLedger, logs: Int = 42) async throws {
    for number in 0..<logs {
      let telling = number % 7 == 0 ? "error: connection to host\(number % 3) refused" : "error: nothing special \(number)"
      try await ledger.enter(
        Self.log(number, telling),
        TestLedger.build(
          "\(number)", commit: Self.commit(number), job: number % 2 == 0 ? "linux" : "mac",
          outcome: number % 6 == 5 ? .success : .failure, finishedAt: 1_700_000_000 + Double(number) * 20_000))
    }
  }

  private static let candidate = Pattern(
    id: PatternID("net/refused"), title: "refused",
    definition: MatchDefinition(matcher: .match("connection to (?<host>\\S+) refused")),
    verdict: .flaky, groupBy: ["host"], reviewBy: CalendarDay("2099-01-01"))

  private func stage(_ ledger: TestLedger, usesIndex: Bool = true) -> TryStage {
    var settings = TryStage.Settings()
    settings.lanes = 2
    settings.usesIndex = usesIndex
    return TryStage(store: ledger.store, archive: ledger.archive, settings: settings)
  }

  /// What is told of a run, with its hits as `build line start-end text`, sorted.
  private func run(
    _ ledger: TestLedger, _ candidate: Pattern = candidate, since: Double? = nil, usesIndex: Bool = true, fresh: Bool = false
  ) async throws -> (report: TrialReport, hits: [String]) {
    let hits = Mutex<[String]>([])
    let report = try await stage(ledger, usesIndex: usesIndex).run(
      candidate, since: since, fresh: fresh, today: CalendarDay("2026-01-01")!
    ) { news in
      guard case .hit(let hit) = news else { return }
      hits.withLock { all in
        all += hit.findings.map { "\(hit.place.build.externalID) \($0.line) \($0.start)-\($0.end) \($0.text)" }
      }
    }
    return (report, hits.withLock { $0.sorted() })
  }

  @Test func aTrialFindsWhatARescanWouldAndOpensFewLogs() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger)
      let blind = try await run(ledger, usesIndex: false)
      #expect(blind.report.cost.opened == 42)
      #expect(blind.hits.count == 6)
      // The first run has made the indexes.
      let (report, hits) = try await run(ledger, fresh: true)
      #expect(hits == blind.hits)
      #expect(report.cost.opened < 10 && report.cost.opened >= 6, "\(report.cost.opened)")
      #expect(report.triedLogs == 42 && report.triedBytes == report.archived.bytes)
      #expect(report.findings == 6 && report.failedBuilds == 5 && report.passedBuilds == 1)
      #expect(report.archived.failedBuilds == 35 && report.archived.passedBuilds == 7)
      #expect(report.groups.mapValues(\.findings) == ["host0": 2, "host1": 2, "host2": 2])
      #expect(report.jobs.values.map(\.findings).sorted() == [3, 3])
      #expect(report.weeks.map { "\($0.key) \($0.value.findings)" }.sorted() == ["2023-11-13 4", "2023-11-20 2"])

      // The pattern itself, synced, finds the same.
      try await ledger.sync([Self.candidate])
      _ = try await ledger.rescan()
      #expect(try await ledger.findings().count == 6)
    }
  }

  /// What `grep` finds in the same texts, line by line: expressions that are rare, common and nowhere, with and without a text to look for.
  @Test func randomExpressionsFindTheLinesThatGrepFinds() async throws {
    var random = SplitMix64(seed: 0x7E57)
    let words = ["error", "Error", "host", "refused", "lost", "step", "module", "x17", "17", "a.b", "[main]", "é", "node-3", "::"]
    func word() -> String { words.randomElement(using: &random) ?? "" }
    func plain(_ text: String) -> String {
      text.map { #"\^$.[]|()?*+{}"#.contains($0) ? "\\\($0)" : String($0) }.joined()
    }
    try await TestLedger.with { ledger in
      let folder = ledger.folder + "/texts"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for number in 0..<40 {
        // Some are large enough for an index, some not; of the words each has a few only.
        let mine = (0..<4).map { _ in word() }
        let text = (0..<Int.random(in: 1...190, using: &random)).map { _ in
          (0..<Int.random(in: 1...5, using: &random)).map { _ in mine.randomElement(using: &random) ?? "" }.joined(separator: " ")
            + "\(Bool.random(using: &random) ? "" : " compiled without trouble of any kind, now as before, and again")"
        }.joined(separator: "\n")
        try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: "\(folder)/\(number)"))
        try await ledger.enter(text + "\n", TestLedger.build("\(number)", commit: Self.commit(number)))
      }
      var found = 0
      for round in 0..<24 {
        let (one, two) = (plain(word()), plain(word()))
        let expression =
          switch round % 6 {
          case 0: one
          case 1: "\(one) .*\(two)"
          case 2: "^\(one) (\(two)|\(plain(word())))"
          case 3: "\\b[a-m]\\w{3,}(?= \(two))"
          case 4: "(?i)\(one) +\(two)$"
          default: "\(one)\(two)nowhere|\(two) \(two) \(one)"
          }
        let candidate = Pattern.test("a/b", match: expression)
        let hits = Set(try await run(ledger, candidate).hits.map { $0.split(separator: " ").prefix(2).joined(separator: ":") })
        let grep = Process()
        let output = Pipe()
        grep.executableURL = URL(fileURLWithPath: "/usr/bin/grep")
        grep.arguments = ["-rnoP", "--", expression, "."]
        grep.currentDirectoryURL = URL(fileURLWithPath: folder)
        grep.environment = ["LC_ALL": "C.UTF-8"]
        grep.standardOutput = output
        try grep.run()
        let lines = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).split(separator: "\n")
        grep.waitUntilExit()
        let expected = Set(lines.map { $0.dropFirst(2).split(separator: ":").prefix(2).joined(separator: ":") })
        #expect(hits == expected, "\(expression)")
        found += expected.count
      }
      #expect(found > 1_000)
    }
  }

  @Test func nothingThatAVerdictRestsOnIsWritten() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, logs: 14)
      try await ledger.sync([.test("a/error", match: "error: nothing")])
      _ = try await ledger.rescan()
      try await ledger.sync([.test("a/error", match: "error: nothing"), .test("a/new", match: "compiled")])
      let before = (try await ledger.findings(), try await ledger.store.due())
      _ = try await run(ledger)
      #expect(before.0 == (try await ledger.findings()))
      #expect(before.1 == (try await ledger.store.due()))
    }
  }

  @Test func changedVerdictsAndOtherPatternsAreTold() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, logs: 14)
      try await ledger.sync([
        .test("a/refused", match: "host\\d refused", verdict: .failure, priority: 10),
        .test("b/error", match: "^error: connection", verdict: .failure, priority: 90), .test("c/other", match: "special 3"),
      ])
      _ = try await ledger.rescan()
      let refused = try await run(ledger).report
      // b/error wins everywhere, a/refused nowhere: as it was.
      #expect(refused.changes.isEmpty && refused.judgedCommits == 2)
      let high = try #require(refused.overlaps[PatternID("b/error")])
      #expect(high.lines == 2 && high.builds == 2 && high.patternBuilds == 2)
      #expect(high.candidateWins == 0 && high.patternWins == 2 && !high.isShadowed)
      #expect(refused.isShadowed(by: high))
      let low = try #require(refused.overlaps[PatternID("a/refused")])
      #expect(low.lines == 2 && low.candidateWins == 2 && low.isShadowed)
      #expect(refused.overlaps[PatternID("c/other")] == nil)

      var urgent = Self.candidate
      urgent.priority = 95
      let report = try await run(ledger, urgent).report
      #expect(report.changes.map { "\($0.key.before) \($0.key.after) \($0.value)" } == ["new flaky 2"])
      #expect(
        report.changed.map { "\($0.commit.suffix(1)) \($0.before.pattern!) \($0.after.pattern!)" } == [
          "0 b/error net/refused", "7 b/error net/refused",
        ])
      // The first definition was tried already; that it weighs more changes no finding.
      #expect(report.cost == refused.cost)
    }
  }

  @Test func aFileThatIsEditedStandsForItsFormerSelf() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, logs: 8)
      try await ledger.sync([.test("net/refused", match: "connection|nothing", verdict: .flaky)])
      _ = try await ledger.rescan()
      let report = try await run(ledger).report
      #expect(report.overlaps.isEmpty)
      // Of builds without a hit of the new one nothing is judged; those with one stay what they were.
      #expect(report.changes.isEmpty)
    }
  }

  @Test func whatFailsLikeItsBaseIsTold() async throws {
    try await TestLedger.with { ledger in
      for (id, commit) in [("base", Self.commit(1)), ("head", Self.commit(2))] {
        try await ledger.enter("error: connection to x refused\n", TestLedger.build(id, commit: commit))
      }
      try await ledger.store.recordBase(
        of: Store.CommitName(repository: "acme/engine", commit: Self.commit(2)), base: Self.commit(1), ancestors: [])
      try await ledger.sync([.test("a/none", match: "no such")])
      _ = try await ledger.rescan()
      var failure = Self.candidate
      failure.verdict = .failure
      let report = try await run(ledger, failure).report
      #expect(
        report.changed.map { "\($0.commit.suffix(1)) \($0.before.kind) \($0.after.kind)" } == [
          "1 unknown new", "2 unknown upstream",
        ])
    }
  }

  /// Of a commit's builds only those are read whose verdict may change: by a hit, by their base's, or by what the former self found.
  @Test func eachBuildWhoseVerdictMayChangeIsJudged() async throws {
    try await TestLedger.with { ledger in
      let refused = "error: connection to x refused\n"
      for (job, base, head) in [
        ("hit", "fine\n", refused), ("other", "fine\n", "nothing of the kind\n"), ("former", "fine\n", "the line was lost\n"),
        ("upstream", refused, refused),
      ] {
        try await ledger.enter(
          base, TestLedger.build("\(job) base", commit: Self.commit(1), job: job, outcome: base == refused ? .failure : .success))
        try await ledger.enter(head, TestLedger.build("\(job) head", commit: Self.commit(2), job: job))
      }
      try await ledger.store.recordBase(
        of: Store.CommitName(repository: "acme/engine", commit: Self.commit(2)), base: Self.commit(1), ancestors: [])
      var candidate = Self.candidate
      candidate.verdict = .failure
      var former = candidate
      former.definition = MatchDefinition(matcher: .match("was lost"))
      former.groupBy = []
      try await ledger.sync([former])
      _ = try await ledger.rescan()
      let report = try await run(ledger, candidate).report
      #expect(
        report.changed.map { "\($0.commit.suffix(1)) \($0.job.name) \($0.before.kind) \($0.after.kind)" } == [
          "1 upstream unknown new", "2 former new unknown", "2 hit unknown new", "2 upstream unknown upstream",
        ])
    }
  }

  @Test func aStoppedTrialGoesOn() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger)
      let whole = try await run(ledger, fresh: true)
      let began = Mutex<Task<TrialReport, any Error>?>(nil)
      let stage = self.stage(ledger, usesIndex: false)
      let task = Task {
        try await stage.run(Self.candidate, fresh: true, today: CalendarDay("2026-01-01")!) { news in
          if case .progress = news { began.withLock { $0?.cancel() } }
        }
      }
      began.withLock { $0 = task }
      _ = try? await task.value
      let (report, hits) = try await run(ledger)
      #expect(hits == whole.hits)
      #expect(report.triedLogs == 42 && report.findings == whole.report.findings)
      // A third run has nothing left to do and tells the same.
      let again = try await run(ledger)
      #expect(again.hits == hits && again.report.cost == report.cost)
    }
  }

  @Test func newAndChangedLogsAreTriedAndNoOthers() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, logs: 8)
      #expect(try await run(ledger, usesIndex: false).report.cost.opened == 8)
      try await ledger.enter(Self.log(99, "connection to late refused"), TestLedger.build("late", commit: Self.commit(99)))
      try await ledger.enter(Self.log(0, "all is well"), TestLedger.build("0", commit: Self.commit(0), job: "linux"))
      let (report, hits) = try await run(ledger, usesIndex: false)
      #expect(report.cost.opened == 10)
      #expect(hits.map { $0.split(separator: " ")[0] } == ["7", "late"])
    }
  }

  @Test func damagedIndexesChangeNoAnswer() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, logs: 14)
      let first = try await run(ledger)
      let indexes = try FileManager.default.subpathsOfDirectory(atPath: ledger.folder).filter { $0.hasSuffix(".grams") }
      #expect(indexes.count == 14)
      for (number, path) in indexes.enumerated() {
        let url = URL(filePath: ledger.folder + "/" + path)
        var bytes = try Data(contentsOf: url)
        #expect(bytes.count * 100 < 3 * 30_000)
        if number % 3 == 0 {
          bytes = Data(count: bytes.count)
        } else if number % 3 == 1 {
          bytes.removeLast(9)
        } else {
          bytes[5] ^= 0x10
        }
        try bytes.write(to: url)
      }
      let (report, hits) = try await run(ledger, fresh: true)
      #expect(hits == first.hits)
      #expect(report.cost.opened == 14)
      // They were made anew.
      #expect(try await run(ledger, fresh: true).report.cost.opened < 7)
    }
  }

  @Test func aLogThatIsLostIsToldAndStaysUntried() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, logs: 3)
      let object = try #require(
        try FileManager.default.subpathsOfDirectory(atPath: ledger.folder + "/archive").first { $0.hasSuffix(".zst") })
      try FileManager.default.removeItem(atPath: ledger.folder + "/archive/" + object)
      let report = try await run(ledger).report
      #expect(report.lostLogs == 1 && report.triedLogs == 2)
      #expect(try await run(ledger).report.lostLogs == 1)
    }
  }

  /// What is kept of a log depends on them.
  @Test func otherLimitsAreAnotherTrial() async throws {
    try await TestLedger.with { ledger in
      try await ledger.enter(String(repeating: "connection to x refused\n", count: 20), TestLedger.build("1"))
      var settings = TryStage.Settings()
      settings.limits.findingsPerPattern = 3
      let few = try await TryStage(store: ledger.store, archive: ledger.archive, settings: settings)
        .run(Self.candidate, today: CalendarDay("2026-01-01")!)
      #expect(few.findings == 20 && few.unkept == 17)
      let usual = try await run(ledger).report
      #expect(usual.findings == 20 && usual.unkept == 0)
    }
  }

  @Test func notConclusiveIsTold() async throws {
    try await TestLedger.with { ledger in
      try await ledger.enter(String(repeating: "a", count: 5_000) + "b\n", TestLedger.build("1"))
      let report = try await run(ledger, .test("a/evil", match: "(a+)+$")).report
      #expect(report.inconclusive == [.matchLimit: 1] && report.findings == 0)
    }
  }

  @Test func onlyLogsSinceATimeAreTried() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, logs: 14)
      let report = try await run(ledger, since: 1_700_000_000 + 20_000 * 7).report
      #expect(report.archived.logs == 7 && report.findings == 1)
      #expect(try await run(ledger).report.findings == 2)
      #expect(try await run(ledger, since: 1_700_000_000 + 20_000 * 7).report.findings == 1)
    }
  }

  @Test func aRescanPassesOverLogsByTheirIndex() async throws {
    let first = Pattern.test("a/error", match: "error: nothing")
    func findings(_ ledger: TestLedger, withIndexes: Bool) async throws -> [String] {
      try await fill(ledger)
      try await ledger.sync([first])
      _ = try await ledger.rescan()
      if !withIndexes {
        for path in try FileManager.default.subpathsOfDirectory(atPath: ledger.folder) where path.hasSuffix(".grams") {
          try FileManager.default.removeItem(atPath: ledger.folder + "/" + path)
        }
      } else {
        // A log whose index says no need not be there.
        for path in try FileManager.default.subpathsOfDirectory(atPath: ledger.folder) where path.hasSuffix(".zst") {
          try FileManager.default.removeItem(atPath: ledger.folder + "/" + path)
        }
      }
      try await ledger.sync([first, .test("b/none", match: "segmentation violation"), .test("c/none", match: "^fatal: bad object")])
      let done = try await ledger.rescan()
      #expect(done.pairs == 84 && done.lost.isEmpty)
      #expect(try await ledger.store.due().pairs == 0)
      return try await ledger.findings()
    }
    let with = try await TestLedger.with { try await findings($0, withIndexes: true) }
    let without = try await TestLedger.with { try await findings($0, withIndexes: false) }
    #expect(with == without && !with.isEmpty)
  }
}
