/// Failed builds that share a telling line.
package struct FailureCluster: Sendable, Equatable {
  /// What their lines have in common.
  package let template: LineTemplate
  /// Indices of the builds, ascending.
  package let builds: [Int]
  /// For each of the builds, in the same order, its line.
  package let lines: [TellingLine]
}
