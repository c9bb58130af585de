import Model

extension Store {
  /// What the revisions of a claim found on one of its logs.
  package struct LogResult: Sendable {
    /// Which log.
    package var log: LogID
    /// Lines of the raw log.
    package var lines: Int
    /// What to store, at most as many of each revision as are kept.
    package var findings: [(revision: RevisionID, finding: Finding)]
    /// How many further findings of a revision there were.
    package var overflow: [(revision: RevisionID, count: Int)]
    /// Revisions that couldn't be tried to the end, and why.
    package var inconclusive: [(revision: RevisionID, inconclusive: Inconclusive)]
    /// What the searches cost; nil unless it was measured.
    package var cost: LogCost?

    /// All the results of one log.
    package init(
      log: LogID, lines: Int, findings: [(revision: RevisionID, finding: Finding)],
      overflow: [(revision: RevisionID, count: Int)] = [], inconclusive: [(revision: RevisionID, inconclusive: Inconclusive)] = []
    ) {
      self.log = log
      self.lines = lines
      self.findings = findings
      self.overflow = overflow
      self.inconclusive = inconclusive
    }
  }

  /// What searching one log cost.
  package struct LogCost: Sendable {
    /// Of the raw log.
    package var bytes: Int
    /// The revisions that were searched for at all: how often, and in how much CPU time.
    package var searches: [(revision: RevisionID, count: Int, nanoseconds: Int)]

    package init(bytes: Int, searches: [(revision: RevisionID, count: Int, nanoseconds: Int)]) {
      self.bytes = bytes
      self.searches = searches
    }
  }
}
