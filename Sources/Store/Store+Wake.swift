import Postgres

/// Waking those who wait for work. Only shortens the wait: whoever misses it looks by himself after a while.
extension Store {
  /// A kind of work.
  package enum WorkKind: String, Sendable, CaseIterable {
    case deliveries, listings, fetches, scans, commits, reruns, tallies
  }

  /// The channel that is notified; the payload is the kind.
  package static let channel = "culprit_work"

  /// Takes effect when the transaction commits.
  static func wake(_ kind: WorkKind, _ session: borrowing Session) throws {
    _ = try session.query("SELECT pg_notify(\(channel), \(kind.rawValue))")
  }

  /// Seconds until something is worth a try that is not now; nil if nothing waits.
  ///
  /// - Parameter providers: of listings and fetches, those that are asked for.
  package func secondsUntilNext(_ kind: WorkKind, providers: [String]) async throws -> Double? {
    try await transaction { session in
      switch kind {
      case .deliveries:
        try WorkQueue.secondsUntilNext("next_at", of: "delivery", where: "state = 'pending'", session)
      case .listings:
        try WorkQueue.secondsUntilNext(
          "next_list_at", of: "build", where: "list_state = 'pending' AND provider = ANY (\(providers))", session)
      case .fetches:
        try WorkQueue.secondsUntilNext(
          "next_fetch_at", of: "log",
          where: """
            fetch_state = 'pending' AND (SELECT b.provider FROM build b WHERE b.id = log.build_id) = ANY (\(providers))
            """, session)
      // Both the cool-off and the wait after an error have to be over.
      case .commits:
        try WorkQueue.secondsUntilNext("greatest(due_at, next_at)", of: "commit_due", where: "true", session)
      case .reruns:
        try WorkQueue.secondsUntilNext("next_at", of: "rerun", where: "phase IN ('pending', 'sending')", session)
      case .scans: nil
      // Marks are written by triggers, which notify nobody: it would make every commit wait for every other's. So this is looked for.
      case .tallies: 1
      }
    }
  }
}
