/// Failed builds that share a telling line.
package struct FailureCluster: Sendable, Equatable {
  /// What their lines have in common.
  package internal(set) var template: LineTemplate
  /// Indices of the builds, ascending.
  package internal(set) var builds: [Int]
  /// For each of the builds, in the same order, its line.
  package internal(set) var lines: [TellingLine]
}
