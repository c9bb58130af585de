/// What a pattern's author says is to be done. Of Markdown it has code between backticks; all else is text.
enum Remedy {
  static func markup(_ remedy: String?) -> Markup {
    var markup = Markup()
    guard let remedy else { return markup }
    let parts = remedy.split(separator: "`", omittingEmptySubsequences: false)
    for (place, part) in parts.enumerated() {
      // A last backtick that nothing closes is text.
      let isOpen = place == parts.count - 1 && place % 2 == 1
      if place % 2 == 0 || isOpen {
        markup.text((isOpen ? "`" : "") + String(part))
      } else {
        markup.element("code", [:], String(part))
      }
    }
    return markup
  }
}
