import Mustache

/// HTML that is made by code, as it is too much of it for a template: the lines of a log, the bars of a chart, the cells of a grid.
///
/// Whatever is given to it as text or as an attribute's value is escaped; names of elements and attributes can only be literals of the
/// source. So a value of this type is the one thing that a template may put in with three braces.
struct Markup: Sendable, MustacheCustomRenderable {
  private(set) var html = ""

  var renderText: String { html }
  var isNull: Bool { html.isEmpty }

  /// Begins an element; values that are nil leave their attribute out.
  mutating func open(_ element: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:]) {
    html += "<\(element)"
    for (name, value) in attributes {
      guard let value else { continue }
      html += " \(name)=\""
      html += SafeHTML.escape(value)
      html += "\""
    }
    html += ">"
  }

  mutating func close(_ element: StaticString) { html += "</\(element)>" }

  mutating func text(_ text: String) { html += SafeHTML.escape(text) }

  /// An element with nothing but text in it.
  mutating func element(_ element: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:], _ text: String) {
    open(element, attributes)
    self.text(text)
    close(element)
  }

  /// A link; the same text without one where there is no address.
  mutating func link(_ attributes: KeyValuePairs<StaticString, String?>, to address: String?, _ text: String) {
    guard let address else { return element("span", attributes, text) }
    open("a", attributes)
    html.removeLast()
    html += " href=\"\(SafeHTML.escape(address))\">"
    self.text(text)
    close("a")
  }

  mutating func newline() { html += "\n" }
}
