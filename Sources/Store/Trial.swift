import Model

extension Store {
  /// An expression that is tried, with how far it has come.
  package struct Trial: Sendable {
    /// Its row.
    package let id: Int64
    /// What earlier runs did.
    package let cost: TrialCost
  }

  /// How much work a trial was.
  package struct TrialCost: Sendable, Equatable {
    /// Logs that were tried.
    package var logs = 0
    /// Their raw bytes.
    package var bytes = 0
    /// Those of them that had to be opened.
    package var opened = 0
    /// Raw bytes of these.
    package var openedBytes = 0
    /// CPU time of cleaning and matching them.
    package var nanoseconds = 0

    /// None.
    package init() {}
  }

  /// What there is to be tried, and what of it has been.
  package struct ArchivedLogs: Sendable {
    /// Logs whose bytes the archive has.
    package let logs: Int
    /// Their raw bytes.
    package let bytes: Int
    /// Those of them that have been tried.
    package let triedLogs: Int
    /// Raw bytes of these.
    package let triedBytes: Int
    /// Failed builds with such a log.
    package let failedBuilds: Int
    /// Passing builds with such a log.
    package let passedBuilds: Int

    /// As long as nobody has counted.
    package static let none = ArchivedLogs(logs: 0, bytes: 0, triedLogs: 0, triedBytes: 0, failedBuilds: 0, passedBuilds: 0)
  }
}
