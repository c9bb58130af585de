import Model
import Postgres

/// Entering what was found and that it was tried, in one transaction.
extension Store {
  /// Writes findings and "tried" of a claim's logs in one transaction. Logs that the claim lost meanwhile are left alone.
  ///
  /// - Parameters:
  ///   - suspendAfter: a revision that is inconclusive on more logs than this is not tried any more.
  ///   - leaseSeconds: how long the lease of the claim's other logs lasts from now on, beside a second per megabyte; nil: as it was.
  /// - Returns: the logs that were written.
  package func record(
    _ results: [LogResult], of claim: Claim, suspendAfter: Int, leaseSeconds: Double? = nil
  ) async throws -> Set<LogID> {
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
      if let leaseSeconds {
        let others = claim.logs.filter { !ids.contains($0.id.rawValue) }
        let otherIDs = others.map(\.id.rawValue)
        let seconds = leaseSeconds + Double(others.reduce(0) { $0 + $1.bytes }) / 1e6
        try session.execute(
          """
          UPDATE log SET lease_until = greatest(lease_until, now() + make_interval(secs => \(seconds)))
           WHERE id = ANY (\(otherIDs)) AND lease_token = \(claim.token)
          """)
      }
      let written = results.filter { owned.contains($0.log) }
      try Self.forget(written.map(\.log.rawValue), claim.missing, session)
      try Self.insertFindings(written, session)
      try Self.insertInconclusive(written, suspendAfter: suspendAfter, session)
      try Self.markDue(logs: Array(owned), coolOff: coolOff, session)
      try Self.addScanned(
        logs: (owned.count, claim.logs.reduce(0) { $0 + (owned.contains($1.id) ? $1.bytes : 0) }), tried: claim.missing,
        token: claim.token, session)
      // Last, as all workers add to the same rows and wait for each other from here on.
      try Self.addCosts(of: written, tried: claim.missing, session)
      return owned
    }
  }

  /// The archive doesn't have the log's bytes any more, or others: it can't be scanned, and must not look as if it had been.
  package func recordLost(_ log: LogID, of claim: Claim, reason: String) async throws {
    try await transaction { [coolOff] session in
      let rows = try session.query(
        """
        UPDATE log SET fetch_state = 'failed', fetch_error = \(reason), digest = NULL, tried_set_id = NULL,
                       lease_token = NULL, lease_worker = NULL, lease_until = NULL
         WHERE id = \(log.rawValue) AND lease_token = \(claim.token) RETURNING build_id
        """)
      if let row = rows.first { try Self.markDue(builds: [try row.decode("build_id")], coolOff: coolOff, session) }
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
}
