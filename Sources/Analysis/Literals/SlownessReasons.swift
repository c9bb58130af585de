import PCRE2

/// Says in words why an expression takes longer than others.
enum SlownessReasons {
  /// - Parameter literals: what the expression is searched by.
  static func of(_ expression: String, ignoreCase: Bool, literal: Bool, literals: LiteralSet) -> [String] {
    var reasons: [String] = []
    switch literals {
    case .any: reasons.append(withoutLiterals(expression, ignoreCase: ignoreCase, literal: literal))
    case .literals(let all):
      let fitting = all.filter(\.fitsSegment)
      if !literals.isSearchable, let shortest = fitting.min(by: { $0.searchedBytes.count < $1.searchedBytes.count }) {
        reasons.append("its text \(shortest.quoted)\(length(of: shortest)) is too short to search by, so every line is looked at")
      } else if fitting.isEmpty {
        reasons.append("it needs a line break, which no line holds, so it finds nothing")
      } else if all.count > 16 {
        reasons.append("it is searched by \(all.count) texts; each costs a little")
      }
    }
    var options: Regex.Options = []
    if ignoreCase { options.insert(.ignoreCase) }
    if literal { options.insert(.literal) }
    if let regex = try? Regex(expression, options: options), !regex.isJIT {
      reasons.append("PCRE2 can't translate it to machine code and interprets it")
    }
    return reasons
  }

  private static func length(of literal: Literal) -> String {
    let bytes = literal.bytes.count == 1 ? "1 byte" : "\(literal.bytes.count) bytes"
    return literal.anchoredAtStart ? " of \(bytes), with the line break before it," : " of \(bytes)"
  }

  private static func withoutLiterals(_ expression: String, ignoreCase: Bool, literal: Bool) -> String {
    let effect = "so it is tried on every line"
    let tree = ExpressionParser.parse(expression, ignoreCase: ignoreCase, literal: literal)
    if case .choice(let branches) = tree {
      let bare = branches.indices.filter { RequiredLiterals.claim(of: branches[$0]) == nil }
      if let first = bare.first, bare.count < branches.count {
        return "alternative \(first + 1) of \(branches.count) needs no text that is always the same, \(effect)"
      }
    }
    let understood = tree != .anything
    return understood ? "no text is in every match, \(effect)" : "nothing is known of the text in its matches, \(effect)"
  }
}
