@testable import Analysis
import Model
import PCRE2
import Testing

@Suite struct ScanBudgetTests {
  /// A budget that is watched, as one is after the coarse clock has seen too much.
  private func watched() -> Budget {
    var budget = Budget()
    budget.suspect(39_000_000, fairShareSoFar: 0)
    #expect(!budget.isWatched)
    budget.suspect(2_000_000, fairShareSoFar: 0)
    #expect(budget.isWatched)
    return budget
  }

  @Test func whatIsHonestGoesUnwatched() {
    var budget = Budget()
    for line in 1...1_000 { budget.suspect(1_000_000, fairShareSoFar: Budget.fairShare(bytes: line * 100_000)) }
    #expect(!budget.isWatched)
  }

  @Test func millionsOfShortLinesCostNothing() {
    var budget = watched()
    var log: UInt64 = 0
    for line in 1...1_000_000 {
      let reason = budget.charge(1_500, line: line, bytes: 2, covered: 2, limits: ScanLimits(), log: &log)
      if reason != nil || line == 1_000_000 { #expect(reason == nil, "line \(line)") }
      if reason != nil { break }
    }
    #expect(log == 0)
    #expect(!budget.isWatched)
  }

  @Test func interruptionsAreOutweighedByQuickSearches() {
    var budget = watched()
    var log: UInt64 = 0
    for line in 1...1_000_000 {
      let took: UInt64 = line % 200 == 0 ? 300_000 : 400
      let reason = budget.charge(took, line: line, bytes: 2, covered: 2, limits: ScanLimits(), log: &log)
      if reason != nil || line == 1_000_000 { #expect(reason == nil, "line \(line)") }
      if reason != nil { break }
    }
  }

  @Test func whatCannotBeInterruptedIsSearchedInSmallSteps() throws {
    let budget = watched()
    #expect(budget.step(try Regex("a"), bytes: 1_000, canBeQuick: true, limits: ScanLimits()) == .watched)
    let step = budget.step(try Regex(RegexFormTests.large), bytes: 1_000, canBeQuick: true, limits: ScanLimits())
    #expect(step != .watched)
    // Lines that are no UTF-8 are interpreted without a deadline, and a search that takes long ends by the match limit.
    let log = Array("a czq ok\nb \u{FF}".utf8) + [0xFF, 0x20] + Array("czq ok\n".utf8)
    let result = scanText(log, program: try ScanProgram([Pattern("p", RegexFormTests.large)]))
    #expect(result.findings.map(\.place) == ["p 1:0 0-8", "p 2:0 5-12"])
    #expect(result.summary.inconclusive == [])
  }

  @Test func slicesOfOnePieceHaveOneFairShare() {
    var budget = watched()
    var limits = ScanLimits()
    limits.lineNanoseconds = 1 << 50
    var log: UInt64 = 0
    var reason: Inconclusive.Reason?
    var slices = 0
    while reason == nil, slices < 10_000 {
      reason = budget.charge(1_000_000, line: 1, bytes: 1 << 20, covered: 256, limits: limits, log: &log)
      slices += 1
    }
    #expect(reason == .patternTime)
    #expect((1_000...1_020).contains(slices))
    #expect(budget.isStopped(on: 7))
  }

  /// Otherwise a line now and then among short ones would get a new benefit of doubt each time.
  @Test func trustIsHarderToRegain() {
    var budget = watched()
    var log: UInt64 = 0
    for searches in [257, 513, 1_025] {
      for search in 1...searches {
        #expect(budget.isWatched, "\(search)")
        _ = budget.charge(400, line: search, bytes: 2, covered: 2, limits: ScanLimits(), log: &log)
      }
      #expect(!budget.isWatched)
      budget.watch()
    }
  }

  @Test func anUnwatchedSearchIsSmall() throws {
    func step(_ expression: String, _ bytes: Int, isNarrow: Bool = false) throws -> Budget.Step {
      Budget().step(try Regex(expression), bytes: bytes, canBeQuick: true, isNarrow: isNarrow, limits: ScanLimits())
    }
    #expect(try step("error.*x", 40) == .unwatched(starts: 41, matchLimit: 100_000))
    #expect(try step("error.*x", 5_000) == .unwatched(starts: 1_677, matchLimit: 64))
    #expect(try step("error.*x", 5_000, isNarrow: true) == .unwatched(starts: 1, matchLimit: 100_000))
    #expect(try step("error.*x", 1 << 20) == .unwatched(starts: 64, matchLimit: 7))
    #expect(try step("^error.*x", 1 << 20) == .unwatched(starts: .max, matchLimit: 511))
    #expect(try step("a(*SKIP)b", 1_000) == .unwatched(starts: 1_001, matchLimit: 535))
    #expect(try step("a(*SKIP)b", 32_000) == .watched)
    #expect(try step("(?:a|b)*+c", 256) == .unwatched(starts: 257, matchLimit: 8_128))
    #expect(try step("(?:a|b)*+c", 257) == .watched)
    #expect(try step("(?x)(?:a|b) {2,}+ c", 257) == .watched)
    #expect(try step("(?:a|b)*a++c", 257) == .unwatched(starts: 258, matchLimit: 8_065))
  }

  @Test func aLineHasItsTimeForEach64KiB() {
    for (bytes, most) in [(1_000, 20), (65_535, 20), (65_536, 40), (1 << 20, 340)] {
      var budget = watched()
      var log: UInt64 = 0
      var searches = 0
      while budget.charge(1_100_000, line: 5, bytes: bytes, covered: 0, limits: ScanLimits(), log: &log) == nil { searches += 1 }
      #expect(searches <= most && searches >= most * 8 / 10, "\(bytes): \(searches)")
      #expect(budget.isStopped(on: 5))
      #expect(!budget.isStopped(on: 6))
    }
  }
}
