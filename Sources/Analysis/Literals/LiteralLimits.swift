/// How many literals, and how long, are kept while they are put together.
package struct LiteralLimits: Sendable {
  /// Literals in one set.
  let alternatives: Int
  /// Rounds of a repetition that are written out.
  let rounds: Int
  /// What is claimed already, each by its alternatives: a claim that follows from one of these says nothing new.
  let known: [[Literal]]

  package init(alternatives: Int = 64, rounds: Int = 16) { self.init(alternatives: alternatives, rounds: rounds, known: []) }

  init(alternatives: Int, rounds: Int = 16, known: [[Literal]]) {
    self.alternatives = alternatives
    self.rounds = rounds
    self.known = known
  }

  /// Whether a text that holds one of some known literals holds one of these in any case.
  func isKnown(_ literals: [Literal]) -> Bool {
    known.contains { $0.allSatisfy { one in literals.contains { $0.isImplied(by: one) } } }
  }

  /// Each of the first followed by each of the second; nil if that is too many.
  func product(_ first: [Literal], _ second: [Literal]) -> [Literal]? {
    guard first.count * second.count <= alternatives else { return nil }
    if first.count == 1, second.count == 1 { return [first[0].followed(by: second[0])] }
    let all = first.flatMap { literal in second.map { literal.followed(by: $0) } }
    // `ab` + `c` is `a` + `bc`, but pieces of one length can't be put together to the same in two ways.
    return isOfOneLength(first) || isOfOneLength(second) ? all : distinct(all)
  }

  private func isOfOneLength(_ literals: [Literal]) -> Bool {
    literals.allSatisfy { $0.bytes.count == literals[0].bytes.count && $0.ignoreCase == literals[0].ignoreCase }
  }

  /// Each once, in the order of their first occurrence.
  func distinct(_ literals: [Literal]) -> [Literal] {
    guard literals.count > 1 else { return literals }
    if literals.count <= 16 {
      // Comparing a few takes less time than hashing them.
      return literals.indices.filter { !literals[..<$0].contains(literals[$0]) }.map { literals[$0] }
    }
    var seen: Set<Literal> = []
    return literals.filter { seen.insert($0).inserted }
  }

  /// What several literals all begin with; nil for a single one, and where they have nothing in common.
  func commonPrefix(_ literals: [Literal]) -> Literal? {
    guard literals.count > 1, let first = literals.first else { return nil }
    var count = first.bytes.count
    for literal in literals.dropFirst() {
      guard literal.ignoreCase == first.ignoreCase, literal.anchoredAtStart == first.anchoredAtStart else { return nil }
      count = min(count, zip(first.bytes, literal.bytes).prefix { $0 == $1 }.count)
    }
    return count > 0 ? first.prefix(count) : nil
  }

  /// Cut to what is kept of beginnings: shorter if there are too many, and none that is a longer version of another.
  func prefixes(_ literals: [Literal]) -> [Literal] {
    reduce(literals) {
      $0.prefix($1)
    } isCovered: { literal, shorter in
      literal.bytes.starts(with: shorter.bytes)
    }
  }

  func suffixes(_ literals: [Literal]) -> [Literal] {
    reduce(literals) {
      $0.suffix($1)
    } isCovered: { literal, shorter in
      literal.bytes.suffix(shorter.bytes.count).elementsEqual(shorter.bytes)
    }
  }

  private func reduce(
    _ literals: [Literal], cut: (Literal, Int) -> Literal, isCovered: (Literal, _ by: Literal) -> Bool
  ) -> [Literal] {
    // An empty one covers all others.
    guard !literals.contains(.empty) else { return [.empty] }
    if literals.count == 1 { return [cut(literals[0], Literal.longest)] }
    for length in [Literal.longest, 12, 8, 6, 4] {
      let short = distinct(literals.map { cut($0, length) })
      guard short.count <= 4 * alternatives else { continue }
      let kept = short.filter { literal in
        !short.contains { other in
          other != literal && other.ignoreCase == literal.ignoreCase && !other.anchoredAtStart
            && other.bytes.count <= literal.bytes.count && isCovered(literal, other)
            && (other.bytes.count < literal.bytes.count || literal.anchoredAtStart)
        }
      }
      if kept.count <= alternatives { return kept }
    }
    return [.empty]
  }
}
