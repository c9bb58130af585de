/// An expression for the lines of a template: its texts literally, classes where something is masked, captures where the value may tell
/// two failures apart.
struct DraftedExpression {
  /// PCRE2, anchored at the line's start.
  private(set) var match = "^"
  /// What it matches in words, with `${name}` for captures and `…` for what else is masked.
  private(set) var title = ""
  /// The captures that may make two findings the same failure, in their order.
  private(set) var groups: [String] = []

  /// Literal characters after which a line has said enough.
  private static let enoughText = 120
  private static let mostCaptures = 4

  private var captures: [String] = []
  private var length = 0

  /// - Parameter isIndented: whether white space may stand before it.
  init(_ template: LineTemplate, isIndented: Bool) {
    if isIndented { match += #"\s*+"# }
    let parts = Self.withoutTail(template.parts)
    for (index, part) in parts.enumerated() where length < Self.enoughText {
      switch part {
      case .text(let text): add(text)
      case .mask(let kind, value: _):
        let next = index + 1 < parts.count ? parts[index + 1].value.first : nil
        add(kind, before: next)
      }
    }
  }

  /// Without the masks at the end, and the marks between them, unless they are captured: they match anything, and group by it.
  private static func withoutTail(_ parts: [LineTemplate.Part]) -> ArraySlice<LineTemplate.Part> {
    var rest = parts[...]
    while let last = rest.last {
      switch last {
      case .mask(let kind, value: _) where !kind.groups: rest.removeLast()
      case .text(let text) where LineTemplate.words(in: text).isEmpty && rest.count > 1 && !isCaptured(rest[rest.endIndex - 2]):
        rest.removeLast()
      default: return rest
      }
    }
    return parts[...]
  }

  private static func isCaptured(_ part: LineTemplate.Part) -> Bool {
    if case .mask(let kind, value: _) = part { kind.groups } else { false }
  }

  private mutating func add(_ text: String) {
    var taken = text
    if length + text.count > Self.enoughText {
      // To the end of a word; what follows it need not be there.
      let room = max(1, Self.enoughText - length)
      taken = String(text.prefix(room)) + text.dropFirst(room).prefix { !$0.isWhitespace }
      length = Self.enoughText
    }
    length += taken.count
    match += Self.escaped(taken)
    title += taken.replacing("${", with: "$ {")
  }

  private mutating func add(_ kind: MaskKind, before next: Character?) {
    let expression = kind.expression(before: next)
    guard let base = kind.capture, captures.count < Self.mostCaptures else {
      match += expression
      title += "…"
      return
    }
    let same = captures.count { $0 == base || $0.hasPrefix(base + "_") }
    let name = same == 0 ? base : "\(base)_\(same + 1)"
    captures.append(name)
    if kind.groups { groups.append(name) }
    match += "(?<\(name)>\(expression))"
    title += "${\(name)}"
  }

  /// The text as an expression that matches just it, but for how wide its gaps are.
  private static func escaped(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      if character == "\t" || (character == " " && (rest.first == " " || rest.first == "\t")) {
        rest = rest.drop { $0 == " " || $0 == "\t" }
        result += #"\s+"#
      } else if #"\^$.[]|()?*+{}"#.contains(character) {
        result += "\\\(character)"
      } else {
        result.append(character)
      }
    }
    return result
  }
}
