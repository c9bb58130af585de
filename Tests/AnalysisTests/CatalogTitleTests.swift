import Analysis
import Model
import Testing

@Suite struct CatalogTitleTests {
  private let captures = [
    Finding.Capture(number: 1, name: "test", value: "a.b"), Finding.Capture(number: 2, value: "two\nlines\u{1B}"),
    Finding.Capture(number: 3, name: "empty", value: ""), Finding.Capture(number: 4, name: "test", value: "${2}"),
  ]

  @Test(arguments: [
    ("plain", "plain"), ("${1} failed", "a.b failed"), ("${test} failed", "${2} failed"), ("${2}", "two lines"),
    ("in ${empty}!", "in …!"),
    ("in ${missing}", "in …"), ("costs $5 ${", "costs $5 ${"), ("${1}${1}", "a.ba.b"), ("  a \n b ", "a b"), ("", ""),
  ])
  func renders(_ title: String, _ expected: String) {
    #expect(TitleTemplate.render(title, captures: captures) == expected)
  }

  @Test func staysShort() {
    let long = [Finding.Capture(number: 1, value: String(repeating: "é", count: 500))]
    let title = TitleTemplate.render("x ${1}", captures: long)
    #expect(title.count == 200 && title.hasSuffix("é…"))
  }

  private func key(_ groupBy: [String], _ captures: [Finding.Capture], whole: String = "whole") -> String {
    let finding = Finding(
      pattern: PatternID("a"), line: 1, segment: 0, start: 0, end: 1, captures: captures, matched: whole, text: whole)
    return GroupKey.of(finding, groupBy: groupBy)
  }

  @Test func groupsByCapturesOrTheWholeMatch() {
    #expect(key([], captures) == "whole")
    #expect(key(["1"], captures) == "a.b")
    #expect(key(["1", "empty", "nine"], captures) == "a.b\u{1F}\u{1F}\\N")
  }

  @Test func differentValuesGiveDifferentKeys() {
    func pair(_ first: String?, _ second: String?) -> String {
      let values = [(1, first), (2, second)].compactMap { number, value in value.map { Finding.Capture(number: number, value: $0) }
      }
      return self.key(["1", "2"], values)
    }
    let values: [String?] = [nil, "", "a", "\\", "\\N", "N", "\u{1F}", "a\u{1F}", "\\s", "s", "\0", "\\0", "0", "\\\\"]
    var keys: Set<String> = []
    for first in values { for second in values { keys.insert(pair(first, second)) } }
    #expect(keys.count == values.count * values.count)
    #expect(keys.allSatisfy { !$0.contains("\0") })
  }

  @Test func longKeysKeepApart() {
    let long = String(repeating: "é", count: 600)
    let keys = [key([], captures, whole: long + "1"), key([], captures, whole: long + "2"), key([], captures, whole: "x" + long)]
    #expect(Set(keys).count == 3)
    #expect(keys.allSatisfy { $0.utf8.count <= 512 && $0.utf8.count > 500 })
    #expect(key([], captures, whole: String(repeating: "x", count: 512)).utf8.allSatisfy { $0 == UInt8(ascii: "x") })
  }
}
