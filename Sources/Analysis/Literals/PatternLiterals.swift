import Model

/// By what a pattern's expressions are searched for, for explaining what a scan costs.
package struct PatternLiterals: Sendable {
  /// One for `match` and `literal`, one per step for a sequence.
  package let steps: [Step]

  package struct Step: Sendable {
    /// `match`, `literal`, `sequence[2]`.
    package let field: String
    package let expression: String
    package let literals: LiteralSet
    /// How each of the literals is looked for.
    package let searches: [LiteralSearch]
    /// What a segment must hold besides, before PCRE2 is asked.
    package let further: [LiteralSet]
    /// Why it takes longer than others, in words; empty if it doesn't.
    package let slowness: [String]

    /// The slowest of the ways in which its literals are looked for.
    package var tier: LiteralSearch.Tier { searches.map(\.tier).max() ?? .everyLine }
  }

  /// - Parameter catalogue: the other patterns of a scan. Where there are many literals, the long ones are looked for in another way.
  package init(_ definition: MatchDefinition, among catalogue: [MatchDefinition] = []) {
    let isLiteral = definition.matcher.isLiteral
    let isSequence = if case .sequence = definition.matcher { true } else { false }
    let sets = Self.sets(definition)
    let plan = LiteralPlan(sets + catalogue.flatMap(Self.sets))
    steps = zip(definition.matcher.expressions, sets).enumerated().map { index, step in
      let (expression, literals) = step
      return Step(
        field: isSequence ? "sequence[\(index + 1)]" : isLiteral ? "literal" : "match", expression: expression, literals: literals,
        searches: plan.searches(literals),
        further: RequiredLiterals.further(expression, ignoreCase: definition.ignoreCase, literal: isLiteral, beside: literals),
        slowness: SlownessReasons.of(expression, ignoreCase: definition.ignoreCase, literal: isLiteral, literals: literals))
    }
  }

  private static func sets(_ definition: MatchDefinition) -> [LiteralSet] {
    definition.matcher.expressions.map {
      RequiredLiterals.of($0, ignoreCase: definition.ignoreCase, literal: definition.matcher.isLiteral)
    }
  }

  /// The slowest of the steps.
  package var tier: LiteralSearch.Tier { steps.map(\.tier).max() ?? .everyLine }
}

extension MatchDefinition.Matcher {
  fileprivate var isLiteral: Bool { if case .literal = self { true } else { false } }
}
