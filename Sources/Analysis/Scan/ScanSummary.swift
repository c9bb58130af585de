import Model

/// What a scan says of the log as a whole, once all findings are told.
package struct ScanSummary: Sendable, Equatable {
  /// Lines of the raw log; an unterminated last line counts.
  package var lines = 0
  /// Bytes of the raw log.
  package var bytes = 0
  /// All findings, those that were counted but not told among them.
  package var findings = 0
  /// How many findings of a pattern there were, where some of them were not told.
  package var overflow: [PatternID: Int] = [:]
  /// In order of the pattern's id; a pattern at most once.
  package var inconclusive: [Inconclusive] = []
  /// What the patterns that were searched for have cost, in their order; empty unless it was measured.
  package var costs: [SearchCost] = []

  package init() {}
}
