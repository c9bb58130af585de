/// What the index of a log is asked, for a set of patterns.
package struct GramQuery: Sendable {
  /// For each pattern, alternatives of which the log of every match holds all runs of one; nil if nothing is known of the pattern.
  let patterns: [[[UInt32]]?]

  /// Of a sequence only the first step counts: while it isn't found, the engine searches for no other, so a log without it is known to
  /// the end.
  package init(_ program: ScanProgram) {
    patterns = program.patterns.map { pattern in
      guard case .literals(let literals) = pattern.literals[0] else { return nil }
      return literals.map { Gram.hashes(of: $0.bytes) }
    }
  }

  /// Whether there is a log that it can say no to.
  package var isUseful: Bool {
    patterns.allSatisfy { pattern in pattern.map { $0.allSatisfy { !$0.isEmpty } } ?? false }
  }
}
