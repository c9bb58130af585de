import Model

extension Store {
  /// Logs that a worker has for itself until the lease ends, all of them due for the same revisions.
  package struct Claim: Sendable {
    /// The fencing token that the logs carry while they are this worker's.
    package let token: Int64
    /// What all the logs have been tried on.
    package let triedSet: Int64
    /// As PostgreSQL writes multiranges: `{[3,5),[7,8)}`. Equal text, equal sets.
    package let missing: String
    /// The newest first.
    package let logs: [ClaimedLog]
  }

  /// One log of a claim, with what a scan needs to know about it.
  package struct ClaimedLog: Sendable {
    /// Which log.
    package let id: LogID
    /// The row of its build.
    package let build: Int64
    /// SHA-256 of the raw log, by which the archive knows it.
    package let digest: [UInt8]
    /// Length of the raw log.
    package let bytes: Int
    /// Lines of the raw log; nil if these bytes have never been scanned.
    package let lines: Int?
    /// Whether it is of a passing build.
    package let isSample: Bool
    /// What a pattern's `where` looks at.
    package let names: LogNames
  }
}
