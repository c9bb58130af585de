import Foundation
import FuzzSupport
import Model
import PCRE2
import Testing

@testable import Analysis

/// Rule files of other tools; docs/patterns.md.
@Suite struct ImportTests {
  private func rules(_ text: String, _ format: ImportFormat, file: String = "rules", options: PatternImport.Options = .init())
    throws -> [ImportedRule]
  {
    var result = PatternImport(options: options)
    try result.add(text, file: file, format: format)
    return result.rules
  }

  private func pattern(_ rule: ImportedRule) throws -> Pattern {
    let file = try #require(rule.file, "\(rule.notes)")
    let read = PatternFile(path: file.name, id: PatternID(file.name), bytes: Array(file.yaml.utf8))
    return try #require(read.pattern, "\(read.issues)\n\(file.yaml)")
  }

  private func finds(_ pattern: Pattern, _ text: String) throws -> Finding? {
    let runner = try ExampleRunner(pattern.definition)
    return runner.firstFinding(in: text)
  }

  // MARK: - Dialects

  /// By the manuals of each: an expression, what it matches, and what not.
  @Test(arguments: [
    (Dialect.rust, #"^\d+$"#, ["12", "١٢"], ["x", "1x"]), (.go, #"^\d+$"#, ["12"], ["١٢"]),
    (.java, #"^\w+$"#, ["ab"], ["äb"]), (.python, #"^\w+$"#, ["äb_1"], ["ä-b"]), (.dotnet, #"^\w+$"#, ["äb"], ["a b"]),
    (.javascript, #"^\s$"#, ["\u{FEFF}", " "], ["x"]), (.go, #"^\s$"#, [" "], ["\u{0B}"]),
    (.rust, #"\bo\b"#, ["an o"], ["äo", "oä"]), (.go, #"\bo\b"#, ["äo"], ["so"]),
    (.rust, #"^[a-z&&[^aeiou]]+$"#, ["xyz"], ["xaz"]), (.rust, #"^[a-z--aeiou]+$"#, ["xyz"], ["xaz"]),
    (.java, #"^[a-c[x-z]]+$"#, ["abxz"], ["d"]), (.java, #"^[a-z&&[def]]+$"#, ["fed"], ["abc"]),
    (.dotnet, #"^[a-z-[aeiou]]+$"#, ["xyz"], ["xaz"]), (.python, #"^[[a]+$"#, ["[a["], ["b"]),
    (.javascript, #"^[^]$"#, ["x"], ["xy"]), (.javascript, #"^x[]|y$"#, ["y"], ["x"]),
    (.rust, #"^[\W]$"#, ["-"], ["ä", "a"]), (.rust, #"^[^\W_]+$"#, ["äb"], ["a_", "a-"]), (.rust, #"^[\S]+$"#, ["ab"], ["a b"]),
    (.python, #"^a{,2}$"#, ["", "aa"], ["aaa", "a{,2}"]), (.javascript, #"^a{,2}$"#, ["a{,2}"], ["aa"]),
    (.python, #"a\Z"#, ["ba"], ["ab"]), (.javascript, #"\Aa"#, ["Aa"], ["ba"]),
    (.java, #"^\Qa.b\E+$"#, ["a.bb"], ["axb"]), (.java, #"^\p{Alpha}\P{Digit}$"#, ["ab"], ["a1", "äb"]),
    (.java, #"^\x{41}\u0042\0103$"#, ["ABC"], ["abc"]), (.rust, #"^\x{41}\u{42}\u0043$"#, ["ABC"], ["abc"]),
    (.python, #"^(?P<a>x)(?P=a)$"#, ["xx"], ["xy"]), (.dotnet, #"^(?'a'x)\k'a'$"#, ["xx"], ["xy"]),
    (.javascript, #"^(a)?b\1$"#, ["b", "aba"], ["ba"]), (.java, #"^(a)\10$"#, ["aa0"], ["aa"]),
    (.rust, #"^(?:ab){2}{2}$"#, ["abababab"], ["abab"]), (.rust, #"^a**$"#, ["aa"], ["b"]), (.java, #"^a++b"#, ["aab"], ["b"]),
    (.rust, "(?x) a b # c\n [ d ]", ["abd"], ["a b"]), (.rust, "(?x: a b ) c", ["ab c"], ["abc"]),
    (.dotnet, #"^(x)'\1$"#, ["x'x"], ["x'y"]), (.python, #"(?i)ERROR: (?:x|y)$"#, ["error: Y"], ["error: z"]),
    (.rust, #"\<ab\>"#, ["x ab"], ["xab"]), (.go, #"^\pL\p{^Nd}$"#, ["ax"], ["a1"]),
    (.javascript, #"\/\-\d\%"#, ["/-1%"], ["/-x%"]),
    (.javascript, #"^\cI\v\0?$"#, ["\t\u{0B}"], ["I"]), (.go, "(?U)^a+$", ["aa"], ["b"]),
    (.dotnetECMAScript, #"^\s$"#, [" "], ["\u{A0}", "\u{FEFF}"]), (.dotnetECMAScript, #"^\w\d$"#, ["a1"], ["ä1", "a١"]),
    (.dotnetECMAScript, #"^(a)?b\1\q$"#, ["bq", "abaq"], ["baq"]), (.dotnetECMAScript, #"^(a)\10$"#, ["aa0"], ["a\u{08}"]),
    (.dotnet, #"^(a)\10$"#, ["a\u{08}"], ["aa0"]), (.javascript, #"^(a)\10$"#, ["a\u{08}"], ["aa0"]),
    (.javascript, #"^(?:a)\1$"#, ["a\u{01}"], ["aa"]), (.javascript, #"^[\1]\012$"#, ["\u{01}\u{0A}"], ["112"]),
    (.python, #"^\101[\101]$"#, ["AA"], ["A1"]),
    (.java, #"^[\w-.]+$"#, ["a-b.c"], ["a,b"]), (.javascript, #"^[\w-.]+$"#, ["a-b.c"], ["a,b"]),
    (.dotnet, #"^[\w-.]+$"#, ["ä-b.c"], ["a,b"]), (.go, #"^[\w-.]+$"#, ["a-b.c"], ["a,b"]),
    (.javascript, #"^[a-\d]+$"#, ["a-1"], ["b"]), (.java, #"^[]a]+$"#, ["]a"], ["b"]), (.java, #"^\ci$"#, [")"], ["\t"]),
    (.java, "^(?i)é+$", ["éé"], ["É"]), (.java, #"^(?i)\u00e9$"#, ["é"], ["É"]), (.java, "^(?iu)é+$", ["éÉ"], ["e"]),
    (.java, "^(?i:É)é$", ["Éé"], ["éé", "ÉÉ"]),
    (.javascript, #"^\k<a>\G$"#, ["k<a>G"], ["k"]), (.java, "^[a&&]$", ["a"], ["&"]),
    (.java, #"^(?i)\p{Lu}\P{Ll}$"#, ["a1"], ["ab", "1a"]), (.dotnet, #"^(ab)\k<1>$"#, ["abab"], ["ab"]),
    (.dotnetECMAScript, #"^\1(a)$"#, ["\u{01}a"], ["a"]), (.go, #"^\101[\102]$"#, ["AB"], ["A1"]),
    (.dotnet, #"x\b"#, ["x."], ["x\u{200D}"]),
  ])
  func dialectsKeepTheirMeaning(_ dialect: Dialect, _ expression: String, _ hits: [String], _ misses: [String]) throws {
    let converted = try DialectConverter(expression, dialect: dialect).result
    let regex = try Regex(converted)
    var matcher = Matcher(mostCaptures: regex.captureCount, matchLimit: 100_000)
    func matches(_ text: String) -> Bool {
      var text = text
      let outcome = text.withUTF8 { matcher.firstMatch(of: regex, in: UnsafeRawBufferPointer($0), from: 0) }
      if case .match = outcome { return true }
      return false
    }
    for text in hits { #expect(matches(text), "\(converted) must match \(text)") }
    for text in misses { #expect(!matches(text), "\(converted) must not match \(text)") }
  }

  @Test(arguments: [
    (Dialect.rust, #"(?=a)"#, "not known to rust"), (.rust, #"(a)\1"#, "references"), (.go, #"\C"#, "single byte"),
    (.dotnet, #"(?<a-b>x)"#, "name of a capture"), (.java, #"\Gx"#, "another match"),
    (.python, #"\N{BULLET}x"#, "names a character"),
    (.rust, "a(b", "not closed"), (.rust, "a)b", "not opened"), (.rust, "[a", "not closed"), (.go, "*a", "nothing to repeat"),
    (.java, #"\p{InGreek}"#, "not known to PCRE2"), (.rust, #"[a~~b]"#, "~~"), (.java, "[^a[b]]", "begins with ^"),
    (.rust, "x{70000}", "65535"), (.javascript, "a**", "repeats a repetition"), (.rust, "(?-u)x", "option"),
    (.python, #"[\w-.]"#, "begins with a class"), (.rust, #"[\w-.]"#, "begins with a class"),
    (.dotnet, #"[a-\d]"#, "ends in a class"), (.java, #"(?:a)\1"#, #"\1 refers to a group that isn't there"#),
    (.python, #"[(](?#()\1"#, "isn't there"), (.javascript, #"\p{L}"#, "flag u"), (.javascript, #"\u{41}"#, "flag u"),
    (.javascript, "(?i)x", "(?i)"), (.javascript, "(?>a)", "not known"), (.javascript, "[😀]", "two characters"),
    (.java, "x{3,2}", "at most"), (.java, "x{y", "no repetition"), (.javascript, "😀+", "only the second"),
    (.java, #"(a|b\1)"#, "stands in"), (.javascript, #"(a\1)"#, "stands in"),
    (.java, "x(?d)*", "nothing to repeat"),
    (.go, #"\x+4"#, "no code"),
  ])
  func whatCannotBeToldIsRefused(_ dialect: Dialect, _ expression: String, _ reason: String) {
    do throws(ImportRefusal) {
      let converted = try DialectConverter(expression, dialect: dialect).result
      Issue.record("\(expression) became \(converted)")
    } catch {
      #expect(error.reason.contains(reason), "\(error.reason)")
    }
  }

  /// No text, however broken, crashes or hangs a reader.
  @Test func brokenFilesAreRefusedInWords() throws {
    let texts = [
      "[[rule]]\nname = 'a'\npattern = '(x) y'\n",
      "<a><FailureCause><name>n</name><indications><x><pattern>.*y.*</pattern></x></indications></FailureCause></a>",
      "query: message:\"a b\" AND tags:\"console\"", #"[{"ErrorMessage":["a","b"]}]"#,
      #"{"problemMatcher":[{"owner":"o","pattern":[{"regexp":"^(a) (b)$","file":1,"line":2}]}]}"#, "a+\n# c\n(b",
    ]
    var random = SplitMix64(seed: 7)
    for (text, format) in zip(texts, [ImportFormat.pytorch, .jenkins, .elasticRecheck, .dotnet, .github, .list]) {
      #expect(try rules(text, format).contains { $0.file != nil }, "\(format)")
      for _ in 0..<300 {
        var bytes = Array(text.utf8)
        for _ in 0..<Int(random.next() % 4 + 1) {
          let at = Int(random.next() % UInt64(bytes.count))
          switch random.next() % 3 {
          case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next() % 128)
          case 1: bytes.remove(at: at)
          default: bytes.insert(contentsOf: Array(text.utf8).prefix(Int(random.next() % 20)), at: at)
          }
        }
        _ = try? rules(String(decoding: bytes, as: UTF8.self), format)
      }
    }
  }

  // MARK: - Formats

  @Test func rulesetsKeepTheirOrderAndTheirCaptures() throws {
    let imported = try rules(
      """
      # comment
      [[rule]]
      name = 'First' # behind
      pattern = '^FAIL (?:\\[.*s\\] )?(\\S+) \\((\\w+)\\)'

      [[rule]]
      name = "Second \\"rule\\""
      pattern = '''it's .* broken'''
      extra = [1, "x", [true]]
      """, .pytorch)
    #expect(imported.map(\.outcome) == [.converted, .converted])
    let (first, second) = (try pattern(imported[0]), try pattern(imported[1]))
    #expect(first.priority == 100 && second.priority == 99)
    #expect(first.groupBy == ["1", "2"] && second.groupBy.isEmpty)
    #expect(second.title == "Second \"rule\"")
    let finding = try #require(try finds(first, "FAIL [1.2s] test_a (suite)"))
    #expect(finding.capture("1") == "test_a" && finding.capture("2") == "suite")
    #expect(throws: ImportProblem.self) { try rules("[[rule]]\nname = 'a\n", .pytorch) }
    #expect(throws: ImportProblem.self) { try rules("name = 'a'\n", .pytorch) }
  }

  @Test func failureCausesMatchWholeLinesAndSpanSeveral() throws {
    let xml = """
      <?xml version='1.1' encoding='UTF-8'?>
      <plugin><knowledgeBase><causes><entry><string>1</string>
      <com.sonyericsson.jenkins.plugins.bfa.model.FailureCause>
        <name>Disk &amp; quota</name><description>Clean &lt;up&gt;.</description><categories><string>infra</string></categories>
        <indications>
          <com.sonyericsson.jenkins.plugins.bfa.model.indication.BuildLogIndication><pattern>.*No space left.*</pattern></com.sonyericsson.jenkins.plugins.bfa.model.indication.BuildLogIndication>
          <com.sonyericsson.jenkins.plugins.bfa.model.indication.BuildLogIndication><pattern>quota</pattern></com.sonyericsson.jenkins.plugins.bfa.model.indication.BuildLogIndication>
          <com.sonyericsson.jenkins.plugins.bfa.model.indication.MultilineBuildLogIndication><pattern>Begin\\r?\\nEnd (\\d+)</pattern></com.sonyericsson.jenkins.plugins.bfa.model.indication.MultilineBuildLogIndication>
          <com.sonyericsson.jenkins.plugins.bfa.model.indication.MultilineBuildLogIndication><pattern>Started.*Broken</pattern></com.sonyericsson.jenkins.plugins.bfa.model.indication.MultilineBuildLogIndication>
        </indications>
      </com.sonyericsson.jenkins.plugins.bfa.model.FailureCause></entry></causes></knowledgeBase></plugin>
      """
    let imported = try rules(xml, .jenkins)
    #expect(imported.map(\.outcome) == [.converted, .converted, .converted, .converted, .changed])
    let patterns = try imported.map(pattern)
    #expect(patterns[0].title == "Disk & quota" && patterns[1].title == "Disk & quota 2")
    #expect(patterns[0].remedy == "Clean <up>." && patterns[0].tags == ["infra"])
    #expect(try finds(patterns[0], "x: No space left on device") != nil)
    #expect(try finds(patterns[1], "quota") != nil)
    #expect(try finds(patterns[1], "over quota") == nil, "an indication must match all of a line")
    #expect(try finds(patterns[2], "x Begin\nEnd 3")?.capture("1") == "3")
    #expect(try finds(patterns[2], "Begin\nx\nEnd 3") == nil)
    #expect(try finds(patterns[3], "Started and Broken") != nil)
    #expect(try finds(patterns[4], "Started\nx\nBroken") != nil)
    let json = #"[{"name":"N","indications":[{"@class":"c.BuildLogIndication","pattern":"a \\d+"}]}]"#
    #expect(try finds(try pattern(try rules(json, .jenkins)[0]), "a 12") != nil)
    #expect(throws: ImportProblem.self) { try rules("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", .jenkins) }
  }

  @Test func queriesAskForWordsAndForJobs() throws {
    func imported(_ query: String, file: String = "queries/1253896.yaml") throws -> ImportedRule {
      try #require(try rules("query: >-\n  \(query)\n", .elasticRecheck, file: file).first)
    }
    let bug = try pattern(
      try imported(
        #"message:"SSHTimeout: Connection to the" AND message:"via SSH timed out." AND tags:"console.html" AND NOT build_name:"slow-*""#
      ))
    #expect(bug.verdict == .known && bug.issue == "https://bugs.launchpad.net/bugs/1253896")
    #expect(try finds(bug, "x sshtimeout: connection  to the 10.0.0.1 via ssh timed out.") != nil)
    #expect(try finds(bug, "SSHTimeout: Connection to the host") == nil)
    #expect(try finds(bug, "SSHTimeout: Connection to then via SSH timed out.") == nil, "words are whole")
    #expect(bug.definition.scope.expressions[.job] == "^(?!(?:slow-.*)$)")
    let choice = try pattern(try imported(#"(message:"a b" OR message:"c d") AND NOT message:"fine""#, file: "x.yaml"))
    #expect(choice.verdict == .flaky)
    #expect(try finds(choice, "see C/D here") != nil && finds(choice, "a b is fine") == nil && finds(choice, "b a") == nil)
    let resolved = try rules("query: message:\"a b\"\nresolved_at: \"Tue Dec 10 2013\"\n", .elasticRecheck, file: "q/1.yaml")
    #expect(try pattern(try #require(resolved.first)).verdict == .failure)
    let needed = try pattern(imported(#"message:(+"a b" +"c d") AND tags:"console""#))
    #expect(try finds(needed, "c d, a b") != nil && finds(needed, "a b") == nil)
    for (query, reason) in [
      (#"message:"a b" AND filename:"logs/screen-n-cpu.txt""#, "another file"), (#"message:"a b"~3"#, "~3"),
      (#"message:"a b" AND loglevel:"ERROR""#, "loglevel"), (#"NOT message:"a b""#, "nothing that a line must hold"),
      (#"message:"a b" OR build_name:"x""#, "OR joins"), (#"message:"a b" AND ("#, "missing"),
      (#"message:(+"a b" "c")"#, "can't be read"), (#"message:("a b" +"c")"#, "marked with +"),
    ] {
      let rule = try imported(query)
      #expect(rule.outcome == .refused && rule.notes[0].contains(reason), "\(rule.notes)")
    }
  }

  @Test func knownIssuesAreFoundWhateverTheirCase() throws {
    let imported = try rules(
      #"""
      [{"html_url":"https://github.com/o/r/issues/7","title":"It hangs","body":"text\n```json\n{\"ErrorMessage\":\"Did NOT (finish)\",\"BuildRetry\":true}\n```\n"},
       {"html_url":"https://github.com/o/r/issues/8","title":"Two lines","body":"```json\n{\"ErrorPattern\":[\"first \\\\d+\",\"second$\"]}\n```"},
       {"ErrorMessage":"on its own","ExcludeConsoleLog":true}, {"ErrorMessage":""}, {"ErrorMessage":"on its own"},
       {"html_url":"https://github.com/o/r/issues/9","state":"closed","title":"Gone","body":"```json\n{\"ErrorMessage\":\"gone\"}\n```"}]
      """#, .dotnet)
    #expect(imported.map(\.outcome) == [.converted, .changed, .changed, .refused, .changed, .refused])
    #expect(imported[2].notes.contains { $0.contains("test machines") })
    let (first, second) = (try pattern(imported[0]), try pattern(imported[1]))
    #expect(first.verdict == .known && first.issue == "https://github.com/o/r/issues/7")
    #expect(try finds(first, "It did not (FINISH).") != nil)
    #expect(try finds(second, "FIRST 1\nx\nSECOND") != nil && finds(second, "second\nfirst 1") == nil)
    #expect(try pattern(imported[4]).verdict == .flaky)
  }

  @Test func matchersNameTheirCaptures() throws {
    let imported = try rules(
      #"""
      {"problemMatcher":[
        {"owner":"eslint","pattern":[{"regexp":"^([^\\s].*)$","file":1},{"regexp":"^\\s+(\\d+):(\\d+)\\s+(error|warning)\\s+(.*)$","line":1,"column":2,"severity":3,"message":4,"loop":true}]},
        {"owner":"tsc","pattern":[{"regexp":"^(?:\\s+\\d+\\>)?([^\\s].*)\\((\\d+)\\): error (.*)$","file":1,"line":2,"message":3}]},
        {"owner":"notes","severity":"notice","pattern":[{"regexp":"x"}]}]}
      """#, .github)
    #expect(imported.map(\.outcome) == [.changed, .converted, .refused])
    let (stylish, plain) = (try pattern(imported[0]), try pattern(imported[1]))
    let finding = try #require(try finds(stylish, "src/a.js\n  1:1  warning  odd\n  3:7  error  no  semi"))
    #expect(finding.capture("line") == "3" && finding.capture("severity") == "error" && finding.capture("message") == "no  semi")
    #expect(try finds(stylish, "src/a.js\n  3:7  warning  error") == nil, "a warning is no failure")
    #expect(try finds(plain, "a.ts(3): error TS1")?.capture("line") == "3")
    #expect(try finds(plain, "\u{A0}a.ts(3): error TS1") != nil && finds(plain, "a.ts(3):\u{A0}error TS1") == nil)
  }

  /// The runner takes for an error what is captured as `error`, whatever its case; all else is a warning, a notice or nothing.
  @Test(arguments: [
    (#"^(.+):(\d+): (warning|error): (.*)$"#, "a.c:1: error: x", "a.c:1: warning: error: x"),
    (#"^(.+):(\d+): (\w+): (.*)$"#, "a.c:1: ERROR: x", "a.c:1: errors: x"),
    (#"^(.+):(\d+): (?:fatal )?([Ee]rror|note): (.*)$"#, "a.c:1: fatal Error: x", "a.c:1: note: x"),
    (#"^(.+):(\d+): (\berror\b|(?:fatal )?warning): (.*)$"#, "a.c:1: error: x", "a.c:1: fatal warning: x"),
  ])
  func onlyErrorsOfAMatcherAreFailures(_ expression: String, _ error: String, _ warning: String) throws {
    for level in ["", #""severity":"warning","#] {
      let text = """
        {"problemMatcher":[{"owner":"o",\(level)"pattern":[{"regexp":\(try json(expression)),"file":1,"line":2,"severity":3,"message":4}]}]}
        """
      let rule = try #require(try rules(text, .github).first)
      #expect(rule.outcome == .converted, "\(rule.notes)")
      let found = try #require(try finds(try pattern(rule), "\(warning)\n\(error)\n"))
      #expect(found.line == 2 && found.capture("message") == "x" && found.capture("file") == "a.c")
    }
  }

  @Test(arguments: [
    (#"^(.+): (?:(warning|error): )?(.*)$"#, "may be missing"), (#"^(.+): (warning|error)?: (.*)$"#, "may be missing"),
    (#"^(.+): (error|): (.*)$"#, "may be missing"), (#"^(?:(.+): x|y (error)) (.*)$"#, "may be missing"),
    (#"^(.+): (warning|info): (.*)$"#, "no line as an error"), (#"^(.+) error (?:.*)$"#, "no group 2"),
  ])
  func matchersWhoseSeverityCannotBeToldAreRefused(_ expression: String, _ reason: String) throws {
    let text = #"{"problemMatcher":[{"owner":"o","pattern":[{"regexp":\#(try json(expression)),"severity":2,"message":1}]}]}"#
    let rule = try #require(try rules(text, .github).first)
    #expect(rule.outcome == .refused && rule.notes[0].contains(reason), "\(rule.notes)")
  }

  private func json(_ text: String) throws -> String {
    String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
  }

  @Test func listsAreOfAnyDialect() throws {
    var options = PatternImport.Options()
    options.dialect = .python
    options.verdict = .flaky
    options.reviewBy = CalendarDay("2027-01-01")
    options.isASCII = true
    let imported = try rules("# old\nfail(?P<what>\\d+)\n\nab(c\n.*\n", .list, options: options)
    #expect(imported.map(\.outcome) == [.changed, .refused, .refused])
    let first = try pattern(imported[0])
    #expect(first.verdict == .flaky && first.reviewBy == CalendarDay("2027-01-01"))
    #expect(first.definition.matcher == .match(#"fail(?<what>\d+)"#))
  }

  @Test(arguments: [
    (Dialect.pcre2, #"(?<=error: )\w+ failed"#), (.java, #"(?<=error: )\w+ failed"#), (.dotnet, #"^x (?<=x )\w+"#),
    (.python, #"(?<=error: )\w+ failed"#), (.pcre2, #"(a)\1b"#), (.python, "(?P<n>ab)(?P=n)c"), (.java, #"(?<n>ab)\k<n>c"#),
    (.javascript, #"(a)?b\1c"#), (.pcre2, #"(x)(?:(y)|z)\g{2}\g1"#), (.go, #"^(?:\x1b\[0m)*ab (c)"#),
  ])
  func examplesAreMadeForWhatLooksAround(_ dialect: Dialect, _ expression: String) throws {
    var options = PatternImport.Options()
    options.dialect = dialect
    let rule = try #require(try rules(expression, .list, options: options).first)
    #expect(rule.outcome == .converted, "\(rule.notes)")
    _ = try pattern(rule)
  }

  /// A reason speaks of what its author wrote, not of what became of it.
  @Test(arguments: [
    (Dialect.java, #"(?<=a+)b"#, "not fixed length"), (.pcre2, #"a\Rb"#, #"\R is a line break"#),
    (.python, #"[\b]x"#, "needs a backspace"), (.go, #"\x1b\[31mx"#, "needs an escape character"),
    (.java, #"\p{IsNoSuchThing}"#, "unknown"), (.rust, "[z-a]", "out of order"),
  ])
  func reasonsNameNoPlaceThatNobodyWrote(_ dialect: Dialect, _ expression: String, _ reason: String) throws {
    var options = PatternImport.Options()
    options.dialect = dialect
    let rule = try #require(try rules(expression, .list, options: options).first)
    #expect(rule.outcome == .refused && rule.notes[0].contains(reason) && !rule.notes[0].contains("byte"), "\(rule.notes)")
  }

  /// What differs in single rare characters is told, and what doesn't differ isn't.
  @Test(arguments: [
    (Dialect.java, "x.y", "U+0085"), (.java, "x$", "U+0085"), (.java, "(?s)x.y", ""), (.java, "(?d)x.y$", ""),
    (.java, #"x\.y"#, ""),
    (.javascript, "x.y$", "U+2028"), (.javascript, "x$", ""), (.dotnet, "xy$", ""), (.java, "(?i)stop", "U+017F"),
    (.java, "(?iu)stop", ""), (.java, "(?i:stop) k", "U+017F"), (.java, "(?i)[a-z]x", "U+212A"), (.java, "stop", ""),
    (.javascript, "(?i:x)y", "since 2025"), (.javascript, "[^a]", "U+FFFF"), (.javascript, "[ab]", ""), (.dotnet, #"\w"#, "U+FFFF"),
    (.dotnet, "[^a-z-[b]]", "U+FFFF"), (.dotnetECMAScript, #"\w"#, "U+0130"), (.go, #"(?i)\w"#, "U+212A"),
    (.rust, "(?i)[[:alpha:]]", "U+212A"), (.dotnet, "(?i)σ", "ς"),
    (.python, "(?i)fail", "U+0130"), (.rust, "(?i)kiss", ""),
  ])
  func rareDifferencesAreRemarked(_ dialect: Dialect, _ expression: String, _ remark: String) throws {
    let remarks = try DialectConverter(expression, dialect: dialect).remarks
    #expect(remark.isEmpty ? remarks.isEmpty : remarks.contains { $0.contains(remark) }, "\(remarks)")
  }

  /// JavaScript, Go and Rust take the rounds of a repetition otherwise.
  @Test(arguments: [
    (Dialect.javascript, "(?:(a)|b)+z", true), (.rust, "(?:|a)*", true), (.rust, "a*?*", true), (.javascript, "((?<=a))?", true),
    (.go, "(?:a|b)*z", false),
    (.javascript, "(?:a(b)?)+", true), (.javascript, "(a)+(?:b(c))", false),
    (.javascript, "(?:(a)|b)z", false), (.go, "(a*)*b", true), (.go, "(?:(a)|b)+z", false), (.rust, "(|a)+b", true),
    (.java, "(a*)*b", false),
  ])
  func roundsOfRepetitionsAreNoted(_ dialect: Dialect, _ expression: String, _ isNoted: Bool) throws {
    let notes = try DialectConverter(expression, dialect: dialect).notes
    #expect(!notes.isEmpty == isNoted, "\(notes)")
  }

  @Test func olderQueriesNameTheirFieldsTwice() throws {
    let yaml = """
      - bug: 1211915
        query: >
          ( @message:"Connection failed: Maximum attempts"
          OR message:"Connection failed: Maximum attempts" )
          AND filename:"console.html"
      - bug: 1239856
        query: >
          (( @message:"services" AND @message:"wait for image" )
          OR (message:"services" AND message:"wait for image" ))
      - bug: 1240256
        query: >
          message:"503" AND filename:"logs/syslog.txt"
      - bug: 7
      """
    let imported = try rules(yaml, .elasticRecheck, file: "queries.yaml")
    #expect(imported.map { $0.outcome == .refused } == [false, false, true, true])
    let (first, second) = (try pattern(imported[0]), try pattern(imported[1]))
    #expect(first.verdict == .known && first.issue == "https://bugs.launchpad.net/bugs/1211915")
    #expect(try finds(first, "x connection failed: maximum attempts reached") != nil)
    #expect(try finds(second, "wait for image in services") != nil && finds(second, "services only") == nil)
    #expect(imported[3].origin == "queries.yaml: bug 7" && imported[3].notes == ["it has no `query`"])
    let json = """
      [{"bug":"1223161","query":"@message:\\"no JSON\\" AND @fields.build_name:\\"gate-*\\" AND @fields.build_status:\\"FAILURE\\""}]
      """
    #expect(ImportFormat.of(file: "queries.json", text: json) == .elasticRecheck)
    let third = try pattern(try #require(try rules(json, .elasticRecheck, file: "queries.json").first))
    #expect(third.definition.scope.expressions[.job] == "^(?:gate-.*)$" && third.issue?.hasSuffix("/1223161") == true)
    #expect(throws: ImportProblem.self) { try rules("- bug: 1\n", .elasticRecheck) }
  }

  @Test func examplesComeFromRealLinesWhereTheyFit() throws {
    var result = PatternImport(samples: ["hello", "error: the disk is gone", "error: x"])
    try result.add("error: (.*) is\nnowhere \\d", file: "list", format: .list)
    #expect(try pattern(result.rules[0]).examples.hits.map(\.text) == ["error: the disk is gone"])
    #expect(try pattern(result.rules[1]).examples.hits.map(\.text) == ["nowhere 0"])
  }
}
