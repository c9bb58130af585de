/// What is known of the texts that a part of an expression matches.
///
/// The induction that `RequiredLiterals` makes, over the kinds of `ExpressionTree`. What each of the members says must hold of the whole if
/// it holds of the parts; of each case below it is said why it does. To say less is always right: fewer or shorter beginnings (`""` in the
/// end), no exact texts, no claim.
struct LiteralFacts {
  /// All texts, if they are few and short.
  var exact: [Literal]?
  /// Every text begins with one of these, and ends with one of those. Never none of them: of a text that nothing is known of, `""`.
  var prefixes: [Literal]
  var suffixes: [Literal]
  /// The line of every match holds one of these, whether in the text or around it.
  var claim: Claim?

  /// Alternatives, with what it costs to look for them.
  struct Claim {
    let literals: [Literal]
    let cost: Double

    /// Nil if that would claim nothing, for any text holds an empty one. Of literals that are too long parts are claimed: what holds the
    /// whole holds the part.
    init?(_ literals: [Literal], limits: LiteralLimits) { self.init(literals, limits: limits, below: .infinity) }

    /// Nil, too, if the cost isn't below the other's, or if it is known. Whatever is left out here, what is claimed stays true.
    private init?(_ literals: [Literal], limits: LiteralLimits, below bound: Double) {
      guard !literals.isEmpty, literals.count <= limits.alternatives, !literals.contains(where: { $0.bytes.isEmpty }) else {
        return nil
      }
      let parts = literals.map { $0.part(LiteralRarity.rarestPart(of: $0)) }
      let cost = LiteralRarity.cost(of: parts, bound: bound)
      guard cost < bound, !limits.isKnown(parts) else { return nil }
      self.literals = parts
      self.cost = cost
    }

    /// The better of a claim and what the literals, or what they have in common, would make.
    static func better(_ claim: Claim?, _ literals: [Literal], limits: LiteralLimits) -> Claim? {
      let next = Claim(literals, limits: limits, below: claim?.cost ?? .infinity) ?? claim
      // `error[E0` to `error[E9` are better looked for together.
      guard let common = limits.commonPrefix(literals) else { return next }
      return Claim([common], limits: limits, below: next?.cost ?? .infinity) ?? next
    }

    static func better(_ left: Claim?, _ right: Claim?) -> Claim? {
      guard let left else { return right }
      guard let right else { return left }
      return right.cost < left.cost ? right : left
    }
  }

  /// Of parts that match anything.
  static let anything = LiteralFacts(exact: nil, prefixes: [.empty], suffixes: [.empty], claim: nil)
  /// Of parts that match no text.
  static let empty = LiteralFacts(exact: [.empty])

  init(exact: [Literal], claim: Claim? = nil) {
    self.exact = exact
    prefixes = exact
    suffixes = exact
    self.claim = claim
  }

  init(exact: [Literal]?, prefixes: [Literal], suffixes: [Literal], claim: Claim?) {
    self.exact = exact
    self.prefixes = prefixes
    self.suffixes = suffixes
    self.claim = claim
  }

  /// The best that can be claimed of the line of every match: each text holds what it is, begins with or ends with, and the text is on
  /// the line.
  func best(_ limits: LiteralLimits) -> Claim? {
    var best = claim
    for set in exact.map({ [$0] }) ?? [prefixes, suffixes] { best = .better(best, set, limits: limits) }
    return best
  }

  /// Of AB, the texts of A with a text of B right behind.
  ///
  /// AB begins with what A begins with, and where all of A is known, goes on with what B begins with; it ends likewise. Its line is a line
  /// of A and a line of B, so it holds what is claimed of either. And where they touch, an end of A stands right before a beginning of B;
  /// what has no width, such as `\b`, is the text "" to this and comes between nothing.
  func followed(by next: LiteralFacts, _ limits: LiteralLimits) -> LiteralFacts {
    // Of two claims that both hold either may be dropped.
    let inherited = Claim.better(claim, next.claim)
    if let exact, let other = next.exact, let all = limits.product(exact, other),
      all.allSatisfy({ $0.bytes.count <= Literal.longest })
    {
      return LiteralFacts(exact: all, claim: inherited)
    }
    let across = limits.product(suffixes, next.prefixes)
    var facts = LiteralFacts(
      exact: nil,
      prefixes: exact.map { limits.prefixes(limits.product($0, next.prefixes) ?? $0) } ?? prefixes,
      suffixes: next.exact.map { limits.suffixes(limits.product(suffixes, $0) ?? $0) } ?? next.suffixes,
      claim: inherited)
    if let across { facts.claim = .better(facts.claim, across, limits: limits) }
    facts.claim = .better(facts.claim, suffixes, limits: limits)
    facts.claim = .better(facts.claim, next.prefixes, limits: limits)
    return facts
  }

  /// Of A|B: a text is one of A's or one of B's, so whatever is said of all must be said of each. Beginnings, ends and exact texts add up;
  /// a claim is made only if each branch makes one, for a text of the branch that makes none may hold anything.
  static func either(_ branches: [LiteralFacts], _ limits: LiteralLimits) -> LiteralFacts {
    func claim() -> Claim? {
      var all: [Literal] = []
      for branch in branches {
        guard let claim = branch.best(limits) else { return nil }
        all += claim.literals
      }
      return Claim(limits.distinct(all), limits: limits)
    }
    let exact = branches.compactMap { $0.exact }
    if exact.count == branches.count {
      let all = limits.distinct(exact.flatMap { $0 })
      if all.count <= limits.alternatives {
        return LiteralFacts(exact: all, claim: branches.contains { $0.claim != nil } ? claim() : nil)
      }
    }
    return LiteralFacts(
      exact: nil, prefixes: limits.prefixes(branches.flatMap { $0.prefixes }),
      suffixes: limits.suffixes(branches.flatMap { $0.suffixes }),
      claim: claim())
  }

  /// Of A{least,most}: `least` copies stand side by side, which is AA…A, as far as it is written out here. If there may be more, or were
  /// rounds left out, then whole copies follow: the text still begins as the first ones do, and holds what they hold. It ends with as many
  /// copies, too, of which those written out may be taken for the last. What it is exactly isn't known any more.
  func repeated(least: Int, most: Int?, _ limits: LiteralLimits) -> LiteralFacts {
    guard most != 0 else { return .empty }
    // Perhaps no copy at all, so nothing of A can be claimed.
    guard least > 0 else { return most == 1 ? .either([self, .empty], limits) : .anything }
    var facts = self
    var rounds = 1
    while rounds < least, rounds < limits.rounds {
      facts = facts.followed(by: self, limits)
      rounds += 1
    }
    guard rounds < least || most != least else { return facts }
    return LiteralFacts(exact: nil, prefixes: facts.prefixes, suffixes: facts.suffixes, claim: facts.best(limits))
  }

  /// Of a text that is only looked at: it adds nothing to the match, but lies on the line wherever it is, ahead or behind.
  func lookedAt(_ limits: LiteralLimits) -> LiteralFacts { LiteralFacts(exact: [.empty], claim: best(limits)) }
}
