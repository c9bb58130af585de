import Analysis
import Model
import Testing

@Suite struct CatalogCheckTests {
  private let today = CalendarDay(secondsSince1970: 1_800_000_000)

  /// The warnings about a folder of files, each as one line.
  private func warnings(_ files: [String: String]) throws -> [String] {
    try CatalogFixture.withFolder(files) { folder in
      let reading = Catalog.read(paths: [folder])
      #expect(reading.issues.map(\.description) == [])
      return CatalogCheck(reading, today: today).warnings().map { $0.description.replacing(folder + "/", with: "") }
    }
  }

  private func warnings(
    _ matcher: String, _ more: String = "", verdict: String = "failure", hits: [String], misses: [String] = ["nothing of the kind"]
  ) throws -> [String] {
    try warnings(["a.yaml": CatalogFixture.file(matcher, more, verdict: verdict, hits: hits, misses: misses)])
  }

  @Test func aGoodPatternHasNone() throws {
    #expect(try warnings(["a.yaml": CatalogFixture.short]) == [])
    #expect(try warnings("literal: no space left", hits: ["no space left on device"]) == [])
    #expect(try warnings("sequence: ['^begin', '^end of it']", hits: ["begin\nend of it"]) == [])
  }

  @Test(arguments: [
    "match: 'error|x?$'", "match: '^$'", "match: '(?:warning)*'", "match: '\\s*'",
  ])
  func warnsOfEmptyMatches(_ matcher: String) throws {
    // No miss can be given for what hits everything, so these are not held against their examples.
    let yaml = CatalogFixture.file(matcher, hits: ["error"])
    let file = PatternFile(path: "a.yaml", id: PatternID("a"), bytes: Array(yaml.utf8), runsExamples: false)
    #expect(file.pattern != nil)
    let reading = CatalogReading(files: [file])
    let first = CatalogCheck(reading, today: today).warnings().first { $0.field == "match" }
    #expect(
      first?.description
        == "a.yaml:2: warning: match: can match the empty line — it then says nothing about the line it finds; make a part of it mandatory"
    )
  }

  @Test func warnsOfExpressionsWithoutText() throws {
    #expect(
      try warnings(#"match: '^\d+: [A-Z]+$'"#, hits: ["12: ABC"]) == [
        "a.yaml:2: warning: match: needs no more than 2 bytes of text in a row, so it is tried on every line, which is slow — add 3 or more literal characters that the line always has"
      ])
    #expect(
      try warnings(#"match: '(?<![a-z])\w{40}(?!\w)'"#, hits: [String(repeating: "1", count: 40)]).first?
        .hasPrefix("a.yaml:2: warning: match: has no text that is known to be in every match") == true)
    #expect(try warnings("match: '(?i)[Ee]rr(?:or|no) \\d'", hits: ["Error 1"]) == [])
    #expect(try warnings("sequence: ['begin', '\\d \\d']", hits: ["begin\n1 2"]) == [])
    #expect(
      try warnings("sequence: ['\\d+ \\d+', 'the end']", hits: ["1 2\nthe end"]).first?
        .hasPrefix("a.yaml:2: warning: sequence[1]: needs no more than 1 byte of text") == true)
  }

  @Test(arguments: [
    (#"match: 'error: (\w+\s?)+:'"#, "error: a b:"), (#"match: '^(?:a|a)*b end'"#, "aab end"),
    (#"match: 'failed (x+x+)+y'"#, "failed xxy"), (#"match: 'list (?:[^,]+,?)+;'"#, "list a,b;"),
  ])
  func warnsOfNestedQuantifiers(_ matcher: String, _ hit: String) throws {
    let warnings = try warnings(matcher, hits: [hit])
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix("a.yaml:2: warning: match: runs into PCRE2's match limit on a long line like `") == true)
  }

  @Test func warnsOfQuadraticTime() throws {
    #expect(
      try warnings(#"match: '(?:image )?([\w.:]+): not found'"#, hits: ["image a.b:c: not found"]) == [
        "a.yaml:2: warning: match: takes time that grows with the square of a line's length — bound the repetitions (`{1,200}`), or let the expression begin with literal text, `^` or `\\b`"
      ])
    #expect(try warnings(#"match: '\bimage ([\w.:]{1,200}): not found'"#, hits: ["image a.b:c: not found"]) == [])
  }

  @Test func warnsOfOpenEnds() throws {
    #expect(
      try warnings("match: 'error: .*$'", hits: ["error: x"]) == [
        "a.yaml:2: warning: match: takes in whatever stands at the end of the line, so that no two findings are the same failure — leave it off: a match need not reach the end of the line"
      ])
    #expect(
      try warnings("match: 'error: (?<what>.+)'", hits: ["error: x"]).first?.contains("say with `group-by` which captures") == true)
    #expect(try warnings("match: 'error: (?<what>.+)'", "group-by: [what]", hits: ["error: x"]) == [])
    #expect(try warnings("match: 'error: (?<what>\\w+).*'", "group-by: [what]", hits: ["error: x y"]) == [])
    #expect(try warnings("sequence: ['begin .*', 'the end']", hits: ["begin \nthe end"]) == [])
    #expect(
      try warnings("sequence: ['begin', 'the end [^\\n]*']", hits: ["begin\nthe end "]).first?.hasPrefix(
        "a.yaml:2: warning: sequence[2]: takes in") == true)
  }

  @Test func warnsOfGroupsByRunNoise() throws {
    func grouped(_ hits: String...) throws -> [String] {
      try warnings("match: 'took (?<time>\\S{1,40}) too long'", "group-by: [time]", hits: hits)
    }
    #expect(
      try grouped("took 3.25s too long") == [
        "a.yaml:4: warning: group-by: groups by `time`, which differs from run to run: `3.25s` — group by what stays the same when the failure comes again"
      ])
    #expect(try grouped("took 0f8fad5b-d9cb-469f-a165-70867728950e too long").count == 1)
    #expect(try grouped("took 0x7ffd1234 too long", "took 12:30:01 too long").count == 1)
    #expect(try grouped("took 3.25s too long", "took compile too long") == [])
    #expect(try grouped("took 404 too long") == [])
    #expect(try grouped("took deadbeef too long") == [])
  }

  @Test func warnsOfReviewDates() throws {
    func reviewed(_ verdict: String, _ more: String) throws -> [String] {
      try warnings("literal: disk full", more, verdict: verdict, hits: ["disk full"])
    }
    #expect(today == CalendarDay(year: 2027, month: 1, day: 15))
    #expect(
      try reviewed("flaky", "") == [
        "a.yaml:3: warning: verdict: excuses failures as flaky for ever — add `review-by` with the day on which someone should look at it again"
      ])
    #expect(try reviewed("known", "issue: https://x.example/1").count == 1)
    #expect(try reviewed("infrastructure", "") == [])
    #expect(try reviewed("failure", "") == [])
    #expect(
      try reviewed("flaky", "review-by: 2027-01-15") == [
        "a.yaml:4: warning: review-by: is past: 2027-01-15, so it excuses nothing any more — if it still holds, set a later date"
      ])
    #expect(
      try reviewed("failure", "review-by: 2026-12-31") == [
        "a.yaml:4: warning: review-by: is past: 2026-12-31 — if it still holds, set a later date"
      ])
    #expect(
      try reviewed("flaky", "review-by: 2027-01-16") == [
        "a.yaml:4: warning: review-by: is near: 2027-01-16 — if it still holds, set a later date"
      ])
    #expect(try reviewed("flaky", "review-by: 2027-01-29").count == 1)
    #expect(try reviewed("flaky", "review-by: 2027-01-30") == [])
    #expect(try reviewed("flaky", "retired: true") == [])
  }

  @Test func warnsOfShadows() throws {
    func pair(_ narrow: String, _ wide: String, verdict: String = "failure") throws -> [String] {
      try warnings([
        "narrow.yaml": CatalogFixture.file(
          "literal: disk full", narrow, title: "N", verdict: verdict, hits: ["disk full on a", "disk full on b"]),
        "wide.yaml": CatalogFixture.file("literal: full", wide, title: "W", hits: ["the glass is full"]),
      ])
    }
    #expect(
      try pair("priority: 40", "") == [
        "narrow.yaml:5: warning: examples: every hit is also a hit of wide, which always beats this pattern — its priority is 50, this one's 40; narrow that one, raise this one's priority, or add a hit of its own"
      ])
    #expect(try pair("fallback: true\npriority: 90", "").first?.contains("this one is a fallback; ") == true)
    #expect(
      try pair("", "", verdict: "infrastructure").first?.contains("at equal priority `failure` goes before `infrastructure`")
        == true)
    #expect(try pair("", "") == [], "the later line decides, not always the same pattern")
    #expect(try pair("priority: 60", "") == [])
    #expect(try pair("priority: 40", "where: {branch: main}") == [])
    #expect(try pair("priority: 40\nwhere: {branch: main}", "where: {branch: main}").count == 1)
    #expect(try pair("priority: 40", "tail: 100") == [])
    #expect(try pair("priority: 40\ntail: 50", "tail: 100").count == 1)
    #expect(try pair("priority: 40", "retired: true") == [])
    #expect(try pair("priority: 40\nretired: true", "") == [])
  }

  @Test func aHitOfItsOwnIsEnough() throws {
    let warnings = try warnings([
      "narrow.yaml": CatalogFixture.file(
        "match: 'disk full|no space'", "priority: 40", title: "N", hits: ["disk full", "no space"]),
      "wide.yaml": CatalogFixture.file("literal: full", title: "W", hits: ["full"]),
    ])
    #expect(warnings == [])
  }
}
