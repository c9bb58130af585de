import Analysis
import Model
import Testing

/// Hostile patterns and hostile logs.
@Suite struct ScanLimitTests {
  private let honest = [
    Pattern("honest", "(?<e>err)or"), Pattern("tail", "b$", tail: 3), Pattern("sequence", .sequence(["error", "b"], within: 9)),
  ]

  /// Scans with and without the hostile pattern; the others must find the same.
  private func reasons(_ hostile: Pattern, _ log: [UInt8], limits: ScanLimits = ScanLimits()) throws -> [Inconclusive] {
    let alone = scanText(log, program: try ScanProgram(honest), limits: limits)
    let together = scanText(log, program: try ScanProgram(honest + [hostile]), limits: limits)
    #expect(alone.summary.inconclusive == [])
    #expect(together.findings.filter { $0.pattern != hostile.id } == alone.findings)
    #expect(together.summary.inconclusive.allSatisfy { $0.pattern == hostile.id })
    return together.summary.inconclusive
  }

  @Test func theMatchLimit() throws {
    let log = "fine error\n\(String(repeating: "a", count: 40))b error\nab"
    #expect(
      try reasons(Pattern("evil", "(a+)+$"), Array(log.utf8)) == [
        Inconclusive(pattern: PatternID("evil"), reason: .matchLimit, line: 2)
      ])
  }

  @Test func afterALimitTheNextLinesAreTried() throws {
    let evil = String(repeating: "a", count: 40) + "b"
    let log = "aa\n\(evil)\raa\naa\n\(evil)\n"
    let result = scanText(Array(log.utf8), program: try ScanProgram([Pattern("evil", "(a+)+$")]))
    #expect(result.findings.map(\.line) == [1, 3])
    #expect(result.summary.inconclusive == [Inconclusive(pattern: PatternID("evil"), reason: .matchLimit, line: 2)])
  }

  @Test func aStepOfASequenceMayBeTheHostileOne() throws {
    let log = "error\n\(String(repeating: "a", count: 40))b\n"
    let found = try reasons(Pattern("evil", .sequence(["error", "(a+)+$"], within: 5)), Array(log.utf8))
    #expect(found == [Inconclusive(pattern: PatternID("evil"), reason: .matchLimit, line: 2)])
  }

  /// Takes time that grows with the square of the length of a line of `timeout` and many x, which holds all its texts and doesn't match.
  private static let quadratic = "(?=.*e[^x]{4})(?=.*timeout).*"

  @Test func whatALineLacksIsKnownAtOnce() throws {
    let log = Array("error\ntimeout".utf8) + [UInt8](repeating: 0x78, count: 1 << 20) + Array("\nerror\nb".utf8)
    #expect(try reasons(Pattern("evil", "(?=.*error)(?=.*timeout).*"), log) == [])
  }

  @Test func theTimeOfALine() throws {
    let log = Array("error\ntimeout".utf8) + [UInt8](repeating: 0x78, count: 1 << 20) + Array("\nerror\nb".utf8)
    #expect(
      try reasons(Pattern("evil", Self.quadratic), log) == [
        Inconclusive(pattern: PatternID("evil"), reason: .lineTime, line: 2)
      ])
  }

  @Test func theStack() throws {
    let log = [UInt8](repeating: 0x61, count: 1_000_000) + Array("\nerror\nb".utf8)
    #expect(
      try reasons(Pattern("evil", "(?:a|b)*[^ab]"), log) == [Inconclusive(pattern: PatternID("evil"), reason: .stackLimit, line: 1)]
    )
  }

  @Test func theTimeOfAPattern() throws {
    var limits = ScanLimits()
    limits.lineNanoseconds = 1 << 50
    limits.patternNanoseconds = 50_000_000
    // Each line takes some milliseconds: too little for any other limit.
    let line = Array("timeout".utf8) + [UInt8](repeating: 0x78, count: 4_000) + [0x0A]
    let short = Array(repeating: line, count: 400).flatMap { $0 }
    #expect(try reasons(Pattern("evil", Self.quadratic), short, limits: limits).map(\.reason) == [.patternTime])
    let long = Array("timeout".utf8) + [UInt8](repeating: 0x78, count: 400_000)
    #expect(try reasons(Pattern("evil", Self.quadratic), long, limits: limits).map(\.reason) == [.patternTime])
  }

  @Test func theTimeOfALog() throws {
    var limits = ScanLimits()
    limits.lineNanoseconds = 1 << 50
    limits.logNanoseconds = 30_000_000
    let evil = ["a", "b", "c"].map { Pattern($0, Self.quadratic) }
    let log = Array("timeout".utf8) + [UInt8](repeating: 0x78, count: 300_000) + Array("\nerror".utf8)
    let result = scanText(log, program: try ScanProgram(evil + honest), limits: limits)
    #expect(result.summary.inconclusive.map(\.reason) == [.logTime, .logTime, .logTime])
    #expect(result.findings.map(\.place) == ["honest 2:0 0-5"])
  }

  /// Those that stay within their share find all, even where each of their searches is timed.
  @Test func theTimeOfALogIsTakenFromThoseWhoSpentIt() throws {
    var limits = ScanLimits()
    limits.lineNanoseconds = 1 << 50
    limits.logNanoseconds = 30_000_000
    let evil = Array("timeout".utf8) + [UInt8](repeating: 0x78, count: 300_000) + [0x0A]
    let broken = Array("caf".utf8) + [0xE9] + Array(" error\n".utf8)
    let result = scanText(
      evil + broken + broken + Array("error".utf8), program: try ScanProgram([Pattern("evil", Self.quadratic)] + honest),
      limits: limits)
    #expect(result.summary.inconclusive.map(\.reason) == [.logTime])
    #expect(result.findings.map(\.place) == ["honest 2:0 5-10", "honest 3:0 5-10", "honest 4:0 0-5"])
  }

  /// A match at each byte is a search at each byte.
  @Test func whatMatchesEverywhereRunsOutOfTime() throws {
    var limits = ScanLimits()
    limits.lineNanoseconds = 1 << 50
    limits.patternNanoseconds = 100_000_000
    let log = Array(repeating: [UInt8](repeating: 0x71, count: 6_000) + [0x0A], count: 120).flatMap { $0 }
    #expect(try reasons(Pattern("evil", "(?=[^~]{1500})|"), log, limits: limits).map(\.reason) == [.patternTime])
  }

  @Test func aStoppedPatternFindsNoMoreOnTheLine() throws {
    var limits = ScanLimits()
    limits.lineNanoseconds = 1
    // A match at each character, and each takes a look at the rest of the line.
    let result = scanText(
      [UInt8](repeating: 0x78, count: 200_000), program: try ScanProgram([Pattern("evil", "x(?=.*+)")]), limits: limits)
    #expect(result.summary.inconclusive.map(\.reason) == [.lineTime])
    #expect(result.summary.findings < 100_000)
  }

  /// `\G` and backtracking verbs, for which no search may be cut into several.
  @Test func anIndivisibleSearchIsMadeOnALongLine() throws {
    let long = [UInt8](repeating: 0x78, count: 40_000)
    for expression in ["\\Gx", "x(*COMMIT)x", "x(*PRUNE)x"] {
      var limits = ScanLimits.untimed
      limits.findingsPerPattern = 1
      let result = scanText(long, program: try ScanProgram([Pattern("long", expression)]), limits: limits)
      #expect(result.summary.inconclusive == [], "\(expression)")
      #expect(result.summary.findings == (expression == "\\Gx" ? 40_000 : 20_000), "\(expression)")
    }
  }

  /// Each of these takes a single search some seconds to days, of which PCRE2's match limit sees nothing.
  @Test(arguments: [
    "(?=.*+[yz])|(?=.*+[yz])|(*F)", "(?=[^q]*[yz])\\G.|(?!)", "(?:(?=.*+[yz])|x)*+b", "^(?:(?:(?=.*+[yz])|x)*+(?!)|x)*+b",
    "(?:(?=.*+[yz])|x) *+(?!)|[^x]*+y",
  ]) func aSearchEndsInItsMidst(_ expression: String) throws {
    let text = [UInt8](repeating: 0x78, count: 32_000) + Array("xc".utf8)
    for end in [[], [0xFF]] as [[UInt8]] {
      let line = Array("b".utf8) + text + end + [0x0A]
      let log = line + line + line
      let found = try reasons(Pattern("evil", expression), log + Array("error\nb".utf8))
      #expect(found.allSatisfy { [.lineTime, .matchLimit].contains($0.reason) }, "\(expression)")
    }
  }

  /// PCRE2 10.42 makes machine code that misses these, if it may optimize how a match starts.
  @Test(arguments: [("(?:ab|a).*bc", "abc"), ("(?:error|err)[^\\n]*or: x", "error: x"), ("(?:aa|a)\\S*aa", " aaa")])
  func noMatchIsMissedBehindAChoice(_ expression: String, _ text: String) throws {
    #expect(try ranges(expression, in: text).count == 1)
  }
}
