import Analysis
import Testing

/// Which lines tell something, and what is masked in them.
@Suite struct SuggestLineTests {
  /// A line on its own, after which nothing looks like an error.
  private func shown(_ line: String) throws -> String? { try tellingLines(line + "\n").last?.template.shown }

  @Test(arguments: [
    ("error: worker 17 of 20 could not start", "error: worker <number> of <number> could not start"),
    ("error: lost connection after 3.5s, waited 20 ms", "error: lost connection after <duration>, waited <duration>"),
    ("error: checkout of 1f2e3d4c5b6a7f8e failed badly", "error: checkout of <hash> failed badly"),
    ("error: session 123e4567-e89b-12d3-a456-426614174000 expired", "error: session <uuid> expired"),
    ("error: since 2026-01-02 03:04:05,123 it cannot start", "error: since <time> <time> it cannot start"),
    ("error: started at 03:04:05 and never came back", "error: started at <time> and never came back"),
    ("error: cannot open /srv/build/out/a.o for writing", "error: cannot open <path> for writing"),
    ("src/engine/render.c:12:5: error: unknown type name", "<path>:<number>: error: unknown type name"),
    ("main.c:7: error: unknown type name", "<path>:<number>: error: unknown type name"),
    (#"C:\work\a.cpp(12): error: syntax is broken"#, "<path>(<number>): error: syntax is broken"),
    ("error: no module named 'acme.engine' here", "error: no module named '<quoted>' here"),
    (#"error: no module named "acme.engine" here"#, #"error: no module named "<quoted>" here"#),
    ("error: no member named ‘width’ in struct", "error: no member named ‘<quoted>’ in struct"),
    ("error: checkout of app.82114992.js failed badly", "error: checkout of app.<hash>.js failed badly"),
    ("error: checkout of app.99b4ef13.js failed badly", "error: checkout of app.<hash>.js failed badly"),
    ("error: no answer of lic03.corp.example:27000 today", "error: no answer of <host> today"),
    ("error: connect to 10.1.2.3:5432 was refused", "error: connect to <ip> was refused"),
    ("error: bad access at 0x7ffdeadbeef by thread", "error: bad access at <address> by thread"),
    ("error: GET https://acme.example/a?b=c failed twice", "error: GET <url> failed twice"),
    ("error: used 512MiB of 1.5GB memory", "error: used <number> of <number> memory"),
  ])
  func whatDiffersFromRunToRunIsMasked(line: String, expected: String) throws {
    let shown = try shown(line)
    #expect(shown == expected)
  }

  @Test(arguments: [
    "error TS2322: type mismatch in module", "error: python3.11 is not supported here", "error: the tool died of signal 11",
    "error: HTTP 503 from the registry",
    "LM-E-0042: error: no seat for feature", "curl: (22) The requested URL returned error: 504",
    "error: read/write mismatch in the utf8 decoder", "error: can't find what isn't there",
    "engine: error: variable declared and not used [-Werror=unused-variable]",
    "[ERROR] Head: warnings found and -Werror specified",
  ])
  func whatNamesTheFailureStays(line: String) throws {
    #expect(try shown(line) == line)
  }

  @Test func maskingLosesNothing() throws {
    let lines = [
      "/a/b.c:3: 2026-01-02T03:04:05Z error: no 'x' at 0x12ab after 3 ms, see https://a.example/b.",
      "\t  fatal:  gone   away, 12 %",
      "error: ünïcödé ‘täg’ was not found in /ä/ö",
    ]
    for line in lines { #expect(try tellingLines("\(line)\n").last?.template.line == line.drop { " \t".contains($0) }.description) }
  }

  @Test(arguments: [
    "0 errors, no failures found", "warning: unused variable 'error' in function", "  at Object.fail (/srv/a.js:1:2)",
    "+ set -o errexit -o pipefail",
    "Process completed with exit code 1.", "make[2]: *** [all] Error 2", "cc -Werror -o engine main.c",
    "Tests run: 5, Failures: 0, Errors: 0",
    "npm ERR! code ELIFECYCLE", "The build failed, see the log for details",
  ])
  func linesThatOnlySoundLikeErrorsAreQuiet(line: String) throws {
    let lines = try tellingLines("\(line)\nfatal: something went wrong here\n")
    #expect(lines.map(\.text) == ["fatal: something went wrong here"])
  }

  @Test func eachTemplateIsKeptOnceWhereItCameLast() throws {
    let lines = try tellingLines("error: worker 1 has died\nerror: queue is broken\nerror: worker 2 has died\n")
    #expect(lines.map(\.text) == ["error: queue is broken", "error: worker 2 has died"])
    #expect(lines.map(\.line) == [2, 3])
  }

  @Test func theLastTemplatesOfALongLogAreKept() throws {
    func name(_ number: Int) -> String {
      String(number, radix: 26).map { String(UnicodeScalar(UInt8(97 + Int(String($0), radix: 26)!))) }.joined()
    }
    let log = (0..<1_000).map { "error: part \(name($0))x is missing\n" }.joined()
    let lines = try tellingLines(log)
    #expect(lines.count == TellingLines.most)
    #expect(lines.map(\.line) == Array(961...1_000))
  }

  @Test func whereNothingLooksLikeAnErrorTheLastLinesAreKept() throws {
    let log = (1...30).map { _ in "all is still well here\n" }.joined() + "the lights went out\n"
    let lines = try tellingLines(log)
    #expect(lines.map(\.text) == ["all is still well here", "the lights went out"])
    #expect(lines.allSatisfy { !$0.looksLikeError })
  }

  /// Which of them tell something is only known once it is known what passing builds say.
  @Test func theLastLinesAreKeptBesideWhatLooksLikeAnError() throws {
    let lines = try tellingLines("error: the optional tool is missing\nthe lights went out\nall is still well here\n")
    #expect(lines.map(\.weight) == [4, 1, 1])
    #expect(lines.map(\.line) == [1, 2, 3])
  }

  @Test func ofManyPlainLinesTheLastTemplatesAreKept() throws {
    let words = (0..<26).flatMap { one in (0..<26).map { "\(UnicodeScalar(97 + one)!)\(UnicodeScalar(97 + $0)!)" } }
    let lines = try tellingLines(words.map { "the part \($0) is in its place\n" }.joined())
    #expect(lines.count == TellingLines.mostPlain)
    #expect(lines.last?.line == words.count)
    #expect(lines.first?.line == words.count - TellingLines.mostPlain + 1)
  }

  @Test func linesThatNoPatternFileCanHoldAreLeftOut() throws {
    var log = Array("error: control \u{1} character here\n".utf8)
    log += Array("error: broken ".utf8) + [0xFF] + Array(" character here\n".utf8)
    var sink = TellingLines(try LineRules())
    var cleaner = LogCleaner()
    log.withUnsafeBytes { cleaner.clean($0, into: &sink) }
    cleaner.finish(into: &sink)
    #expect(sink.lines().isEmpty)
  }

  @Test func aLongLineIsCutAtACharacter() throws {
    let lines = try tellingLines("error: it is all broken " + String(repeating: "ä", count: 400) + "\n")
    let text = try #require(lines.first?.text)
    #expect(text.utf8.count <= 400)
    #expect(text.hasSuffix("ä"))
  }

  @Test func whatPassingLogsSayTooIsFamiliar() throws {
    let lines = try tellingLines("error: cache of 3 MB is missing\nerror: the engine exploded\n")
    let seen = try familiar(lines, in: "hello\nerror: cache of 17 MB is missing\nbye\n")
    #expect(lines.filter { !seen.contains($0.key) }.map(\.text) == ["error: the engine exploded"])
  }

  @Test func familiarLinesNeedNotLookLikeErrors() throws {
    let lines = try tellingLines("all is still well here\nthe lights went out\n")
    let seen = try familiar(lines, in: "error: unlike the others\nall is still well here\n")
    #expect(lines.filter { !seen.contains($0.key) }.map(\.text) == ["the lights went out"])
  }
}
