extension Store {
  /// How much the ledger lacks.
  package struct Due: Sendable, Equatable {
    /// Pairs of log and revision.
    package var pairs = 0
    /// Logs that lack at least one pair.
    package var logs = 0
    /// Raw bytes of those logs.
    package var bytes = 0

    /// Nothing is due unless said.
    package init(pairs: Int = 0, logs: Int = 0, bytes: Int = 0) {
      self.pairs = pairs
      self.logs = logs
      self.bytes = bytes
    }
  }
}
