import FuzzSupport
import PCRE2
import Testing

/// Which form of an expression is run is decided by clocks, by the line's length and by its bytes: what is found must not hang on it.
@Suite struct RegexFormTests {
  private enum Form: CaseIterable {
    case machineCode, interruptible, lenient
  }

  private func matches(_ regex: Regex, _ text: [UInt8], as form: Form) -> [Range<Int>] {
    var matcher = Matcher(mostCaptures: regex.captureCount, matchLimit: 100_000)
    var matches: [Range<Int>] = []
    text.withUnsafeBytes { subject in
      var from = 0
      while from <= subject.count {
        let outcome = matcher.firstMatch(
          of: regex, in: subject, isUTF8: form != .lenient, from: from,
          effort: form == .interruptible ? .deadline(threadNanoseconds: .max - 1) : .matchLimit(.max))
        guard case .match(let range) = outcome else {
          if outcome != .noMatch { Issue.record("\(outcome) of \(form)") }
          return
        }
        matches.append(range)
        from = max(from, range.upperBound) + (range.isEmpty ? 1 : 0)
        while from < subject.count, subject[from] & 0xC0 == 0x80 { from += 1 }
      }
    }
    return matches
  }

  @Test(
    arguments: [
      ("(?=a)b?a", "xa", [1..<2]), ("(?=E)(?:Err: )?E\\d{4}", "x E1234", [2..<7]), ("(?=é)x?é|b", "aéb", [1..<3, 3..<4]),
      ("(?:ab|a).*bc", "abc", [0..<3]), ("(?=E)(?:Err: )?E\\d{4}(?: ok)*+", "E1234 ok", [0..<8]), ("(?=a)(?i:B?)a", "bxa", [2..<3]),
      ("(*UCP)(?:ab|a).*bc", "abc", [0..<3]), ("(?:ab|a).*bc|\\Gq", "abc", [0..<3]), ("(?:ab|a)\\w*bc(*PRUNE)", "abc", [0..<3]),
      ("(*NOTEMPTY)(?:ab|a).*bc", "abc", [0..<3]), ("(?=a(*COMMIT)b)abc|abd", "aabd", []),
    ] as [(String, String, [Range<Int>])]) func allFormsFind(_ expression: String, _ text: String, _ expected: [Range<Int>]) throws
  {
    let regex = try Regex(expression)
    for form in Form.allCases { #expect(matches(regex, Array(text.utf8), as: form) == expected, "\(form)") }
  }

  @Test func allFormsFindTheSame() throws {
    let grammar = ScanGrammar()
    for seed in 0..<1_500 {
      var random = SplitMix64(seed: UInt64(11_000_000 + seed))
      let rest = grammar.expression(&random) + random.pick(["", "", "", "|\\Gq"])
      // A beginning that says less of the match than it seems to.
      let start =
        random.pick(["", "", "", "(*UCP)", "(*NOTEMPTY)"])
        + random.pick(["", "(?=a)", "(?=k)b?", "(?<!b)", "(?=[ab])c?", "(?:a|)", "(?=é)a*"])
      guard let regex = try? Regex(start + rest) else { continue }
      for _ in 0..<4 {
        let text = Array(String(decoding: grammar.line(&random, tokens: 12), as: UTF8.self).utf8)
        let expected = matches(regex, text, as: .machineCode)
        #expect(matches(regex, text, as: .interruptible) == expected, "seed \(seed), \(start)\(rest)")
        #expect(matches(regex, text, as: .lenient) == expected, "seed \(seed), \(start)\(rest)")
      }
    }
  }

  /// PCRE2 takes the expression, but not with what interrupts it.
  static let large = #"(?:(?:(?:[^ab]|\w\d|x.y|[[:alpha:]éà]){1,9}z){1,9}q){1,7} ok"#

  @Test func whatCannotBeInterruptedIsSearchedForAllTheSame() throws {
    let regex = try Regex(Self.large)
    #expect(!regex.canBeInterrupted)
    for form in [Form.machineCode, .lenient] { #expect(matches(regex, Array("a czq ok".utf8), as: form) == [0..<8], "\(form)") }
    #expect(try Regex("a").canBeInterrupted)
  }

  @Test func tellsHowFarAnExpressionLooksBack() throws {
    #expect(try Regex("a").longestLookbehind == 0)
    #expect(try Regex("\\ba").longestLookbehind == 1)
    #expect(try Regex("(?<!x.{1500})a").longestLookbehind == 1_501)
  }
}
