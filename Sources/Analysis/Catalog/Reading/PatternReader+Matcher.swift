import Model
import PCRE2
import Yams

extension PatternReader {
  static let withinRange = 1...10_000
  static let stepsRange = 2...20
  static let tailRange = 1...Int(Int32.max)

  /// What is matched. Nil if the file doesn't say so clearly enough to go on with.
  mutating func definition(_ fields: [String: Node], _ root: Node.Mapping) -> MatchDefinition? {
    let matcher = self.matcher(fields, root)
    let ignoreCase = boolean(fields[PatternField.ignoreCase.rawValue], .ignoreCase)
    let scope = self.scope(fields[PatternField.scope.rawValue])
    let tail = integer(fields[PatternField.tail.rawValue], .tail, in: Self.tailRange)
    return matcher.map { MatchDefinition(matcher: $0, ignoreCase: ignoreCase, scope: scope, tail: tail) }
  }

  private mutating func matcher(_ fields: [String: Node], _ root: Node.Mapping) -> MatchDefinition.Matcher? {
    let given = PatternField.matchers.filter { fields[$0.rawValue] != nil }
    let within = self.within(fields, given)
    if given.count > 1 {
      for field in given.dropFirst() {
        report(
          lines[field.rawValue], field.rawValue, "stands beside `\(given[0].rawValue)`",
          "a pattern has exactly one of match, literal, sequence")
      }
      return nil
    }
    guard let field = given.first, let node = fields[field.rawValue] else {
      report(root.line, nil, "match, literal or sequence is missing", "say what to search for: `match: 'an expression'`")
      return nil
    }
    switch field {
    case .sequence:
      guard let steps = self.steps(node) else { return nil }
      if within < steps.count {
        report(
          lines[PatternField.within.rawValue], PatternField.within.rawValue,
          "leaves no room: \(steps.count) steps need as many lines", "write \(steps.count) or more")
      }
      return .sequence(steps, within: within)
    case .literal: return expression(node, field.rawValue).map { .literal($0) }
    default: return expression(node, field.rawValue).map { .match($0) }
    }
  }

  private mutating func within(_ fields: [String: Node], _ given: [PatternField]) -> Int {
    guard let node = fields[PatternField.within.rawValue] else { return MatchDefinition.defaultWithin }
    if !given.contains(.sequence) {
      report(lines[PatternField.within.rawValue], PatternField.within.rawValue, "is for `sequence` only", "leave it out")
    }
    return integer(node, .within, in: Self.withinRange) ?? MatchDefinition.defaultWithin
  }

  private mutating func steps(_ node: Node) -> [String]? {
    let field = PatternField.sequence.rawValue
    guard let sequence = node.sequence else {
      report(node.line, field, "must be a list, not a \(node.kind)", "one expression per line, each after `- `")
      return nil
    }
    guard Self.stepsRange.contains(sequence.count) else {
      let isFew = sequence.count < Self.stepsRange.lowerBound
      report(
        node.line, field, "has \(sequence.count) step\(sequence.count == 1 ? "" : "s")",
        isFew ? "for a single line use `match`" : "at most \(Self.stepsRange.upperBound) are possible")
      return nil
    }
    var steps: [String] = []
    for (index, entry) in sequence.enumerated() {
      let name = "\(field)[\(index + 1)]"
      note(entry.line, of: name)
      if let step = expression(entry, name) { steps.append(step) }
    }
    return steps.count == sequence.count ? steps : nil
  }

  /// An expression as it is written; `404`, `null` and a blank are expressions, too.
  private mutating func expression(_ node: Node, _ field: String) -> String? {
    guard let scalar = node.scalar else {
      report(node.line, field, "must be a text, not a \(node.kind)", field == "match" ? "for several lines use `sequence`" : nil)
      return nil
    }
    guard !scalar.string.isEmpty else {
      report(node.line, field, "is empty", "an empty expression would match every line")
      return nil
    }
    return scalar.string
  }

  private mutating func scope(_ node: Node?) -> Scope {
    let field = PatternField.scope.rawValue
    guard let node else { return Scope() }
    guard let mapping = node.mapping else {
      report(node.line, field, "must be a mapping, not a \(node.kind)", "write `branch: '^main$'` or the like, indented, below it")
      return Scope()
    }
    if mapping.isEmpty { report(node.line, field, "is empty", "give it a field or leave it out") }
    var expressions: [Scope.Field: String] = [:]
    let fields = self.fields(of: mapping, path: field, known: Scope.Field.allCases.map(\.rawValue))
    for name in Scope.Field.allCases {
      guard let node = fields[name.rawValue] else { continue }
      expressions[name] = expression(node, "\(field).\(name.rawValue)")
    }
    return Scope(expressions)
  }

  // MARK: - Expressions

  /// Compiles every expression. Returns what the matcher captures, or nil if it can't work.
  mutating func compile(_ definition: MatchDefinition) -> CaptureNames? {
    for name in Scope.Field.allCases {
      guard let expression = definition.scope.expressions[name] else { continue }
      _ = compile(expression, [], "\(PatternField.scope.rawValue).\(name.rawValue)")
    }
    var options: Regex.Options = definition.ignoreCase ? .ignoreCase : []
    var compiled: [Regex?] = []
    switch definition.matcher {
    case .match(let expression):
      compiled = [compile(expression, options, PatternField.match.rawValue)]
    case .literal(let text):
      options.insert(.literal)
      compiled = [compile(text, options, PatternField.literal.rawValue)]
    case .sequence(let steps, within: _):
      for (index, step) in steps.enumerated() {
        compiled.append(compile(step, options, "\(PatternField.sequence.rawValue)[\(index + 1)]"))
      }
    }
    let regexes = compiled.compactMap(\.self)
    return regexes.count == compiled.count ? CaptureNames(regexes) : nil
  }

  private mutating func compile(_ expression: String, _ options: Regex.Options, _ field: String) -> Regex? {
    do throws(PCRE2Error) {
      let regex = try Regex(expression, options: options)
      guard !needsLineEnd(expression, options) else {
        let isTrailing = expression.hasSuffix("\n")
        report(
          lines[field], field, isTrailing ? "ends with a line break, so that it can never match" : "can never match across lines",
          isTrailing ? "in YAML, write `|-` instead of `|`" : "each line is matched on its own; use `sequence` for several lines")
        return nil
      }
      return regex
    } catch {
      report(
        lines[field], field, "\(error.message) at byte \(error.offset)",
        ExpressionExcerpt.around(error.offset, in: expression))
      return nil
    }
  }

  private func needsLineEnd(_ expression: String, _ options: Regex.Options) -> Bool {
    options.contains(.literal)
      ? expression.utf8.contains(UInt8(ascii: "\n")) : ExpressionSketch(expression).needsNewline
  }
}
