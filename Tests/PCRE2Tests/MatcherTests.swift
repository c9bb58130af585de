import PCRE2
import Testing

@Suite struct MatcherTests {
  private func first(
    _ expression: String, options: Regex.Options = [], in subject: [UInt8], from: Int = 0, lastStart: Int? = nil,
    edges: Matcher.Edges = [], matchLimit: UInt32 = 100_000, stackBytes: Int = 1 << 20
  ) throws -> Matcher.Outcome {
    let regex = try Regex(expression, options: options)
    var matcher = Matcher(mostCaptures: regex.captureCount, matchLimit: matchLimit, stackBytes: stackBytes)
    return subject.withUnsafeBytes { matcher.firstMatch(of: regex, in: $0, from: from, lastStart: lastStart, edges: edges) }
  }

  private func first(
    _ expression: String, options: Regex.Options = [], in subject: String, from: Int = 0, lastStart: Int? = nil,
    edges: Matcher.Edges = []
  ) throws -> Matcher.Outcome {
    try first(expression, options: options, in: Array(subject.utf8), from: from, lastStart: lastStart, edges: edges)
  }

  @Test func theLeftmostMatchIsFound() throws {
    #expect(try first("b+", in: "abbcb") == .match(1..<3))
    #expect(try first("b+", in: "abbcb", from: 2) == .match(2..<3))
    #expect(try first("b+", in: "abbcb", from: 3) == .match(4..<5))
    #expect(try first("b+", in: "abbcb", from: 5) == .noMatch)
    #expect(try first("x*", in: "", from: 0) == .match(0..<0))
    #expect(try first("", in: "ab", from: 2) == .match(2..<2))
    #expect(try first("(?:a|b)+", in: []) == .noMatch)
  }

  @Test func noMatchStartsAfterTheLastStart() throws {
    #expect(try first("b", in: "aab", lastStart: 1) == .noMatch)
    #expect(try first("b", in: "aab", lastStart: 2) == .match(2..<3))
    #expect(try first("ab*", in: "xabbb", lastStart: 1) == .match(1..<5))
    #expect(try first("b", in: "b", lastStart: 0) == .match(0..<1))
    #expect(try first("$", in: "ab", lastStart: 2) == .match(2..<2))
    #expect(try first("€", in: "é€", lastStart: 1) == .noMatch)
    // The limit is that of one call.
    let regex = try Regex("b")
    var matcher = Matcher(mostCaptures: 0, matchLimit: 1_000)
    Array("aab".utf8).withUnsafeBytes {
      #expect(matcher.firstMatch(of: regex, in: $0, from: 0, lastStart: 0) == .noMatch)
      #expect(matcher.firstMatch(of: regex, in: $0, from: 0) == .match(2..<3))
    }
  }

  @Test func whatLiesBeforeTheStartIsSeen() throws {
    #expect(try first("(?<=a)b", in: "ab", from: 1) == .match(1..<2))
    #expect(try first("\\bb", in: "ab", from: 1) == .noMatch)
    #expect(try first("^b", in: "ab", from: 1) == .noMatch)
    #expect(try first("\\Ab", in: "ab", from: 1) == .noMatch)
    #expect(try first("\\Gb", in: "ab", from: 1) == .match(1..<2))
  }

  @Test func edgesAreNoEndsOfALine() throws {
    #expect(try first("^a", in: "a", edges: .notBeginning) == .noMatch)
    #expect(try first("a$", in: "a", edges: .notEnd) == .noMatch)
    #expect(try first("^a$", in: "a", edges: []) == .match(0..<1))
    #expect(try first("^a", in: "a", edges: .notEnd) == .match(0..<1))
    #expect(try first("a$", in: "a", edges: .notBeginning) == .match(0..<1))
    #expect(try first("^a$", in: "a", edges: [.notBeginning, .notEnd]) == .noMatch)
  }

  @Test func lettersMatchWhateverTheirCase() throws {
    #expect(try first("straße", options: .ignoreCase, in: "STRAẞE") == .match(0..<8))
    #expect(try first("disk", options: .ignoreCase, in: "di\u{17F}\u{212A}") == .match(0..<7))
    #expect(try first("ΣΣΣ", options: .ignoreCase, in: "σΣς") == .match(0..<6))
    #expect(try first("É", options: [.ignoreCase, .literal], in: "xé") == .match(1..<3))
    #expect(try first("disk", in: "DISK") == .noMatch)
  }

  @Test func aLiteralIsNoExpression() throws {
    #expect(try first("a.c", options: .literal, in: "abc a.c") == .match(4..<7))
    #expect(try first("(*COMMIT)[x]\\E$^", options: .literal, in: "-(*COMMIT)[x]\\E$^") == .match(1..<17))
    #expect(try first("\u{0}", options: .literal, in: "a\u{0}") == .match(1..<2))
    #expect(try first("b", options: .literal, in: "aab", lastStart: 1) == .noMatch)
  }

  @Test func invalidUTF8IsMatchedByNothing() throws {
    #expect(try first("b", in: [0x61, 0xFF, 0x62]) == .match(2..<3))
    #expect(try first("a.b", in: [0x61, 0xFF, 0x62]) == .noMatch)
    #expect(try first("[^x]", in: [0xFF, 0x80, 0x61]) == .match(2..<3))
    #expect(try first("é", in: [0xC3, 0xC3, 0xA9]) == .match(1..<3))
    #expect(try first("(?<=a).", in: [0x61, 0xFF, 0x62]) == .noMatch)
    #expect(try first(".?a", in: [0xED, 0xA0, 0x80, 0x61]) == .match(3..<4))
  }

  /// The byte behind the subject decides nothing.
  @Test(arguments: ["\\b", "\\B"], [0x61, 0x20, 0x0A, 0x80, 0xFF] as [UInt8])
  func whatLiesBehindTheSubjectIsNotSeen(_ expression: String, _ behind: UInt8) throws {
    let regex = try Regex(expression)
    var matcher = Matcher(mostCaptures: 0, matchLimit: 1_000)
    let endings: [[UInt8]] = [
      [0xFF], [0x80], [0x80, 0x80, 0x80, 0x80], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80],
    ]
    for ending in endings {
      let subject = [0x20] + ending
      (subject + [behind, behind, behind, behind]).withUnsafeBytes {
        let line = UnsafeRawBufferPointer(rebasing: $0[..<subject.count])
        let isBoundary = expression == "\\B"
        #expect(
          matcher.firstMatch(of: regex, in: line, from: subject.count)
            == (isBoundary ? .match(subject.count..<subject.count) : .noMatch), "\(ending)")
      }
    }
    for ending in ["a", "é", "€", "😀"] {
      (Array(ending.utf8) + [behind, behind]).withUnsafeBytes {
        let line = UnsafeRawBufferPointer(rebasing: $0[..<ending.utf8.count])
        let isBoundary = (ending == "a") == (expression == "\\b")
        #expect(
          matcher.firstMatch(of: regex, in: line, from: line.count) == (isBoundary ? .match(line.count..<line.count) : .noMatch),
          "\(ending)")
      }
    }
  }

  /// For machine code that PCRE2 10.42 makes for invalid UTF-8 a broken byte may have four, and `૪` is no character.
  @Test(arguments: ["(?i)[^s]", "(?i)[^\\x{3a3}]+", "^\\p{Xuc}", "\\S", "\\W", "\\D", "[^x]"])
  func machineCodeIsNotTrustedWithInvalidUTF8(_ expression: String) throws {
    #expect(try first(expression, in: "૪") == .match(0..<3))
    for broken in [[0x81], [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98]] as [[UInt8]] {
      #expect(try first(expression, in: broken) == .noMatch)
      if !expression.hasPrefix("^") {
        #expect(try first(expression, in: broken + Array("૪".utf8)) == .match(broken.count..<broken.count + 3))
      }
      guard case .match(let range) = try first(expression, in: Array("૪".utf8) + broken) else {
        Issue.record("\(expression) finds nothing before \(broken)")
        continue
      }
      #expect(range == 0..<3)
    }
  }

  /// `\C` is a single byte.
  @Test func aSearchThatBeginsWithinACharacterGoesOnAtTheNext() throws {
    #expect(try first("\\C", in: "éa") == .match(0..<1))
    #expect(try first("\\C", in: "éa", from: 1) == .match(2..<3))
  }

  @Test func groupsAreThoseOfTheLastMatch() throws {
    let regex = try Regex("(a)|(b)(c)?|(d)()")
    var matcher = Matcher(mostCaptures: regex.captureCount, matchLimit: 1_000)
    Array("xbad".utf8).withUnsafeBytes {
      #expect(matcher.firstMatch(of: regex, in: $0, from: 0) == .match(1..<2))
      #expect((0...6).map { matcher.group($0) } == [1..<2, nil, 1..<2, nil, nil, nil, nil])
      #expect(matcher.firstMatch(of: regex, in: $0, from: 2) == .match(2..<3))
      #expect((0...5).map { matcher.group($0) } == [2..<3, 2..<3, nil, nil, nil, nil])
      #expect(matcher.firstMatch(of: regex, in: $0, from: 3) == .match(3..<4))
      #expect((0...5).map { matcher.group($0) } == [3..<4, nil, nil, nil, 3..<4, 4..<4])
    }
  }

  @Test func aMatcherWithFewerGroupsStillMatches() throws {
    let regex = try Regex("(a)(b)(c)")
    var matcher = Matcher(mostCaptures: 1, matchLimit: 1_000)
    Array("abc".utf8).withUnsafeBytes {
      #expect(matcher.firstMatch(of: regex, in: $0, from: 0) == .match(0..<3))
      #expect(matcher.group(1) == 0..<1)
      #expect(matcher.group(2) == nil)
    }
  }

  /// Behind a broken byte the text is searched by the interpreter.
  @Test(arguments: [[], [0xFF]] as [[UInt8]]) func limitsEndASearch(_ before: [UInt8]) throws {
    let letters = before + Array(String(repeating: "a", count: 40).utf8)
    #expect(try first("(a+)+$", in: letters + [0x62]) == .matchLimit)
    #expect(try first("(a+)+$", in: letters) == .match(before.count..<letters.count))
    #expect(try first("(a+)+b", in: letters + [0x62], matchLimit: 1) == .matchLimit)
    // An expression may lower the limit, and never raise it.
    #expect(try first("(*LIMIT_MATCH=4000000000)(a+)+$", in: letters + [0x62]) == .matchLimit)
    #expect(try first("(*LIMIT_MATCH=1)(a+)+b", in: letters + [0x62]) == .matchLimit)
  }

  @Test func theStackIsLimited() throws {
    #expect(try first("(?:a|b)*c", in: [UInt8](repeating: 0x61, count: 1_000_000)) == .stackLimit)
    // PCRE2 looks for the last letter first, so there must be one.
    let subject = [UInt8](repeating: 0x61, count: 10_000) + Array("dc".utf8)
    #expect(try first("^(?:a|b)*c", in: subject) == .noMatch)
    #expect(try first("^(?:a|b)*c", in: subject, stackBytes: 32_768) == .stackLimit)
  }

  @Test func clocksGoOn() {
    let cpu = Matcher.threadNanoseconds()
    let coarse = Matcher.coarseNanoseconds()
    var sum: UInt64 = 0
    while Matcher.threadNanoseconds() == cpu { sum &+= 1 }
    #expect(Matcher.threadNanoseconds() > cpu)
    #expect(Matcher.coarseNanoseconds() >= coarse)
  }
}
