import Analysis
import Foundation
import Model
import Testing

@Suite struct CatalogFileTests {
  private func issues(_ yaml: String) -> [String] { CatalogFixture.issues(yaml) }
  private let short = CatalogFixture.short

  @Test func readsEveryField() throws {
    let file = CatalogFixture.read(CatalogFixture.full)
    #expect(file.issues.map(\.description) == [])
    let pattern = try #require(file.pattern)
    #expect(pattern.id == PatternID("a/b"))
    #expect(pattern.title == "${tool} could not reach ${host}")
    #expect(pattern.definition.matcher == .match(#"(?<tool>curl|wget): \(\d+\) no route to host (?<host>[\w.-]+)"#))
    #expect(pattern.definition.ignoreCase)
    #expect(pattern.definition.scope.expressions == [.provider: "^github$", .branch: "^release/"])
    #expect(pattern.definition.tail == 200)
    #expect(pattern.verdict == .known)
    #expect(pattern.issue == "https://tickets.example.org/7")
    #expect(pattern.priority == 60)
    #expect(pattern.groupBy == ["tool", "host"])
    #expect(pattern.tags == ["network", "dns"])
    #expect(pattern.owner == "platform")
    #expect(pattern.remedy == "Look at the *status page*.\n")
    #expect(pattern.reviewBy == CalendarDay(year: 2027, month: 3, day: 1))
    #expect(!pattern.retired && !pattern.fallback)
    #expect(pattern.examples.hits[1].captures == ["tool": "wget", "2": "b.example"])
    #expect(pattern.examples.misses.map(\.text) == ["curl: (6) could not resolve host"])
  }

  @Test func aByteOrderMarkIsNoText() throws {
    #expect(try #require(CatalogFixture.read("\u{FEFF}" + short).pattern).priority == 50)
  }

  @Test func readsDefaults() throws {
    let pattern = try #require(CatalogFixture.read(short).pattern)
    #expect(pattern.priority == 50)
    #expect(pattern.definition.scope.isEmpty && pattern.definition.tail == nil && !pattern.definition.ignoreCase)
    #expect(pattern.groupBy == [] && pattern.reviewBy == nil && pattern.issue == nil)
  }

  @Test func takesScalarsAsTheyAreWritten() throws {
    let yaml = """
      title: 404
      literal: 404
      verdict: failure
      examples:
        hit:
          - 404
          - text: 0404
          - 2404-01-01
        miss:
          - 0x194
          - null
          - no
      """
    let pattern = try #require(CatalogFixture.read(yaml).pattern)
    #expect(pattern.title == "404")
    #expect(pattern.definition.matcher == .literal("404"))
    #expect(pattern.examples.hits.map(\.text) == ["404", "0404", "2404-01-01"])
    #expect(pattern.examples.misses.map(\.text) == ["0x194", "null", "no"])
  }

  @Test func tellsAllProblemsTogether() {
    let yaml = """
      titel: Connection reset
      match: '(curl'
      verdict: flakey
      priority: high
      review-by: 2027-02-30
      where:
        brunch: main
      """
    #expect(
      issues(yaml) == [
        "1: unknown field `titel` — did you mean `title`?",
        "1: title: is missing — say what went wrong, in words for the pull request's author",
        "1: examples: is missing — give at least one line under `hit` and one under `miss`",
        "2: match: missing closing parenthesis at byte 5 — here: `(curl` ▸ ``",
        "3: verdict: has no value `flakey` — did you mean `flaky`? one of failure, flaky, infrastructure, known",
        "4: priority: is not a whole number: `high` — write a whole number from 0 to 100",
        "5: review-by: is not a date: `2027-02-30` — write year, month and day as 2027-03-01",
        "7: where: unknown field `brunch` — did you mean `branch`?",
      ])
  }

  @Test(arguments: [
    ("priority: 101", "4: priority: is out of range: `101` — write a whole number from 0 to 100"),
    ("priority: -1", "4: priority: is out of range: `-1` — write a whole number from 0 to 100"),
    ("priority: 99999999999999999999", "4: priority: is out of range: `99999999999999999999` — write a whole number from 0 to 100"),
    ("priority: 5.0", "4: priority: is not a whole number: `5.0` — write a whole number from 0 to 100"),
    ("priority: '5'", "4: priority: is not a whole number: `5` — write a whole number from 0 to 100, without quotes"),
    ("priority: 007", "4: priority: is not a whole number: `007` — write a whole number from 0 to 100"),
    ("priority:", "4: priority: is empty — give it a value or leave the field out"),
    ("priority: [1]", "4: priority: must be a text, not a list"),
    ("tail: 0", "4: tail: is out of range: `0` — write a whole number from 1 to 2147483647"),
    ("within: 5", "4: within: is for `sequence` only — leave it out"),
    ("fallback: yes", "4: fallback: is neither true nor false: `yes` — write true or false, without quotes"),
    ("retired: 'true'", "4: retired: is neither true nor false: `true` — write true or false, without quotes"),
    ("ignore_case: true", "4: unknown field `ignore_case` — did you mean `ignore-case`?"),
    ("ignoreCase: true", "4: unknown field `ignoreCase` — did you mean `ignore-case`?"),
    ("regex: x", "4: unknown field `regex` — did you mean `match`?"),
    ("tags: network", "4: tags: must be a list, not a text — write [network]"),
    ("tags: []", "4: tags: is empty — give it an entry or leave the field out"),
    ("tags: [a, a]", "4: tags: names `a` twice"),
    ("tags: [a, {b: c}]", "4: tags: must be a text, not a mapping"),
    ("owner: ~", "4: owner: is empty — give it a value or leave the field out"),
    ("issue: TICKET-7", "4: issue: is not a link: `TICKET-7` — write the ticket's address, https://…"),
    ("issue: 'javascript:alert(1)'", "4: issue: is not a link: `javascript:alert(1)` — write the ticket's address, https://…"),
    ("issue: 'https:// x'", "4: issue: is not a link: `https:// x` — write the ticket's address, https://…"),
    ("review-by: tomorrow", "4: review-by: is not a date: `tomorrow` — write year, month and day as 2027-03-01"),
    ("where: main", "4: where: must be a mapping, not a text — write `branch: '^main$'` or the like, indented, below it"),
    ("where: {}", "4: where: is empty — give it a field or leave it out"),
    ("where: {job: '(a'}", "4: where.job: missing closing parenthesis at byte 2 — here: `(a` ▸ ``"),
    ("group-by: [host]", "4: group-by: names no capture: `host` — the pattern has no captures; name one as (?<name>…)"),
    ("literal: x", "4: literal: stands beside `match` — a pattern has exactly one of match, literal, sequence"),
    ("title: Again", "4: title: is given more than once, first in line 1 — keep one of them"),
    ("owner: &me someone", "4: uses a YAML anchor, `&me` — repeat the text; or put it in quotes if `&` or `*` belongs to it"),
    ("owner: *me", "4: is not valid YAML: found undefined alias — a text that begins with * needs single quotes"),
    (
      "owner: !!int 5",
      "4: uses the YAML tag `tag:yaml.org,2002:int` — leave it out; or put the text in quotes if `!` belongs to it"
    ),
    (
      "owner: a: b",
      "4: is not valid YAML: mapping values are not allowed in this context — a text with `: ` in it needs single quotes"
    ),
    (
      "owner: %x",
      "4: is not valid YAML: found character that cannot start any token — a text that begins with one of % @ ` or a tab needs single quotes"
    ),
    (
      #"owner: "\d""#,
      "4: is not valid YAML: found unknown escape character — double quotes give the backslash a meaning; use single quotes for expressions"
    ),
    (
      "owner: a\u{1B}b",
      "4: is not valid YAML: control characters are not allowed — in double quotes, an escape character is written \\e"
    ),
    ("---\ntitle: b", "4: holds more than one YAML document — one file holds one pattern"),
  ])
  func refusesField(_ field: String, _ expected: String) {
    let lines = short.split(separator: "\n").map(String.init)
    #expect(issues((lines[..<3] + [field] + lines[3...]).joined(separator: "\n")) == [expected])
  }

  @Test(arguments: [
    ("", "is empty"), ("# nothing\n", "is empty"), ("---\n", "is empty"), ("[a]", "1: is not a mapping of fields"),
    ("just text", "1: is not a mapping of fields"), ("title: 'a\n", "is not valid YAML"), ("title: a\0b", "1: holds a NUL byte"),
  ])
  func refusesFile(_ yaml: String, _ expected: String) throws {
    let issues = CatalogFixture.read(yaml).issues
    #expect(issues.count == 1)
    #expect(try #require(issues.first).description.contains(expected))
  }

  @Test func refusesInvalidUTF8() {
    let file = CatalogFixture.read(Array("title: a\nowner: ".utf8) + [0xFF, 0x0A])
    #expect(CatalogFixture.issues(file) == ["2: is not UTF-8 — save the file as UTF-8"])
  }

  @Test func refusesLargeFiles() {
    let file = CatalogFixture.read(short + "\n#" + String(repeating: "x", count: 256 * 1024))
    #expect(file.issues.map(\.description) == ["patterns/a/b.yaml: is larger than 256 KiB — one file holds one pattern"])
  }

  @Test(.timeLimit(.minutes(20))) func refusesBillionLaughs() {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      yaml += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
    }
    #expect(CatalogFixture.read(yaml + "? *a12\n: x\n").issues.map(\.message) == ["uses YAML aliases"])
    #expect(!CatalogFixture.read(String(repeating: "[", count: 200_000)).issues.isEmpty)
    #expect(!CatalogFixture.read(String(repeating: "? ", count: 100_000)).issues.isEmpty)
  }

  @Test func needsAnIssueForKnown() {
    let yaml = short.replacing("verdict: failure", with: "verdict: known")
    #expect(issues(yaml) == ["3: issue: is missing — `verdict: known` needs the link of the problem's ticket"])
  }

  @Test func needsAMatcher() {
    let yaml = short.split(separator: "\n").filter { !$0.hasPrefix("match") }.joined(separator: "\n")
    #expect(issues(yaml) == ["1: match, literal or sequence is missing — say what to search for: `match: 'an expression'`"])
    #expect(
      issues(short.replacing(#"'curl: \(56\) .*reset by peer'"#, with: "''")) == [
        "2: match: is empty — an empty expression would match every line"
      ])
  }

  @Test func checksSequences() {
    func sequence(_ body: String) -> [String] { issues(short.replacing(#"match: 'curl: \(56\) .*reset by peer'"#, with: body)) }
    #expect(sequence("sequence: x") == ["2: sequence: must be a list, not a text — one expression per line, each after `- `"])
    #expect(sequence("sequence: [x]") == ["2: sequence: has 1 step — for a single line use `match`"])
    let many = "sequence: [" + Array(repeating: "x", count: 21).joined(separator: ", ") + "]"
    #expect(sequence(many) == ["2: sequence: has 21 steps — at most 20 are possible"])
    #expect(
      sequence("sequence:\n  - a\n  - 'b['").first?.hasPrefix("4: sequence[2]: missing terminating ] for character class at byte 2")
        == true)
    #expect(
      sequence("sequence: [a, b, c]\nwithin: 2").first == "3: within: leaves no room: 3 steps need as many lines — write 3 or more")
    #expect(
      sequence("sequence: [a, b]\nwithin: 10001").first
        == "3: within: is out of range: `10001` — write a whole number from 1 to 10000")
  }

  @Test func refusesWhatCannotMatchOnALine() {
    func match(_ body: String) -> [String] { issues(short.replacing(#"match: 'curl: \(56\) .*reset by peer'"#, with: body)) }
    #expect(
      match(#"match: 'a\nb'"#) == [
        "2: match: can never match across lines — each line is matched on its own; use `sequence` for several lines"
      ])
    #expect(
      match("match: |\n  reset by peer") == [
        "2: match: ends with a line break, so that it can never match — in YAML, write `|-` instead of `|`"
      ])
    #expect(
      match("literal: |\n  reset by peer") == [
        "2: literal: ends with a line break, so that it can never match — in YAML, write `|-` instead of `|`"
      ])
    #expect(match(#"match: '[^\n]*reset by peer(\n|$)'"#) == [])
  }

  @Test func checksTitles() {
    #expect(
      issues(short.replacing("Connection reset", with: "${host} reset")) == [
        "1: title: uses no capture: `${host}` — the pattern has no captures; name one as (?<name>…)"
      ])
    #expect(
      issues(CatalogFixture.full.replacing("${host}'", with: "${hsot}'")) == [
        "1: title: uses no capture: `${hsot}` — did you mean `host`?"
      ])
    #expect(
      issues(CatalogFixture.full.replacing("${host}'", with: "${3}'")) == [
        "1: title: uses no capture: `${3}` — the captures are tool, host"
      ])
    #expect(
      issues(short.replacing("Connection reset", with: "\"a\\nb\"")) == [
        "1: title: has more than one line — what to do about it belongs in `remedy`"
      ])
    #expect(
      issues(short.replacing("Connection reset", with: String(repeating: "x", count: 201))) == [
        "1: title: is longer than 200 characters — details belong in `remedy`"
      ])
  }

  @Test func anIssueIsOneLine() {
    let issue = CatalogIssue(.warning, file: "a.yaml", line: 3, field: "match", message: "two\nlines", hint: "a\thint")
    #expect(issue.description == "a.yaml:3: warning: match: two lines — a hint")
  }
}
