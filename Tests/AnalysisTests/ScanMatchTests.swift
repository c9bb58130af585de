import Analysis
import Model
import PCRE2
import Testing

@Suite struct ScanMatchTests {
  @Test(arguments: [
    ("aaa", "a", [0..<1, 1..<2, 2..<3]), ("aaa", "aa", [0..<2]), ("aaaa", "aa", [0..<2, 2..<4]), ("aa", "a*", [0..<2, 2..<2]),
    ("baab", "a*", [0..<0, 1..<3, 3..<3, 4..<4]), ("ü€", "", [0..<0, 2..<2, 5..<5]), ("ab", "^", [0..<0]), ("ab", "$", [2..<2]),
    ("ab cd", "\\b", [0..<0, 2..<2, 3..<3, 5..<5]), ("aab", "\\Ga", [0..<1, 1..<2]), ("aba", "\\Ga", [0..<1]),
    ("aaa", "^a", [0..<1]),
    ("foobar", "foo\\Kbar", [3..<6]), ("aaa", "a\\K", [1..<1, 3..<3]), ("abab", "(?<=b)a", [2..<3]),
    ("ab", "a(?!b)|b(?=$)", [1..<2]),
    ("aaab", "a+(*PRUNE)b|a", [0..<4]), ("aac", "a+(*COMMIT)b|a", []), ("aaabaaab", "a+b?(*SKIP)(*FAIL)|b", []),
    ("aab", "(?:a(*THEN)x|a)b", [1..<3]),
    ("abc", ".*", [0..<3, 3..<3]), ("xay", ".*a", [0..<2]), ("a.c abc", "a\\.c", [0..<3]), ("a\u{0}b", "\\x00b", [1..<3]),
    ("a\u{0}b", "a.b", [0..<3]),
  ])
  func allMatchesLeftmostFirst(_ text: String, _ expression: String, _ expected: [Range<Int>]) throws {
    #expect(try ranges(expression, in: text) == expected)
  }

  @Test func lettersMatchWhateverTheirCase() throws {
    #expect(try ranges("disk", in: "DISK di\u{17F}\u{212A} disk", ignoreCase: true) == [0..<4, 5..<12, 13..<17])
    #expect(try ranges("(?i)é", in: "Éé") == [0..<2, 2..<4])
    #expect(try ranges("é", in: "Éé") == [2..<4])
  }

  @Test func aLiteralIsNoExpression() throws {
    let program = try ScanProgram([
      Pattern("dot", .literal("a.c")), Pattern("all", .literal("[x]*(?=)\\Q^$|")),
      Pattern("case", .literal("É."), ignoreCase: true),
    ])
    let findings = scanText(Array("abc a.c\n[x]*(?=)\\Q^$|\né. éa".utf8), program: program).findings
    #expect(findings.map(\.place) == ["dot 1:0 4-7", "all 2:0 0-13", "case 3:0 0-3"])
  }

  @Test func invalidUTF8IsMatchedByNothing() throws {
    #expect(try ranges("b", in: [0x61, 0xFF, 0x62]) == [2..<3])
    #expect(try ranges("a.b", in: [0x61, 0xFF, 0x62]) == [])
    #expect(try ranges(".", in: [0xE2, 0x82, 0x61, 0x80]) == [2..<3])
    // What ends with a broken byte has no end that PCRE2 would know.
    #expect(try ranges("$", in: [0x61, 0xFF]) == [])
    #expect(try ranges("(?i)[^s]+", in: [0x61, 0xFF]) == [0..<1])
  }

  @Test func everySegmentIsALineOfItsOwn() throws {
    let program = try ScanProgram([Pattern("p", "^b?$|^a|c$")])
    let findings = scanText(Array("abc\rb\r\rac\r\n\nb".utf8), program: program).findings
    #expect(findings.map(\.place) == ["p 1:0 0-1", "p 1:0 2-3", "p 1:1 0-1", "p 1:3 0-1", "p 1:3 1-2", "p 3:0 0-1"])
  }

  @Test func groupsHaveNumbersAndNamesAndUnsetOnesAreLeftOut() throws {
    let program = try ScanProgram([Pattern("p", "(?<what>\\w+)=(?:(\\d+)|(?<word>[a-z]*))(x)?")])
    let findings = scanText(Array("a=12 b=".utf8), program: program).findings
    #expect(
      findings.map(\.captures) == [
        [.init(number: 1, name: "what", value: "a"), .init(number: 2, value: "12")],
        [.init(number: 1, name: "what", value: "b"), .init(number: 3, name: "word", value: "")],
      ])
    #expect(findings[0].capture("what") == "a")
    #expect(findings[0].capture("2") == "12")
    #expect(findings[0].capture("word") == nil)
    #expect(findings[1].capture("word") == "")
    #expect(findings.map(\.matched) == ["a=12", "b="])
  }

  @Test func groupsOfOneNameAreTheOneThatMatched() throws {
    let program = try ScanProgram([Pattern("p", "(?J)(?<n>a)|(?<n>b)")])
    let findings = scanText(Array("ba".utf8), program: program).findings
    #expect(findings.map { $0.capture("n") } == ["b", "a"])
    #expect(findings[0].captures == [.init(number: 2, name: "n", value: "b")])
  }

  @Test func findingsAreOrderedByPlaceAndPattern() throws {
    let program = try ScanProgram([Pattern("z", "b"), Pattern("a", "c|b"), Pattern("m/é", "b"), Pattern("m", "a")])
    #expect(program.patterns.map(\.pattern.id.rawValue) == ["a", "m", "m/é", "z"])
    let findings = scanText(Array("bac\rb\nb".utf8), program: program).findings
    #expect(
      findings.map(\.place) == [
        "a 1:0 0-1", "m/é 1:0 0-1", "z 1:0 0-1", "m 1:0 1-2", "a 1:0 2-3", "a 1:1 0-1", "m/é 1:1 0-1", "z 1:1 0-1", "a 2:0 0-1",
        "m/é 2:0 0-1", "z 2:0 0-1",
      ])
  }

  @Test func findingsAreToldAsSoonAsTheirLineIsOver() throws {
    var scanner = LogScanner(program: try ScanProgram([Pattern("p", "a")]))
    var told: [Int] = []
    func scan(_ text: String) { Array(text.utf8).withUnsafeBytes { scanner.scan($0) { told.append($0.line) } } }
    scan("a\nxa")
    #expect(told == [1])
    scan("a\n")
    #expect(told == [1, 2, 2])
    scan("a")
    #expect(told == [1, 2, 2])
    let summary = scanner.finish { told.append($0.line) }
    #expect(told == [1, 2, 2, 3])
    #expect(summary.lines == 3)
    #expect(summary.bytes == 7)
    #expect(summary.findings == 4)
  }

  @Test func anErrorOfTheListenerIsPassedOn() throws {
    struct Full: Error {}
    var scanner = LogScanner(program: try ScanProgram([Pattern("p", "a")]))
    var isPassedOn = false
    Array("a\na\n".utf8).withUnsafeBytes { bytes in
      do { try scanner.scan(bytes) { _ in throw Full() } } catch is Full { isPassedOn = true } catch {}
    }
    #expect(isPassedOn)
  }

  @Test func retiredPatternsAreNotTried() throws {
    let program = try ScanProgram([
      Pattern("a", .match("x"), retired: true), Pattern("b", "x"), Pattern("c", .match("("), retired: true),
    ])
    #expect(program.patterns.map(\.pattern.id.rawValue) == ["b"])
    #expect(scanText([0x78], program: program).findings.map(\.place) == ["b 1:0 0-1"])
  }

  @Test func aMalformedExpressionNamesItsField() {
    func field(_ pattern: Pattern) -> String? {
      #expect(throws: ScanProgram.CompileError.self) { try ScanProgram([pattern]) }?.field
    }
    #expect(field(Pattern("p", "(")) == "match")
    #expect(field(Pattern("p", .sequence(["a", "["], within: 5))) == "sequence[2]")
    #expect(field(Pattern("p", .match("a"), scope: Scope([.job: "*"]))) == "where.job")
  }

  @Test func nothingMatchesNothing() throws {
    let none = scanText(Array("a\nb".utf8), program: try ScanProgram([]))
    #expect(none.findings == [])
    #expect(none.summary.lines == 2)
    #expect(scanText([], program: try ScanProgram([Pattern("p", "")])).summary == ScanSummary())
  }
}
