/// A pattern's name: its path under the pattern folder without the ending, `network/connection-reset`.
package struct PatternID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(_ rawValue: String) { self.rawValue = rawValue }

  package var description: String { rawValue }

  /// Orders by bytes, so that the order is the same in every locale and in PostgreSQL's `C` collation.
  package static func < (left: PatternID, right: PatternID) -> Bool {
    left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
  }
}
