import Model
import Postgres

/// How far a provider's builds have been listed.
extension Store {
  /// What is listed: a project's builds of all branches (""), or of one.
  package struct Listing: Sendable, Hashable {
    package var provider: String
    package var project: String
    package var branch: String

    package init(provider: String, project: String, branch: String = "") {
      self.provider = provider
      self.project = project
      self.branch = branch
    }
  }

  package struct ListingState: Sendable, Equatable {
    /// Everything that ended before has been entered; seconds since 1970, as all times here.
    package var completeUntil: Double?
    /// A listing that was not finished: since when it looks.
    package var since: Double?
    /// The page to go on with.
    package var cursor: String?
    package var beganAt: Double?
    /// When the oldest build began that was passed over because it runs still.
    package var oldestUnfinished: Double?

    package init(
      completeUntil: Double? = nil, since: Double? = nil, cursor: String? = nil, beganAt: Double? = nil,
      oldestUnfinished: Double? = nil
    ) {
      self.completeUntil = completeUntil
      self.since = since
      self.cursor = cursor
      self.beganAt = beganAt
      self.oldestUnfinished = oldestUnfinished
    }
  }

  package func state(of listing: Listing) async throws -> ListingState {
    try await transaction { session in
      let rows = try session.query(
        """
        SELECT extract(epoch FROM complete_until)::float8 AS complete_until, extract(epoch FROM since)::float8 AS since, cursor,
               extract(epoch FROM began_at)::float8 AS began_at, extract(epoch FROM unfinished_at)::float8 AS unfinished_at
          FROM backfill WHERE provider = \(listing.provider) AND project = \(listing.project) AND branch = \(listing.branch)
        """)
      guard let row = rows.first else { return ListingState() }
      return ListingState(
        completeUntil: try row.decode("complete_until"), since: try row.decode("since"), cursor: try row.decode("cursor"),
        beganAt: try row.decode("began_at"), oldestUnfinished: try row.decode("unfinished_at"))
    }
  }

  /// Enters a page of builds and how far the listing has come, in one transaction.
  package func record(_ effects: Effects, _ state: ListingState, of listing: Listing) async throws -> Entered {
    try await transaction { [coolOff, health] session in
      let entered = try Self.apply(effects, coolOff: coolOff, health, session)
      try session.execute(
        """
        INSERT INTO backfill (provider, project, branch, complete_until, since, cursor, began_at, unfinished_at)
        VALUES (\(listing.provider), \(listing.project), \(listing.branch), to_timestamp(\(state.completeUntil)),
                to_timestamp(\(state.since)), \(state.cursor), to_timestamp(\(state.beganAt)),
                to_timestamp(\(state.oldestUnfinished)))
        ON CONFLICT (provider, project, branch) DO UPDATE
          SET complete_until = excluded.complete_until, since = excluded.since, cursor = excluded.cursor, began_at = excluded.began_at,
              unfinished_at = excluded.unfinished_at
        """)
      return entered
    }
  }

  /// How many of some builds aren't in the database.
  package func unknown(_ builds: [Build]) async throws -> Int {
    let repositories = builds.map(\.repository)
    let providers = builds.map(\.provider)
    let ids = builds.map(\.externalID)
    let attempts = builds.map { Int64($0.attempt) }
    return try await transaction { session in
      try session.query(
        """
        SELECT count(*) AS count FROM unnest(\(repositories), \(providers), \(ids), \(attempts)) AS n (repository, provider, id, attempt)
         WHERE NOT EXISTS (SELECT 1 FROM build b JOIN repository r ON r.id = b.repository_id
                            WHERE r.name = n.repository AND b.provider = n.provider AND b.external_id = n.id AND b.attempt = n.attempt)
        """
      ).only().decode(Int.self, "count")
    }
  }

  /// First key of the advisory locks that keep two backfills of one project apart.
  private static let backfillLock: Int32 = 0x6366_696C

  /// Takes a project for this connection, until it is given back or the connection ends.
  ///
  /// - Returns: false if another process has it.
  package static func lock(_ listing: Listing, _ session: borrowing Session) throws -> Bool {
    try session.query("SELECT pg_try_advisory_lock(\(backfillLock), hashtext(\(lockName(listing)))) AS ours").only().decode(
      Bool.self, "ours")
  }

  /// Gives a project back at once: that a connection has ended shows to the server a little later only.
  package static func unlock(_ listing: Listing, _ session: borrowing Session) throws {
    _ = try session.query("SELECT pg_advisory_unlock(\(backfillLock), hashtext(\(lockName(listing))))")
  }

  private static func lockName(_ listing: Listing) -> String { "\(listing.provider)\n\(listing.project)\n\(listing.branch)" }
}
