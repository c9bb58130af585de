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
       {"ErrorMessage":"on its own","ExcludeConsoleLog":true}, {"ErrorMessage":""}, {"ErrorMessage":"on its own"}]
      """#, .dotnet)
    #expect(imported.map(\.outcome) == [.converted, .changed, .changed, .refused, .changed])
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
    let finding = try #require(try finds(stylish, "src/a.js\n  3:7  error  no  semi"))
    #expect(finding.capture("file") == "src/a.js" && finding.capture("line") == "3" && finding.capture("message") == "no  semi")
    #expect(try finds(stylish, "src/a.js\n\n  3:7  error  no  semi") == nil, "the lines follow one another")
    #expect(try finds(plain, "a.ts(3): error TS1")?.capture("line") == "3")
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

  @Test func examplesComeFromRealLinesWhereTheyFit() throws {
    var result = PatternImport(samples: ["hello", "error: the disk is gone", "error: x"])
    try result.add("error: (.*) is\nnowhere \\d", file: "list", format: .list)
    #expect(try pattern(result.rules[0]).examples.hits.map(\.text) == ["error: the disk is gone"])
    #expect(try pattern(result.rules[1]).examples.hits.map(\.text) == ["nowhere 0"])
  }
}
