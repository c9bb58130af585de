import Model
import PCRE2

/// One of the expressions that a pattern runs on lines, ready to be looked at.
struct CheckedExpression {
  /// `match`, `literal`, `sequence[2]`.
  let field: String
  let regex: Regex
  let sketch: ExpressionSketch
  /// What it is searched by.
  let literals: LiteralSet
  /// Whether every line is searched for it; later steps of a sequence only matter where an earlier one was found.
  var isFirst: Bool { !field.hasPrefix("sequence[") || field == "sequence[1]" }

  /// Leaves out what doesn't compile.
  static func all(of definition: MatchDefinition) -> [CheckedExpression] {
    let options: Regex.Options = definition.ignoreCase ? .ignoreCase : []
    func checked(_ field: String, _ expression: String) -> CheckedExpression? {
      guard let regex = try? Regex(expression, options: options) else { return nil }
      let literals = RequiredLiterals.of(expression, ignoreCase: definition.ignoreCase, literal: false)
      return CheckedExpression(field: field, regex: regex, sketch: ExpressionSketch(expression), literals: literals)
    }
    switch definition.matcher {
    case .match(let expression): return [checked("match", expression)].compactMap(\.self)
    case .literal(let text):
      guard let regex = try? Regex(text, options: options.union(.literal)) else { return [] }
      let literals = RequiredLiterals.of(text, ignoreCase: definition.ignoreCase, literal: true)
      return [CheckedExpression(field: "literal", regex: regex, sketch: ExpressionSketch(literal: text), literals: literals)]
    case .sequence(let steps, within: _):
      return steps.enumerated().compactMap { checked("sequence[\($0.offset + 1)]", $0.element) }
    }
  }
}
