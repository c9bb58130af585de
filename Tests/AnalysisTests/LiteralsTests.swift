import Analysis
import Testing

@Suite struct LiteralsTests {
  /// The literals as text: `^` before those at the start, `(i)` before those without case.
  private func literals(_ expression: String, ignoreCase: Bool = false, literal: Bool = false) -> Set<String>? {
    guard case .literals(let all) = RequiredLiterals.of(expression, ignoreCase: ignoreCase, literal: literal) else { return nil }
    return Set(
      all.map { ($0.anchoredAtStart ? "^" : "") + ($0.ignoreCase ? "(i)" : "") + String(decoding: $0.bytes, as: UTF8.self) })
  }

  @Test(
    arguments: [
      ("connection reset", ["connection reset"]),
      ("^error: ", ["^error: "]),
      ("\\Aerror", ["^error"]),
      ("(?m)^error", ["error"]),
      ("error\\[E\\d{4}\\]", ["error[E"]),
      ("fatal|panicked", ["fatal", "panicked"]),
      ("^(?:fatal|panicked)", ["^fatal", "^panicked"]),
      ("^fatal|panicked", ["^fatal", "panicked"]),
      ("(?:foobar){2}", ["foobarfoobar"]),
      ("(?:foobar)+", ["foobar"]),
      ("x(?:foobar)*+timeout", ["timeout"]),
      ("[Ee]rror", ["Error", "error"]),
      ("\\Qa+b (c)\\E", ["a+b (c)"]),
      ("\\Qno (end", ["no (end"]),
      ("\\x41\\x{42}\\o{103}\\x44\\cA\\t", ["ABCD\u{1}\t"]),
      ("(?x) no \\ space # comment\n left", ["no space" + "left"]),
      ("(?x: a b )c d", ["abc d"]),
      ("(?#note)timed(?#again) out", ["timed out"]),
      ("(?=.*timeout)", ["timeout"]),
      ("(?<=failed: )\\d+", ["failed: "]),
      ("(?!timeout)abcdef", ["abcdef"]),
      ("(?<name>abcdef)", ["abcdef"]),
      ("(?'name'abcdef)", ["abcdef"]),
      ("(?P<name>abcdef)\\k<name>", ["abcdef"]),
      ("(?|(abcdef)|(ghijkl))", ["abcdef", "ghijkl"]),
      ("(?>abcdef)++", ["abcdef"]),
      ("foo\\Kbarbaz", ["foobarbaz"]),
      ("(?(?=a)bcdefg|c)timeout", ["timeout"]),
      ("(timeout)(?1)", ["timeout"]),
      ("abc{,3}def{", []),
      ("abcdef{x}", ["abcdef{x}"]),
      ("é✗ x", ["é✗ x"]),
      ("[]a]bcde", ["]bcde", "abcde"]),
      ("[[:digit:]]% full", ["% full"].map { _ in "% full" }),
      ("abcd|", []),
      (".*", []),
      ("(*UCP)abcdef", []),
      ("abcdef(", []),
      ("(?x)abcdef # to the end\tof the line\nghi", ["abcdefghi"]),
      // Where PCRE2 was built so, other characters end a comment, too, and an expression may follow.
      ("(?x)abcdef # not\u{B}?ghi", []),
      ("(?x)abcdef # not\0?ghi", []),
      ("(?x)abcdef # not\u{2028}?ghi", []),
    ] as [(String, [String])])
  func golden(expression: String, expected: [String]) {
    let found = literals(expression)
    if expression.contains("% full") {
      // Ten digits in front are no better than none.
      #expect(found?.allSatisfy { $0.hasSuffix("% full") } == true)
    } else {
      #expect(found == (expected.isEmpty ? nil : Set(expected)))
    }
  }

  @Test(
    arguments: [
      ("(?i)ERROR", ["(i)error"]),
      ("(?i)connection reset", ["(i)connection re"]),
      ("(?i:abcdef)GHI", ["(i)abcdefghi"]),
      ("abcdef|(?i)ghijl|mnopq", ["abcdef", "(i)ghijl", "(i)mnopq"]),
      ("(?:(?i)abc)DEFG", ["(i)abcdefg"]),
      ("(?i)(?-i)Task", ["Task"]),
      ("(?i)(?^)Task", ["Task"]),
      // Too little is left between k and s, so their partners are spelt out.
      ("(?i)disk", ["(i)disk", "(i)dis\u{212A}", "(i)diſk", "(i)diſ\u{212A}"]),
      // Three letters and the newline before them are long enough.
      ("(?i)^abcs", ["^(i)abc"]),
      ("(?i)1234", ["1234"]),
      ("(?i)é", []),
    ] as [(String, [String])])
  func cases(expression: String, expected: [String]) {
    #expect(literals(expression) == (expected.isEmpty ? nil : Set(expected)))
  }

  @Test func flags() {
    #expect(literals("a.b(c", literal: true) == ["a.b(c"])
    #expect(literals("Abort.b(", ignoreCase: true, literal: true) == ["(i)abort.b("])
    #expect(literals("ABORT", ignoreCase: true) == ["(i)abort"])
    #expect(literals("", literal: true) == nil)
  }

  @Test func longTextsAreLookedForByTheirRarestPart() throws {
    let text =
      "error: " + String(repeating: "the error in the test ", count: 5) + "qzxqzjqxzqzxqjzqzxqzjqxzqzxqjzqz"
      + String(repeating: " the error in the test", count: 5)
    let found = try #require(literals(text))
    #expect(found == ["qzxqzjqxzqzxqjzqzxqzjqxzqzxqjzqz"] || found.allSatisfy { $0.contains("qz") })
    #expect(found.allSatisfy { $0.utf8.count <= Literal.longest })
  }

  /// Whether time grows out of hand, not how much it is: tests run without optimization on busy machines.
  @Test func hugeExpressionsTakeNoTime() {
    let clock = ContinuousClock()
    let nested = String(repeating: "(?:ab|", count: 200) + "x" + String(repeating: "){8}", count: 200)
    let many = (0..<500).map { "word\($0)[abc][def][ghi]" }.joined(separator: "|")
    let deep = String(repeating: "(", count: 20_000)
    let time = clock.measure {
      for expression in [nested, many, deep, String(repeating: "[a-j]", count: 1_000)] {
        _ = RequiredLiterals.of(expression, ignoreCase: false, literal: false)
      }
    }
    #expect(time < .seconds(30))
  }

  @Test func anchorsHoldAtTheStartOnly() {
    let literal = Literal(Array("ab".utf8), anchoredAtStart: true)
    #expect(literal.occurs(in: Array("abc".utf8)))
    #expect(!literal.occurs(in: Array("xabc".utf8)))
    #expect(Literal(Array("AB".utf8), ignoreCase: true).occurs(in: Array("xAbc".utf8)))
  }
}
