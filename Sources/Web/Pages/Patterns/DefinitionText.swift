import Model

/// What a pattern matches, as its file would say it.
enum DefinitionText {
  static func lines(of definition: MatchDefinition) -> [String] {
    var lines: [String] = []
    switch definition.matcher {
    case .match(let expression): lines.append("match: \(quoted(expression))")
    case .literal(let text): lines.append("literal: \(quoted(text))")
    case .sequence(let steps, let within):
      lines.append("sequence:")
      lines += steps.map { "  - \(quoted($0))" }
      if within != MatchDefinition.defaultWithin { lines.append("within: \(within)") }
    }
    if definition.ignoreCase { lines.append("ignore-case: true") }
    if !definition.scope.isEmpty {
      lines.append("where:")
      lines += Scope.Field.allCases.compactMap { field in
        definition.scope.expressions[field].map { "  \(field.rawValue): \(quoted($0))" }
      }
    }
    if let tail = definition.tail { lines.append("tail: \(tail)") }
    return lines
  }

  /// In single quotes, in which YAML takes everything as it is but the quote itself.
  private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

  /// A line of the difference of two texts.
  struct Change: APIValue {
    /// ` ` for a line of both, `-` for one that went, `+` for one that came.
    let sign: String
    let text: String

    static let schema = Schema.object("DefinitionChange", ["sign": .choice([" ", "-", "+"]), "text": .string])
  }

  /// The difference as few lines as can be (the longest common subsequence). Definitions are short.
  static func difference(from old: [String], to new: [String]) -> [Change] {
    let difference = new.difference(from: old)
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var changes: [Change] = []
    var (before, after) = (0, 0)
    while before < old.count || after < new.count {
      if before < old.count, removed.contains(before) {
        changes.append(Change(sign: "-", text: old[before]))
        before += 1
      } else if after < new.count, inserted.contains(after) {
        changes.append(Change(sign: "+", text: new[after]))
        after += 1
      } else {
        changes.append(Change(sign: " ", text: new[after]))
        before += 1
        after += 1
      }
    }
    return changes
  }
}
