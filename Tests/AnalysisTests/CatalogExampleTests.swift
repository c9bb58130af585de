import Analysis
import Model
import Testing

@Suite struct CatalogExampleTests {
  private func issues(_ yaml: String) -> [String] { CatalogFixture.issues(yaml) }

  private func examples(_ body: String) -> [String] {
    issues("title: T\nmatch: 'error (?<code>\\d+)(?: in (?<file>\\w+))?'\nverdict: failure\n" + body)
  }

  @Test(arguments: [
    ("examples: x", "4: examples: must be a mapping, not a text — give it `hit:` and `miss:`, each with a list"),
    ("examples:\n  hit: [error 1]", "4: examples.miss: is missing — give at least one: a similar line that it must not find"),
    (
      "examples:\n  hit: [error 1]\n  miss: []",
      "6: examples.miss: is empty — give at least one: a similar line that it must not find"
    ),
    ("examples:\n  hit: error 1\n  miss: [x]", "5: examples.hit: must be a list, not a text — put `- ` before each example"),
    ("examples:\n  hit: [error 1]\n  miss: [x]\n  mis: [y]", "7: examples: unknown field `mis` — did you mean `miss`?"),
    ("examples:\n  hit:\n    - txt: error 1\n  miss: [x]", "6: examples.hit: unknown field `txt` — did you mean `text`?"),
    ("examples:\n  hit:\n    -\n  miss: [x]", "6: examples.hit: is empty — write '' for an empty line"),
    (
      "examples:\n  hit:\n    - [error 1]\n  miss: [x]",
      "6: examples.hit: must be a text, not a list — a text that begins with [ or { needs quotes"
    ),
    (
      "examples:\n  hit:\n    - text: error 1\n      captures: 1\n  miss: [x]",
      "7: examples.hit.captures: must be a mapping, not a text — write `name: 'value'` below it"
    ),
    (
      "examples:\n  hit:\n    - text: error 1\n      captures: {cod: 1}\n  miss: [x]",
      "7: examples.hit.captures: names no capture: `cod` — did you mean `code`?"
    ),
    (
      "examples:\n  hit:\n    - text: error 1\n      captures: {0: error 1}\n  miss: [x]",
      "7: examples.hit.captures: names no capture: `0` — the whole match has no name; put what you need into (?<name>…)"
    ),
    (
      "examples:\n  hit:\n    - text: error 1\n      captures:\n        code: 2\n  miss: [x]",
      "8: examples.hit: capture code is `1`, not `2`"
    ),
    (
      "examples:\n  hit:\n    - text: error 1\n      captures:\n        file: a\n  miss: [x]",
      "8: examples.hit: capture file is not part of the match, not `a`"
    ),
    (
      "examples:\n  hit: [error 1, 'Error 1']\n  miss: [x]",
      "5: examples.hit: is not found by the pattern: `Error 1` — it would be with `ignore-case: true`"
    ),
    ("examples:\n  hit: [error 1, warning]\n  miss: [x]", "5: examples.hit: is not found by the pattern: `warning`"),
    (
      "examples:\n  hit: [error 1]\n  miss:\n    - x\n    - an error 17 here",
      "8: examples.miss: is found by the pattern: `error 17` — narrow the expression, or move the example to `hit`"
    ),
    (
      "examples:\n  hit: [error 1]\n  miss:\n    - error 17: b",
      "7: examples.miss: must be a text, not a mapping — a miss has no captures; a text with `: ` in it needs quotes"
    ),
  ])
  func refuses(_ body: String, _ expected: String) {
    #expect(examples(body).contains(expected))
  }

  @Test func anyFindingMayHaveTheCaptures() {
    #expect(
      examples(
        "examples:\n  hit:\n    - text: |\n        error 1\n        then error 2 in b\n      captures: {code: 2, file: b}\n  miss: ['']"
      ) == [])
  }

  @Test func examplesAreCleanedLikeLogs() {
    let yaml = #"""
      title: T
      match: '^disk full$'
      verdict: infrastructure
      examples:
        hit:
          - "\e[31mdisk \e[1mfull\e[0m"
          - "10 %\rdisk full"
          - "2026-01-02T03:04:05.678901Z disk full"
        miss:
          - 'the disk full of it'
      """#
    #expect(issues(yaml) == [])
  }

  @Test func whereAndTailAreLeftAside() {
    let yaml = CatalogFixture.file(
      "match: full", "tail: 1\nwhere: {branch: '^never$'}", hits: ["disk full\n\n\n\nlast line"], misses: ["x"])
    #expect(issues(yaml) == [])
  }

  @Test func sequences() {
    func sequence(_ hit: String, _ more: String = "") -> [String] {
      issues(
        "title: T\nsequence: ['^begin (?<a>\\w+)', '^end (?<b>\\w+)']\nverdict: failure\n\(more)examples:\n  hit:\n    - text: |\n"
          + hit.split(separator: "\n").map { "        \($0)\n" }.joined()
          + "      captures: {a: x, 2: y}\n  miss: ['begin x', 'end y']\n")
    }
    #expect(sequence("begin x\nbetween\nend y") == [])
    #expect(sequence("begin x\nend z") == ["9: examples.hit: capture 2 is `z`, not `y`"])
    #expect(sequence("begin x\nend") == ["6: examples.hit: is not found by the pattern: `begin x end` — no line matches step 2"])
    #expect(
      sequence("end y\nbegin x") == [
        "6: examples.hit: is not found by the pattern: `end y begin x` — each step must match a later line than the one before"
      ])
    #expect(
      sequence("begin x\n.\n.\nend y", "within: 3\n") == [
        "7: examples.hit: is not found by the pattern: `begin x . . end y` — not all steps lie within 3 lines"
      ])
  }

  @Test func tellsOfPossessiveRepetitions() {
    let yaml = CatalogFixture.file(#"match: '\w++\.\w++x end'"#, hits: ["ab.cx end"])
    #expect(issues(yaml).first?.contains("a possessive repetition (`++`) takes more than it should") == true)
  }

  @Test func tellsOfAnExampleThatBacktracks() {
    let yaml = CatalogFixture.file("match: '(a+)+$'", hits: ["aaa"], misses: [String(repeating: "a", count: 200) + "b"])
    #expect(
      issues(yaml) == [
        "8: examples.miss: could not be searched to the end (match-limit) — the expression backtracks too much; avoid a repetition within a repetition"
      ])
  }

  @Test func examplesCanBeLeftUnrun() {
    let yaml = CatalogFixture.file("match: 'no'", hits: ["yes"])
    #expect(PatternFile(path: "a.yaml", id: PatternID("a"), bytes: Array(yaml.utf8), runsExamples: false).pattern != nil)
    #expect(CatalogFixture.read(yaml).pattern == nil)
  }
}
