/// Says by which literals an expression can be searched for.
///
/// The claim is that whenever PCRE2 finds a match in a text, the text holds at least one of them. It follows by induction over the
/// expression's tree; nothing else of the scanner's speed rests on what an expression means.
package enum RequiredLiterals {
  /// - Parameters:
  ///   - ignoreCase: the expression is compiled so that case doesn't matter.
  ///   - literal: the expression is a plain string.
  package static func of(_ expression: String, ignoreCase: Bool, literal: Bool) -> LiteralSet {
    let claim = claim(expression, ignoreCase: ignoreCase, literal: literal, spellsOutPartners: false)
    // Where k and s break the text into pieces that are too short, their partners make it longer at the price of more literals.
    if claim?.isUseful != true,
      let longer = self.claim(expression, ignoreCase: ignoreCase, literal: literal, spellsOutPartners: true),
      longer.isUseful || claim == nil
    {
      return result(longer)
    }
    return claim.map(result) ?? .any
  }

  /// The claim without a second thought: for checking it with limits that are soon reached.
  package static func of(
    _ expression: String, ignoreCase: Bool, literal: Bool, spellsOutPartners: Bool, limits: LiteralLimits
  ) -> LiteralSet {
    let claim = claim(
      expression, ignoreCase: ignoreCase, literal: literal, spellsOutPartners: spellsOutPartners, limits: limits)
    return claim.map(result) ?? .any
  }

  /// What the segment of every match must hold besides: to be looked for where the literals that the expression is searched by were found,
  /// before PCRE2 is asked. Nothing where these are rare.
  ///
  /// Each set is a claim by itself, by the same induction; what is claimed already only decides which one is made.
  /// - Parameters:
  ///   - first: what `of` says of the same expression.
  ///   - rare: what is found less often than this, per byte, needs no second look, which saves a tenth of a microsecond at most.
  ///   - telling: what is found more often than this is on nearly every line.
  package static func further(
    _ expression: String, ignoreCase: Bool, literal: Bool, beside first: LiteralSet, rare: Double = 1e-6, telling: Double = 5e-3
  ) -> [LiteralSet] {
    guard case .literals(let literals) = first else { return [] }
    // What is too short to search by can still be looked for in a segment.
    var sets = first.isSearchable ? [] : [first]
    guard LiteralRarity.frequency(of: literals) > rare else { return sets }
    let tree = ExpressionParser.parse(expression, ignoreCase: ignoreCase, literal: literal)
    var known = [literals]
    while known.count <= 2,
      let claim = claim(of: tree, limits: LiteralLimits(alternatives: 8, known: known)),
      LiteralRarity.frequency(of: claim.literals) < telling
    {
      known.append(claim.literals)
      sets.append(.literals(claim.literals))
    }
    return sets
  }

  private static func claim(
    _ expression: String, ignoreCase: Bool, literal: Bool, spellsOutPartners: Bool, limits: LiteralLimits = LiteralLimits()
  ) -> LiteralFacts.Claim? {
    let tree = ExpressionParser.parse(expression, ignoreCase: ignoreCase, literal: literal, spellsOutPartners: spellsOutPartners)
    return claim(of: tree, limits: limits)
  }

  static func claim(of tree: ExpressionTree, limits: LiteralLimits = LiteralLimits()) -> LiteralFacts.Claim? {
    facts(of: tree, limits).best(limits)
  }

  private static func result(_ claim: LiteralFacts.Claim) -> LiteralSet {
    let literals = LiteralLimits().distinct(claim.literals)
    return .literals(literals.filter { literal in !literals.contains { $0 != literal && $0.isImplied(by: literal) } })
  }

  private static func facts(of tree: ExpressionTree, _ limits: LiteralLimits) -> LiteralFacts {
    switch tree {
    case .anything: return .anything
    case .empty: return .empty
    case .start: return LiteralFacts(exact: [Literal([], anchoredAtStart: true)])
    case .text(let bytes, let ignoreCase):
      // In pieces, so that of a long text every part is looked at.
      let piece = Literal.longest / 2
      var facts = LiteralFacts.empty
      for start in stride(from: 0, to: bytes.count, by: piece) {
        let part = Literal(Array(bytes[start..<min(start + piece, bytes.count)]), ignoreCase: ignoreCase)
        facts = facts.followed(by: LiteralFacts(exact: [part]), limits)
      }
      return facts
    case .sequence(let parts): return parts.reduce(.empty) { $0.followed(by: facts(of: $1, limits), limits) }
    case .choice(let branches): return .either(branches.map { facts(of: $0, limits) }, limits)
    case .repetition(let body, let least, let most): return facts(of: body, limits).repeated(least: least, most: most, limits)
    case .look(let body): return facts(of: body, limits).lookedAt(limits)
    }
  }
}

extension LiteralFacts.Claim {
  fileprivate var isUseful: Bool { LiteralSet.literals(literals).isSearchable }
}
