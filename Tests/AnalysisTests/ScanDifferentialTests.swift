import FuzzSupport
import Analysis
import Model
import PCRE2
import Testing

@Suite struct ScanDifferentialTests {
  @Test(arguments: 0..<20) func scansEqualThePlainLoop(_ block: Int) throws {
    let grammar = ScanGrammar()
    for seed in block * 15..<(block + 1) * 15 {
      var random = SplitMix64(seed: UInt64(3_000_000 + seed))
      var patterns: [Pattern] = []
      while patterns.count < 8 {
        let id = "p\(patterns.count)"
        let ignoreCase = random.once(in: 4)
        let tail = random.once(in: 6) ? 1 + random.below(8) : nil
        let matcher: MatchDefinition.Matcher =
          switch random.below(8) {
          case 0: .literal(String(decoding: ["a", "b.", "€é", "k", ".*", "(", "\u{0}"][random.below(7)].utf8, as: UTF8.self))
          case 1, 2:
            .sequence((0...1 + random.below(2)).map { _ in grammar.expression(&random) }, within: 2 + random.below(6))
          default: .match(grammar.expression(&random))
          }
        let pattern = Pattern(id, matcher, ignoreCase: ignoreCase, tail: tail)
        if (try? ScanProgram([pattern])) != nil { patterns.append(pattern) }
      }
      var log: [UInt8] = []
      for _ in 0..<12 {
        log += random.once(in: 3) ? CleanAdversary.log(&random).prefix(40) : grammar.line(&random, tokens: random.below(20))[...]
        log += random.pick([[0x0A], [0x0A], [0x0D, 0x0A], [0x0D], [0x0D, 0x0D]])
      }
      let expected: [Finding]
      do { expected = try ReferenceScan.findings(in: log, patterns, matchLimit: 100_000) } catch is ReferenceScan.Undecided {
        continue
      }
      var scanner = LogScanner(program: try ScanProgram(patterns.shuffled(using: &random)), limits: .untimed)
      var findings: [Finding] = []
      log.withUnsafeBytes { all in
        var at = 0
        while at < all.count {
          let end = min(all.count, at + 1 + random.below(64))
          scanner.scan(UnsafeRawBufferPointer(rebasing: all[at..<end])) { findings.append($0) }
          at = end
        }
      }
      let summary = scanner.finish { findings.append($0) }
      let context = "seed \(seed)"
      #expect(summary.inconclusive == [], "\(context)")
      #expect(difference(findings.map(\.withoutText), expected) == nil, "\(context)")
      #expect(summary.findings == expected.count, "\(context)")
      #expect(Set(findings.map(\.place)).count == findings.count, "\(context)")
    }
  }

  /// A long segment is searched in slices of few start positions, and whole against a deadline from where the match limit of a slice is reached.
  @Test(arguments: 0..<20) func slicesEqualOneSearch(_ block: Int) throws {
    let grammar = ScanGrammar()
    for seed in block * 25..<(block + 1) * 25 {
      var random = SplitMix64(seed: UInt64(4_000_000 + seed))
      let expression = grammar.expression(&random)
      guard let regex = try? Regex(expression) else { continue }
      let line = grammar.line(&random, tokens: random.pick([30, 100, 2_000]), filler: 300)
      guard line.count > 4_096, line.count < 20_000 || random.once(in: 10) else { continue }
      guard let expected = try? ReferenceScan.matches(of: regex, in: line, matchLimit: 5_000).map(\.range), expected.count < 200
      else { continue }
      var limits = ScanLimits.untimed
      // What is no UTF-8 is interpreted, which takes long at each of many starts. Against a deadline the limit is a hundred times as high.
      limits.matchLimit = 5_000
      limits.findingsPerPattern = 1_000_000
      limits.findingsPerLog = 1_000_000
      let result = scanText(line, program: try ScanProgram([Pattern("p", expression)]), limits: limits)
      let reasons = result.summary.inconclusive.map(\.reason)
      if reasons == [.stackLimit] { continue }
      #expect(reasons == [], "seed \(seed), \(expression)")
      #expect(result.findings.map { $0.start..<$0.end } == expected, "seed \(seed), \(expression)")
    }
  }

  @Test(arguments: ["ab", "(?<=a)b", "\\bab", "b(?=x)", "€"]) func noStartIsLeftOutBetweenSlices(_ expression: String) throws {
    let program = try ScanProgram([Pattern("p", expression)])
    // A slice has 1,677 starts.
    for place in [Array(1_669...1_681), Array(3_346...3_358)].joined() {
      var line = [UInt8](repeating: 0x78, count: 5_000)
      line.replaceSubrange(place..<place + 6, with: "€ ab".utf8)
      let expected = try ReferenceScan.matches(of: try Regex(expression), in: line).map(\.range)
      #expect(expected.count == 1)
      #expect(scanText(line, program: program, limits: .untimed).findings.map { $0.start..<$0.end } == expected, "\(place)")
    }
  }

  /// Expressions whose matches are short are found in windows as they are in the whole.
  @Test(arguments: 0..<20) func windowsEqualTheWhole(_ block: Int) throws {
    let grammar = ScanGrammar(isUnbounded: false)
    for seed in block * 12..<(block + 1) * 12 {
      var random = SplitMix64(seed: UInt64(5_000_000 + seed))
      let matcher: MatchDefinition.Matcher =
        random.once(in: 4)
        ? .sequence([grammar.expression(&random), grammar.expression(&random)], within: 3) : .match(grammar.expression(&random))
      guard let program = try? ScanProgram([Pattern("p", matcher)]) else { continue }
      var log: [UInt8] = []
      for _ in 0..<3 { log += grammar.line(&random, tokens: 200 + random.below(300), filler: random.pick([0, 3, 10])) + [0x0A] }
      var limits = ScanLimits.untimed
      limits.findingsPerPattern = 200
      let whole = scanText(log, program: program, limits: limits)
      let windowed = scanText(log, program: program, limits: limits.with(window: 1_400 + random.below(100), overlap: 700))
      guard whole.summary.inconclusive.isEmpty, windowed.summary.inconclusive.isEmpty else { continue }
      #expect(windowed.summary.findings == whole.summary.findings, "seed \(seed), \(matcher.expressions)")
      #expect(
        difference(windowed.findings.map(\.withoutText), whole.findings.map(\.withoutText)) == nil,
        "seed \(seed), \(matcher.expressions)")
    }
  }

  @Test(
    .enabled(if: CleanRecordings.arePresent, "no recordings in \(CleanRecordings.folder.path)"), arguments: CleanRecordings.logs)
  func recordingsAreScannedAsByThePlainLoop(_ path: String) throws {
    let log = Array(try CleanRecordings.read(path).prefix(30_000))
    let patterns = [
      Pattern("error", "(?i)\\b(error|failure)\\b[: ]+(?<what>.*)"), Pattern("literal", .literal("npm ERR!")),
      Pattern("number", "^\\s*(\\d+)\\s*(?=[a-z])", tail: 50), Pattern("word", "(?<![\\w.])[A-Z]\\w+Error(?!\\w)"),
      Pattern("steps", .sequence(["(?i)warning", "^\\S+"], within: 5)),
    ]
    let expected = try ReferenceScan.findings(in: log, patterns)
    let findings = scanText(log, program: try ScanProgram(patterns), limits: .untimed).findings
    #expect(difference(findings.map(\.withoutText), expected) == nil)
  }
}
