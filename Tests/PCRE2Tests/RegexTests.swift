import PCRE2
import Testing

@Suite struct RegexTests {
  @Test(arguments: [("(", 1), ("a[", 2), ("x\\", 2), ("a{2,1}", 5), ("(?<n>a)(?<n>b)", 12), ("\\p{Nope}", 8)])
  func aMalformedExpressionTellsWhere(_ expression: String, _ offset: Int) {
    let error = #expect(throws: PCRE2Error.self) { try Regex(expression) }
    #expect(error?.offset == offset)
    #expect(error?.message.isEmpty == false)
  }

  @Test func expressionsHaveALongestLength() throws {
    let longest = "(?#" + String(repeating: "a", count: Regex.longestExpression - 4) + ")"
    _ = try Regex(longest)
    let error = #expect(throws: PCRE2Error.self) { try Regex(longest + "a") }
    #expect(error?.offset == Regex.longestExpression)
    // PCRE2 has a limit of its own on what it compiles to.
    #expect(throws: PCRE2Error.self) { try Regex(String(repeating: "a", count: Regex.longestExpression), options: .literal) }
  }

  @Test func groupsHaveNumbersAndNames() throws {
    let regex = try Regex("(a)(?<second>b)(?:c)(?'third'd)(?P<täst>e)?")
    #expect(regex.captureCount == 4)
    #expect(regex.names == [2: "second", 3: "third", 4: "täst"])
    #expect(try Regex("(?J)(?<n>a)|(?<n>b)").names == [1: "n", 2: "n"])
    #expect(try Regex("abc").names == [:])
    #expect(try Regex("(?<n>a)", options: .literal).captureCount == 0)
  }

  @Test(arguments: ["a", "a|b", "\\Ga", "(?i)ſ", "(?=a)", ""]) func commonExpressionsBecomeMachineCode(
    _ expression: String
  ) throws {
    #expect(try Regex(expression).isJIT)
  }

  @Test(arguments: ["CR", "LF", "CRLF", "ANY", "ANYCRLF", "NUL", "NO_JIT"]) func someSettingsAreRefused(_ name: String) throws {
    for before in ["", "(*UTF)", "(*LIMIT_MATCH=7)(*UCP)"] {
      let error = #expect(throws: PCRE2Error.self) { try Regex("\(before)(*\(name)).*") }
      #expect(error?.offset == before.utf8.count)
      #expect(error?.message.hasPrefix("(*\(name)) ") == true)
      #expect(error?.message.hasSuffix(": leave it out") == true)
    }
    #expect(try !Regex("(*\(name))", options: .literal).names.keys.contains(1))
    _ = try Regex("\\Q(*\(name))")
  }

  @Test(arguments: [
    "UTF", "UCP", "NOTEMPTY", "NOTEMPTY_ATSTART", "NO_AUTO_POSSESS", "NO_DOTSTAR_ANCHOR", "NO_START_OPT", "BSR_ANYCRLF",
    "BSR_UNICODE",
    "LIMIT_MATCH=9", "LIMIT_DEPTH=9", "LIMIT_HEAP=9", "LIMIT_RECURSION=9",
  ])
  func otherSettingsAreKept(_ name: String) throws {
    let regex = try Regex("(*\(name))a")
    #expect(regex.searching == (name == "NOTEMPTY_ATSTART" ? .indivisible : .divisible))
    #expect(regex.isJIT)
  }

  @Test func verbsAreInterpreted() throws {
    for verb in ["(*COMMIT)a", "(*UCP)(*COMMIT)a", "a(*SKIP)b", "a(*F)|b", "a(*:name)b", "(?=a(*ACCEPT)b)"] {
      #expect(try !Regex(verb).isJIT, "\(verb)")
    }
    for other in ["(*atomic:a)", "(*pla:a)b", "(*UCP)(*UTF)a", "\\(\\*COMMIT"] { #expect(try Regex(other).isJIT, "\(other)") }
    #expect(try Regex("(*COMMIT)", options: .literal).isJIT)
  }

  @Test(arguments: [
    ("error", Regex.Searching.divisible), ("(?<=a)b", .divisible), ("\\bfoo", .divisible), ("a$", .divisible), ("", .divisible),
    ("^a", .singleStart), ("\\Aa", .singleStart), (".*a", .singleStart), ("(?s).*a", .singleStart), ("(?m)^a", .singleStart),
    ("^a|b", .divisible), (".*a|b", .divisible), ("^a|^b", .singleStart), ("(.*)a\\1", .divisible), ("(?>.*)a", .divisible),
    ("\\Ga", .indivisible), ("a|\\G", .indivisible), ("\\G\u{301}", .indivisible), ("(*PRUNE)a", .indivisible),
    ("a(*SKIP)b", .indivisible),
    ("a(*COMMIT)b|c", .indivisible), ("(*UCP)(*LIMIT_MATCH=9)a", .divisible), ("(*UCP)^a", .singleStart),
    ("(*atomic:a)", .divisible),
    ("(*NOTEMPTY_ATSTART)a", .indivisible),
  ])
  func expressionsSayHowTheyMayBeSearched(_ expression: String, _ searching: Regex.Searching) throws {
    #expect(try Regex(expression).searching == searching)
  }

  @Test func aLiteralIsAlwaysDivisible() throws {
    for text in ["(*COMMIT)", "\\G", "^", ".*"] { #expect(try Regex(text, options: .literal).searching == .divisible) }
  }
}
