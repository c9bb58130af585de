import Model
import Postgres

/// Failed builds whose logs are to be listed.
extension Store {
  /// A build that a worker has for itself.
  package struct UnlistedBuild: Sendable {
    package let id: Int64
    package let token: Int64
    package let build: Build
    /// Tries that went wrong so far.
    package let attempts: Int
    /// How long ago it was entered, in seconds.
    package let age: Double
  }

  package func claimListing(worker: WorkerID, leaseSeconds: Double) async throws -> UnlistedBuild? {
    try await transaction { session in
      guard let taken = try WorkQueue.listings.take(1, for: worker, leaseSeconds: leaseSeconds, session), let id = taken.ids.first
      else { return nil }
      let row = try session.query(
        """
        SELECT b.*, extract(epoch FROM b.finished_at)::float8 AS finished, r.name AS repository,
               extract(epoch FROM now() - b.created_at)::float8 AS age
          FROM build b JOIN repository r ON r.id = b.repository_id WHERE b.id = \(id)
        """
      ).only()
      return UnlistedBuild(
        id: id, token: taken.token, build: try Self.build(row), attempts: Int(try row.decode(Int32.self, "list_attempts")),
        age: try row.decode("age"))
    }
  }

  /// Enters a build's logs, which are to be fetched.
  ///
  /// - Parameter logs: steps and where the provider keeps their logs; the steps differ. None: the build has no log at all.
  /// - Returns: false if the lease was lost.
  package func recordListed(_ build: UnlistedBuild, logs: [(step: String, locator: String)]) async throws -> Bool {
    try await transaction { [coolOff] session in
      let owned = try session.execute(
        """
        UPDATE build SET list_state = 'listed', listed_at = now(), list_reason = NULL, list_error = NULL,
               lease_token = NULL, lease_worker = NULL, lease_until = NULL
         WHERE id = \(build.id) AND lease_token = \(build.token)
        """)
      guard owned == 1 else { return false }
      let steps = logs.map(\.step.storable)
      let locators = logs.map(\.locator.storable)
      try session.execute(
        """
        INSERT INTO log (build_id, step, locator, next_fetch_at)
        SELECT \(build.id), step, locator, now() FROM unnest(\(steps), \(locators)) AS n (step, locator)
        ON CONFLICT (build_id, step) DO NOTHING
        """)
      if logs.isEmpty { try Self.markDue(builds: [build.id], coolOff: coolOff, session) } else { try Self.wake(.fetches, session) }
      return true
    }
  }

  /// The logs couldn't be listed.
  ///
  /// - Parameters:
  ///   - reason: the kind of failure, a name of its own for each; nil if the worker just stops.
  ///   - detail: in words, without secrets.
  ///   - next: when to try again, in seconds from now, or what the build's listing came to: `gone`, `failed`.
  package func recordUnlisted(_ build: UnlistedBuild, reason: String?, detail: String?, next: NextTry) async throws {
    try await transaction { [coolOff] session in
      let owned = try session.execute(
        """
        UPDATE build SET list_attempts = list_attempts + \(Int32(next.counts ? 1 : 0)), list_reason = coalesce(\(reason), list_reason),
               list_error = coalesce(\(detail?.storable), list_error), list_state = \(next.state), next_list_at = now() + make_interval(secs => \(next.seconds)),
               lease_token = NULL, lease_worker = NULL, lease_until = NULL
         WHERE id = \(build.id) AND lease_token = \(build.token)
        """)
      if owned == 1, next.isEnd || Self.isRefusal(reason) { try Self.markDue(builds: [build.id], coolOff: coolOff, session) }
    }
  }
}

/// What follows a try that went wrong.
package enum NextTry: Sendable, Equatable {
  case after(seconds: Double)
  /// Again, and it doesn't count as a try: a limit that says itself when it ends, or a worker that stops.
  case later(seconds: Double)
  /// The provider doesn't have it any more.
  case gone
  /// Given up.
  case failed

  var state: String {
    switch self {
    case .after, .later: "pending"
    case .gone: "gone"
    case .failed: "failed"
    }
  }

  var seconds: Double {
    switch self {
    case .after(let seconds), .later(let seconds): seconds
    case .gone, .failed: 0
    }
  }

  var counts: Bool {
    if case .later = self { return false }
    return true
  }

  var isEnd: Bool { self == .gone || self == .failed }
}
