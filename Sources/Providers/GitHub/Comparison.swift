/// How two commits stand to each other.
package struct Comparison: Sendable, Equatable {
  package enum Status: String, Sendable, CaseIterable, Codable {
    /// The head has the base among its ancestors.
    case ahead
    /// The base has the head among its ancestors.
    case behind
    case diverged
    case identical
  }

  package let status: Status
  /// Full object name of the newest common ancestor.
  package let mergeBase: String
  /// How many commits only the head has.
  package let aheadBy: Int
  /// How many commits only the base has.
  package let behindBy: Int
}
