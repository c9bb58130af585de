import Model
import Postgres

/// Logs that are to be fetched from their provider.
extension Store {
  /// A log that a worker has for itself.
  package struct UnfetchedLog: Sendable {
    package let id: LogID
    package let token: Int64
    package let build: Build
    package let step: String
    package let locator: String
    /// Tries that went wrong so far.
    package let attempts: Int
    /// How long ago the build was entered, in seconds.
    package let age: Double
  }

  package func claimFetch(worker: WorkerID, leaseSeconds: Double) async throws -> UnfetchedLog? {
    try await transaction { session in
      guard let taken = try WorkQueue.fetches.take(1, for: worker, leaseSeconds: leaseSeconds, session), let id = taken.ids.first
      else { return nil }
      let row = try session.query(
        """
        SELECT b.*, extract(epoch FROM b.finished_at)::float8 AS finished, r.name AS repository,
               l.step, l.locator, l.fetch_attempts, extract(epoch FROM now() - b.created_at)::float8 AS age
          FROM log l JOIN build b ON b.id = l.build_id JOIN repository r ON r.id = b.repository_id WHERE l.id = \(id)
        """
      ).only()
      return UnfetchedLog(
        id: LogID(id), token: taken.token, build: try Self.build(row), step: try row.decode("step"),
        locator: try row.decode("locator"), attempts: Int(try row.decode(Int32.self, "fetch_attempts")), age: try row.decode("age"))
    }
  }

  /// The log's bytes are in the archive; it is due for every pattern.
  ///
  /// - Parameter isCut: whether only a part of it is there: its head and its tail, or what the provider had kept.
  /// - Returns: false if the lease was lost.
  package func recordFetched(_ log: UnfetchedLog, digest: [UInt8], bytes: Int, isCut: Bool) async throws -> Bool {
    let engine = engine
    return try await transaction { [coolOff] session in
      let set = try Self.internSet("{}", engine: engine, session)
      let rows = try session.query(
        """
        UPDATE log SET fetch_state = \(isCut ? "too_large" : "stored"), fetch_reason = NULL, fetch_error = NULL, digest = \(digest),
               bytes = \(Int64(bytes)), lines = NULL, tried_set_id = \(set), lease_token = NULL, lease_worker = NULL, lease_until = NULL
         WHERE id = \(log.id.rawValue) AND lease_token = \(log.token) RETURNING build_id
        """)
      guard let row = rows.first else { return false }
      try Self.forgetTrials(logs: [log.id.rawValue], session)
      try Self.markDue(builds: [try row.decode("build_id")], coolOff: coolOff, session)
      try Self.wake(.scans, session)
      return true
    }
  }

  /// The log couldn't be fetched.
  ///
  /// - Parameters:
  ///   - reason: the kind of failure, a name of its own for each; nil if the worker just stops.
  ///   - detail: in words, without secrets.
  package func recordUnfetched(_ log: UnfetchedLog, reason: String?, detail: String?, next: NextTry) async throws {
    try await transaction { [coolOff] session in
      let rows = try session.query(
        """
        UPDATE log SET fetch_attempts = fetch_attempts + \(Int32(next.counts ? 1 : 0)), fetch_reason = coalesce(\(reason), fetch_reason),
               fetch_error = coalesce(\(detail?.storable), fetch_error), fetch_state = \(next.state),
               next_fetch_at = now() + make_interval(secs => \(next.seconds)),
               lease_token = NULL, lease_worker = NULL, lease_until = NULL
         WHERE id = \(log.id.rawValue) AND lease_token = \(log.token) RETURNING build_id
        """)
      if let row = rows.first, next.isEnd || Self.isRefusal(reason) {
        try Self.markDue(builds: [try row.decode("build_id")], coolOff: coolOff, session)
      }
    }
  }
}
