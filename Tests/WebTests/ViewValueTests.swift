import Model
import Mustache
import Testing

@testable import Web

@Suite struct ViewValueTests {
  private struct Row {
    let link: String?
    let names: [String]
    let when: CalendarDay?
    var isNew: Bool
  }

  private struct Page {
    let link = "/outside"
    let rows: [Row]
  }

  @Test func whatIsNilIsNotTakenFromAround() throws {
    let template = try MustacheTemplate(
      string:
        "{{#rows}}[{{#link}}{{link}}{{/link}}{{^link}}none{{/link}}|{{#names}}{{.}},{{/names}}|{{when}}|{{#isNew}}new{{/isNew}}|{{^empty(names)}}some{{/empty(names)}}]{{/rows}}"
    )
    let page = Page(
      rows: [
        Row(link: nil, names: [], when: nil, isNew: false),
        Row(link: "/x?a&b", names: ["<a>", "b"], when: CalendarDay("2027-01-10"), isNew: true),
      ])
    #expect(template.render(ViewValue.of(page)) == "[none||||][/x?a&amp;b|&lt;a&gt;,b,|2027-01-10|new|some]")
  }
}
