import Model

/// The literals of a pattern's expressions, for explaining what a scan costs.
package struct PatternLiterals: Sendable {
  /// One for `match` and `literal`, one per step for a sequence.
  package let steps: [Step]

  package struct Step: Sendable {
    /// `match`, `literal`, `sequence[2]`.
    package let field: String
    package let expression: String
    package let literals: LiteralSet
    /// Why it takes longer than others, in words; empty if it doesn't.
    package let slowness: [String]
    package var tier: Tier { Tier(literals) }
  }

  /// How an expression is searched for, by the length of its shortest literal.
  package enum Tier: String, Sendable, CaseIterable {
    /// Of 11 bytes and more: eight bytes in every four positions are enough to look at.
    case long
    /// Of 7 to 10: four bytes in every four positions.
    case medium
    /// Of 4 to 6: every position.
    case short
    /// Shorter, or none: PCRE2 tries the expression on every line.
    case everyLine = "every-line"

    package init(_ literals: LiteralSet) {
      switch literals.shortest {
      case 11...: self = .long
      case 7...: self = .medium
      case RequiredLiterals.shortestUseful...: self = .short
      default: self = .everyLine
      }
    }
  }

  package init(_ definition: MatchDefinition) {
    let isLiteral = if case .literal = definition.matcher { true } else { false }
    let isSequence = if case .sequence = definition.matcher { true } else { false }
    steps = definition.matcher.expressions.enumerated().map { index, expression in
      let literals = RequiredLiterals.of(expression, ignoreCase: definition.ignoreCase, literal: isLiteral)
      return Step(
        field: isSequence ? "sequence[\(index + 1)]" : isLiteral ? "literal" : "match", expression: expression, literals: literals,
        slowness: SlownessReasons.of(expression, ignoreCase: definition.ignoreCase, literal: isLiteral, literals: literals))
    }
  }

  /// The slowest of the steps.
  package var tier: Tier { steps.map(\.tier).max { $0.rank < $1.rank } ?? .everyLine }
}

extension PatternLiterals.Tier {
  fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
