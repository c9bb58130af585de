import Model
import Postgres

/// The ledger: which revision has been tried on which log. See `docs/ledger.md` for its promises.
extension Store {
  package struct Due: Sendable, Equatable {
    /// Pairs of log and revision.
    package var pairs = 0
    package var logs = 0
    /// Raw bytes of those logs.
    package var bytes = 0

    package init(pairs: Int = 0, logs: Int = 0, bytes: Int = 0) {
      self.pairs = pairs
      self.logs = logs
      self.bytes = bytes
    }
  }

  /// How much is due.
  package func due(_ scope: RescanScope = RescanScope()) async throws -> Due {
    let engine = engine
    return try await transaction { session in try Self.countDue(scope, engine: engine, session) }
  }

  /// A table `active` of one row and column: the set of revisions that are tried now, as far as the scope wants them.
  static func active(_ scope: RescanScope) -> SQL {
    """
    active AS (SELECT coalesce(range_agg(int8range(r.id, r.id, '[]')), '{}') AS revisions
                 FROM pattern p JOIN pattern_revision r ON r.id = p.revision_id
                WHERE NOT p.retired AND r.suspended_at IS NULL
                  AND (\(scope.pattern?.rawValue)::text IS NULL OR p.id = \(scope.pattern?.rawValue)::text))
    """
  }

  /// A table `lacking` of the sets that lack an active revision, with those that they lack. Few rows, whatever the number of logs.
  private static func lacking(_ scope: RescanScope, engine: Int) -> SQL {
    """
    \(active(scope)), lacking AS (
      SELECT s.id, CASE WHEN s.engine = \(Int32(engine)) THEN a.revisions - s.members ELSE a.revisions END AS missing
        FROM tried_set s, active a
       WHERE s.engine <> \(Int32(engine)) AND NOT isempty(a.revisions) OR NOT s.members @> a.revisions)
    """
  }

  /// The logs of a set and their bytes, as `logs` and `bytes`.
  package static func logCount(ofSet set: Int64, _ scope: RescanScope) -> SQL {
    """
    SELECT count(*) AS logs, coalesce(sum(l.bytes), 0)::bigint AS bytes FROM log l
     WHERE l.tried_set_id = \(set) AND \(scope.condition)
    """
  }

  /// A count per set that lacks something. The sets are few, and each count knows its set, so that a small one is read by the index.
  static func countDue(_ scope: RescanScope, engine: Int, _ session: borrowing Session) throws -> Due {
    var due = Due()
    for set in try session.query(setsWithDueLogs(scope, engine: engine)) {
      let row = try session.query(logCount(ofSet: try set.decode("id"), scope)).only()
      let logs = try row.decode(Int.self, "logs")
      due.logs += logs
      due.bytes += try row.decode(Int.self, "bytes")
      due.pairs += logs * (try set.decode(Int.self, "revisions"))
    }
    return due
  }

  // MARK: - Workers

  /// A worker that is alive as long as its connection is.
  package struct WorkerID: Sendable, Hashable {
    package let rawValue: Int32
  }

  /// First key of the advisory locks that workers hold; the second is the worker's id.
  static let workerLock: Int32 = 0x6375_6C70

  /// Registers a worker on a connection of its own, which holds an advisory lock while the worker lives.
  package static func register(host: String, pid: Int32, _ session: borrowing Session) throws -> WorkerID {
    let id = try session.query("INSERT INTO worker (host, pid) VALUES (\(host), \(pid)) RETURNING id").only()
      .decode(Int32.self, "id")
    _ = try session.query("SELECT pg_advisory_lock(\(workerLock), \(id))")
    // Rows of workers that are gone and hold no lease serve nobody.
    try session.execute(
      """
      DELETE FROM worker w WHERE w.id <> ALL (\(raw: liveWorkers)) AND w.started_at < now() - interval '1 day'
         AND NOT EXISTS (SELECT 1 FROM log l WHERE l.lease_worker = w.id)
      """)
    return WorkerID(rawValue: id)
  }

  /// An array of the ids of workers whose connection is alive.
  static let liveWorkers = """
    ARRAY(SELECT objid::bigint::integer FROM pg_locks
           WHERE locktype = 'advisory' AND classid = \(workerLock) AND objsubid = 2 AND granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    """

  // MARK: - Claiming

  /// Logs that a worker has for itself until the lease ends, all of them due for the same revisions.
  package struct Claim: Sendable {
    package let token: Int64
    /// What all the logs have been tried on.
    package let triedSet: Int64
    /// As PostgreSQL writes multiranges: `{[3,5),[7,8)}`. Equal text, equal sets.
    package let missing: String
    package let logs: [ClaimedLog]
  }

  package struct ClaimedLog: Sendable {
    package let id: LogID
    package let digest: [UInt8]
    package let bytes: Int
    /// Nil if it has never been scanned.
    package let lines: Int?
    package let names: LogNames
  }

  /// Takes logs that are due, the newest first, for a worker. A log that another living worker has is left to it, unless its lease has
  /// run out.
  ///
  /// - Parameters:
  ///   - most: logs at most; fewer if they are large.
  ///   - mostBytes: raw bytes, beyond which no further log is taken.
  /// - Returns: nil if nothing is due that isn't another's.
  package func claim(
    _ scope: RescanScope, worker: WorkerID, most: Int, mostBytes: Int, leaseSeconds: Double
  ) async throws -> Claim? {
    let engine = engine
    return try await transaction { session in
      let sets = try session.query(Self.setsWithDueLogs(scope, engine: engine))
      for set in sets {
        let id = try set.decode(Int64.self, "id")
        let rows = try session.query(
          """
          WITH chosen AS (\(Self.claimable(set: id, scope, most: most))),
          bounded AS (
            SELECT id, bytes FROM (SELECT id, bytes, coalesce(sum(bytes) OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                              AS before FROM chosen) c
             WHERE before < \(Int64(mostBytes))),
          token AS MATERIALIZED (SELECT nextval('lease_token') AS value)
          UPDATE log l SET lease_token = t.value, lease_worker = \(worker.rawValue),
                           lease_until = now() + make_interval(secs => \(leaseSeconds) + (SELECT sum(bytes) FROM bounded) / 1e6)
            FROM bounded c, token t, build b, repository r
           WHERE l.id = c.id AND b.id = l.build_id AND r.id = b.repository_id
          RETURNING t.value AS token, l.id, l.digest, l.bytes, l.lines, l.step, b.provider, r.name AS repository, b.branch, b.workflow, b.job
          """)
        guard let first = rows.first else { continue }
        let logs = try rows.map { row in
          ClaimedLog(
            id: LogID(try row.decode("id")), digest: try row.decode("digest"), bytes: try row.decode("bytes"),
            lines: try row.decode("lines"),
            names: LogNames([
              .provider: try row.decode("provider"), .repository: try row.decode("repository"),
              .branch: try row.decode("branch"), .workflow: try row.decode("workflow"), .job: try row.decode("job"),
              .step: try row.decode("step"),
            ]))
        }
        return Claim(
          token: try first.decode("token"), triedSet: id, missing: try set.decode("missing"),
          logs: logs.sorted { $0.id.rawValue > $1.id.rawValue })
      }
      return nil
    }
  }

  /// The sets that lack an active revision and have logs, the newest set first, as `id`, what it lacks in `missing`, and how
  /// many revisions those are in `revisions`.
  package static func setsWithDueLogs(_ scope: RescanScope, engine: Int) -> SQL {
    """
    WITH \(lacking(scope, engine: engine))
    SELECT id, missing::text AS missing, (SELECT sum(upper(m) - lower(m))::bigint FROM unnest(missing) m) AS revisions FROM lacking k
     WHERE EXISTS (SELECT 1 FROM log l WHERE l.tried_set_id = k.id) ORDER BY id DESC
    """
  }

  /// The newest logs of a set that no living worker has, locked for the transaction, as `id` and `bytes`.
  package static func claimable(set: Int64, _ scope: RescanScope, most: Int) -> SQL {
    """
    SELECT l.id, l.bytes FROM log l
     WHERE l.tried_set_id = \(set)
       AND (l.lease_token IS NULL OR l.lease_until < now() OR l.lease_worker <> ALL (\(raw: liveWorkers)))
       AND \(scope.condition)
     ORDER BY l.id DESC LIMIT \(Int64(most)) FOR UPDATE SKIP LOCKED
    """
  }

  /// Gives logs back that were not scanned after all.
  package func giveBack(_ claim: Claim, _ logs: [LogID]) async throws {
    let ids = logs.map(\.rawValue)
    try await transaction { session in
      _ = try session.execute(
        """
        UPDATE log SET lease_token = NULL, lease_worker = NULL, lease_until = NULL
         WHERE id = ANY (\(ids)) AND lease_token = \(claim.token)
        """)
    }
  }

  /// The definitions of a set of revisions.
  package func revisions(in members: String) async throws -> [(id: RevisionID, pattern: PatternID, definition: MatchDefinition)] {
    try await transaction { session in
      try session.query(
        """
        SELECT id, pattern_id, definition::text AS definition FROM pattern_revision
         WHERE \(members)::text::int8multirange @> id ORDER BY id
        """
      ).map { row in
        let pattern = try row.decode(String.self, "pattern_id")
        let stored = try StoredDefinition(json: try row.decode("definition"))
        return (RevisionID(try row.decode("id")), PatternID(pattern), try stored.definition(of: pattern))
      }
    }
  }

  // MARK: - Recording

  /// What the revisions of a claim found on one of its logs.
  package struct LogResult: Sendable {
    package var log: LogID
    package var lines: Int
    package var findings: [(revision: RevisionID, finding: Finding)]
    package var overflow: [(revision: RevisionID, count: Int)]
    package var inconclusive: [(revision: RevisionID, inconclusive: Inconclusive)]

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

  /// Writes findings and "tried" of a claim's logs in one transaction. Logs that the claim lost meanwhile are left alone.
  ///
  /// - Parameter suspendAfter: a revision that is inconclusive on more logs than this is not tried any more.
  /// - Returns: the logs that were written.
  package func record(_ results: [LogResult], of claim: Claim, suspendAfter: Int) async throws -> Set<LogID> {
    let engine = engine
    return try await transaction { [coolOff] session in
      // What was tried before counts only if it was tried by this engine.
      let members = try session.query(
        """
        SELECT (CASE WHEN engine = \(Int32(engine)) THEN members ELSE '{}' END + \(claim.missing)::text::int8multirange)::text AS members
          FROM tried_set WHERE id = \(claim.triedSet)
        """
      ).only().decode(String.self, "members")
      let set = try Self.internSet(members, engine: engine, session)
      let ids = results.map(\.log.rawValue)
      let lines = results.map { Int64($0.lines) }
      let owned = Set(
        try session.query(
          """
          UPDATE log l SET tried_set_id = \(set), lines = n.lines, lease_token = NULL, lease_worker = NULL, lease_until = NULL
            FROM unnest(\(ids), \(lines)) AS n (id, lines)
           WHERE l.id = n.id AND l.lease_token = \(claim.token)
          RETURNING l.id
          """
        ).map { LogID(try $0.decode("id")) })
      let written = results.filter { owned.contains($0.log) }
      try Self.forget(written.map(\.log.rawValue), claim.missing, session)
      try Self.insertFindings(written, session)
      try Self.insertInconclusive(written, suspendAfter: suspendAfter, session)
      try Self.markDue(logs: Array(owned), coolOff: coolOff, session)
      return owned
    }
  }

  /// The id of a set of revisions, which is made if need be.
  static func internSet(_ members: String, engine: Int, _ session: borrowing Session) throws -> Int64 {
    let key: SQL = "sha256(convert_to(\(Int32(engine))::text || ':' || \(members)::text, 'UTF8'))"
    let find: SQL = "SELECT id FROM tried_set WHERE key = \(key)"
    if let row = try session.query(find).first { return try row.decode(Int64.self, "id") }
    try session.execute(
      """
      INSERT INTO tried_set (engine, members, key) VALUES (\(Int32(engine)), \(members)::text::int8multirange, \(key))
      ON CONFLICT (key) DO NOTHING
      """)
    return try session.query(find).only().decode(Int64.self, "id")
  }

  /// Drops what revisions have found in logs: before, by an older engine or under other names.
  static func forget(_ logs: [Int64], _ revisions: String, _ session: borrowing Session) throws {
    for table in ["finding", "finding_overflow", "inconclusive"] {
      try session.execute(
        """
        DELETE FROM \(identifier: table) WHERE log_id = ANY (\(logs)) AND \(revisions)::text::int8multirange @> revision_id
        """)
    }
  }

  private static func insertFindings(_ results: [LogResult], _ session: borrowing Session) throws {
    let rows = results.flatMap { result in result.findings.map { (log: result.log, revision: $0.revision, finding: $0.finding) } }
    // In portions, so that a log with very many findings doesn't become one huge statement.
    for start in stride(from: 0, to: rows.count, by: 5_000) {
      let part = rows[start..<min(start + 5_000, rows.count)]
      let logs = part.map(\.log.rawValue)
      let revisions = part.map(\.revision.rawValue)
      let lines = part.map { Int64($0.finding.line) }
      let segments = part.map { Int64($0.finding.segment) }
      let starts = part.map { Int64($0.finding.start) }
      let ends = part.map { Int64($0.finding.end) }
      let windowed = part.map(\.finding.windowed)
      let captures = try part.map { try StoredCapture.json($0.finding.captures) }
      let matched = part.map(\.finding.matched.storable)
      let excerpts = part.map(\.finding.text.storable)
      try session.execute(
        """
        INSERT INTO finding (log_id, revision_id, line, segment, start_at, end_at, windowed, captures, matched, excerpt)
        SELECT log_id, revision_id, line, segment, start_at, end_at, windowed, captures::jsonb, matched, excerpt
          FROM unnest(\(logs), \(revisions), \(lines), \(segments), \(starts), \(ends), \(windowed), \(captures), \(matched), \(excerpts))
            AS n (log_id, revision_id, line, segment, start_at, end_at, windowed, captures, matched, excerpt)
        """)
    }
    for result in results {
      for overflow in result.overflow {
        try session.execute(
          """
          INSERT INTO finding_overflow (log_id, revision_id, count)
          VALUES (\(result.log.rawValue), \(overflow.revision.rawValue), \(Int64(overflow.count)))
          """)
      }
    }
  }

  private static func insertInconclusive(
    _ results: [LogResult], suspendAfter: Int, _ session: borrowing Session
  ) throws {
    var revisions: Set<Int64> = []
    for result in results {
      for (revision, inconclusive) in result.inconclusive {
        revisions.insert(revision.rawValue)
        try session.execute(
          """
          INSERT INTO inconclusive (log_id, revision_id, reason, line)
          VALUES (\(result.log.rawValue), \(revision.rawValue), \(inconclusive.reason.rawValue), \(Int64(inconclusive.line)))
          """)
      }
    }
    guard !revisions.isEmpty else { return }
    let ids = Array(revisions).sorted()
    try session.execute(
      """
      UPDATE pattern_revision r SET suspended_at = now()
       WHERE r.id = ANY (\(ids)) AND r.suspended_at IS NULL
         AND (SELECT count(*) FROM inconclusive i WHERE i.revision_id = r.id) > \(Int64(suspendAfter))
      """)
  }

  /// Takes up a pattern again that is suspended, and makes the logs due for it on which it was inconclusive.
  ///
  /// - Returns: the pairs that became due because they were inconclusive.
  package func retry(_ pattern: PatternID) async throws -> Int {
    try await transaction { session in
      let rows = try session.query(
        """
        UPDATE pattern_revision r SET suspended_at = NULL FROM pattern p
         WHERE p.id = \(pattern.rawValue) AND r.id = p.revision_id RETURNING r.id
        """)
      guard let row = rows.first else { throw StoreError.noSuchPattern(pattern.rawValue) }
      let revision = try row.decode(Int64.self, "id")
      let sets = try session.query(
        """
        SELECT s.id, s.engine, (s.members - int8multirange(int8range(\(revision), \(revision), '[]')))::text AS members
          FROM tried_set s
         WHERE s.members @> \(revision) AND EXISTS (
           SELECT 1 FROM inconclusive i JOIN log l ON l.id = i.log_id WHERE i.revision_id = \(revision) AND l.tried_set_id = s.id)
        """)
      for set in sets {
        let engine = Int(try set.decode(Int32.self, "engine"))
        let without = try Self.internSet(try set.decode("members"), engine: engine, session)
        // What the logs' workers are doing would put the pair back into the set: they lose their leases.
        try session.execute(
          """
          UPDATE log l SET tried_set_id = \(without), lease_token = NULL, lease_worker = NULL, lease_until = NULL
            FROM inconclusive i
           WHERE i.revision_id = \(revision) AND l.id = i.log_id AND l.tried_set_id = \(try set.decode(Int64.self, "id"))
          """)
      }
      try session.execute(
        """
        DELETE FROM finding f USING inconclusive i
         WHERE i.revision_id = \(revision) AND f.revision_id = i.revision_id AND f.log_id = i.log_id
        """)
      try session.execute(
        """
        DELETE FROM finding_overflow f USING inconclusive i
         WHERE i.revision_id = \(revision) AND f.revision_id = i.revision_id AND f.log_id = i.log_id
        """)
      return try session.execute("DELETE FROM inconclusive WHERE revision_id = \(revision)")
    }
  }

  /// The archive doesn't have the log's bytes any more, or others: it can't be scanned, and must not look as if it had been.
  package func recordLost(_ log: LogID, of claim: Claim, reason: String) async throws {
    try await transaction { session in
      _ = try session.execute(
        """
        UPDATE log SET fetch_state = 'failed', fetch_error = \(reason), digest = NULL, tried_set_id = NULL,
                       lease_token = NULL, lease_worker = NULL, lease_until = NULL
         WHERE id = \(log.rawValue) AND lease_token = \(claim.token)
        """)
    }
  }
}
