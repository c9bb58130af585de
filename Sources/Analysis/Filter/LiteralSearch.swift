/// How a filter looks for a literal.
package struct LiteralSearch: Hashable, Sendable {
  package let tier: Tier
  /// The part of `Literal.searchedBytes` that is looked for first; where that is found, the rest is compared. Empty if it isn't looked for.
  package let window: [UInt8]

  /// From the fastest to the slowest.
  package enum Tier: String, Sendable, CaseIterable, Comparable {
    /// No segment can hold the literal.
    case never
    /// By the 8-grams of eleven bytes, at every fourth position: in eleven bytes there is one that begins at such a position.
    case eights
    /// Likewise by the 4-grams of seven bytes.
    case fours
    /// By four to six bytes, at every position.
    case short
    /// By nothing, as the literal or another one of its expression is too short: each segment is looked at.
    case everyLine = "every-line"

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }
}
