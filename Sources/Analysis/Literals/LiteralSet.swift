/// What the segment of every match of an expression is known to hold.
package enum LiteralSet: Hashable, Sendable {
  /// Nothing is known: the expression must be tried on every segment.
  case any
  /// At least one of these, none of them empty.
  case literals([Literal])

  /// Whether the claim holds for a text.
  package func allows(_ text: some Collection<UInt8>) -> Bool {
    switch self {
    case .any: true
    case .literals(let literals): literals.contains { $0.occurs(in: text) }
    }
  }

  /// The literals; none if nothing is known.
  package var literals: [Literal] {
    switch self {
    case .any: []
    case .literals(let literals): literals
    }
  }

  /// Whether a segment can be searched by the literals: something is known, and none of those that it may hold is too short.
  package var isSearchable: Bool {
    guard case .literals(let literals) = self else { return false }
    return literals.allSatisfy { !$0.fitsSegment || $0.searchedBytes.count >= Literal.shortest }
  }
}
