import Model
import Postgres

/// Trials of expressions on the archived logs. They change nothing that a verdict rests on.
extension Store {
  /// The trial of that definition, a new one if there is none, and forgets those that nobody has asked for in a week.
  ///
  /// - Parameters:
  ///   - digest: SHA-256 of the definition.
  ///   - fresh: whether what earlier runs found is to be forgotten.
  package func trial(of digest: [UInt8], fresh: Bool) async throws -> Trial {
    let engine = engine
    return try await transaction { session in
      try session.execute("DELETE FROM trial WHERE used_at < now() - interval '7 days'")
      if fresh { try session.execute("DELETE FROM trial WHERE digest = \(digest) AND engine = \(Int32(engine))") }
      let row = try session.query(
        """
        INSERT INTO trial AS t (digest, engine) VALUES (\(digest), \(Int32(engine)))
        ON CONFLICT (digest, engine) DO UPDATE SET used_at = now()
        RETURNING id, bytes, opened, opened_bytes, nanoseconds,
                  (SELECT coalesce(sum(upper(r) - lower(r)), 0)::bigint FROM unnest(t.tried) r) AS logs
        """
      ).only()
      var cost = TrialCost()
      cost.logs = try row.decode("logs")
      cost.bytes = try row.decode("bytes")
      cost.opened = try row.decode("opened")
      cost.openedBytes = try row.decode("opened_bytes")
      cost.nanoseconds = try row.decode("nanoseconds")
      return Trial(id: try row.decode("id"), cost: cost)
    }
  }

  /// How many archived logs there are since a time, and how many of them have been tried; with their raw bytes.
  package func archivedLogs(_ trial: Trial, since: Double?) async throws -> ArchivedLogs {
    try await transaction { session in
      let row = try session.query(
        """
        SELECT count(*) AS logs, coalesce(sum(l.bytes), 0)::bigint AS bytes, count(*) FILTER (WHERE t.tried @> l.id) AS tried,
               coalesce(sum(l.bytes) FILTER (WHERE t.tried @> l.id), 0)::bigint AS tried_bytes,
               count(DISTINCT b.id) FILTER (WHERE b.outcome IN ('failure', 'timed_out')) AS failed,
               count(DISTINCT b.id) FILTER (WHERE b.outcome = 'success') AS passed
          FROM trial t, log l JOIN build b ON b.id = l.build_id
         WHERE t.id = \(trial.id) AND l.digest IS NOT NULL AND \(RescanScope(since: since).condition)
        """
      ).only()
      return ArchivedLogs(
        logs: try row.decode("logs"), bytes: try row.decode("bytes"), triedLogs: try row.decode("tried"),
        triedBytes: try row.decode("tried_bytes"), failedBuilds: try row.decode("failed"), passedBuilds: try row.decode("passed"))
    }
  }

  private static let placeColumns: SQL = """
    l.id AS log_id, l.step, b.*, b.id AS build_id, extract(epoch FROM b.finished_at)::float8 AS finished, r.name AS repository,
    extract(epoch FROM coalesce(b.finished_at, b.created_at))::float8 AS at
    """

  private static func place(_ row: Row) throws -> TrialPlace {
    TrialPlace(
      log: LogID(try row.decode("log_id")), buildID: try row.decode("build_id"), build: try build(row),
      step: try row.decode("step"), time: try row.decode("at"))
  }

  /// Archived logs that have not been tried, the newest first.
  ///
  /// - Parameter below: only logs that were entered before this one.
  package func untried(_ trial: Trial, since: Double?, below: LogID?, most: Int) async throws -> [UntriedLog] {
    try await transaction { session in
      try session.query(
        """
        SELECT \(Self.placeColumns), l.digest, l.bytes
          FROM trial t, log l JOIN build b ON b.id = l.build_id JOIN repository r ON r.id = b.repository_id
         WHERE t.id = \(trial.id) AND l.digest IS NOT NULL AND NOT t.tried @> l.id
           AND (\(below?.rawValue)::bigint IS NULL OR l.id < \(below?.rawValue)::bigint) AND \(RescanScope(since: since).condition)
         ORDER BY l.id DESC LIMIT \(Int64(most))
        """
      ).map { row in UntriedLog(place: try Self.place(row), digest: try row.decode("digest"), bytes: try row.decode("bytes")) }
    }
  }

  /// Logs were tried; of those that are not among the hits it is known that they hold no match. Logs whose bytes are others meanwhile
  /// stay untried.
  package func recordTrial(_ trial: Trial, logs: [UntriedLog], hits: [TrialHit], cost: TrialCost) async throws {
    try await transaction { session in
      let ids = logs.map(\.place.log.rawValue)
      let digests = logs.map(\.digest)
      // The row's lock makes runs of the same trial take turns; what both have tried counts once.
      let updated = try session.query(
        """
        WITH same AS (SELECT l.id FROM unnest(\(ids), \(digests)) AS n (id, digest) JOIN log l ON l.id = n.id AND l.digest = n.digest)
        UPDATE trial SET tried = tried + (SELECT coalesce(range_agg(int8range(id, id, '[]')), '{}') FROM same),
               bytes = bytes + \(Int64(cost.bytes)), opened = opened + \(Int64(cost.opened)),
               opened_bytes = opened_bytes + \(Int64(cost.openedBytes)), nanoseconds = nanoseconds + \(Int64(cost.nanoseconds)),
               used_at = now()
         WHERE id = \(trial.id) RETURNING ARRAY(SELECT id FROM same) AS logs
        """)
      guard let row = updated.first, !hits.isEmpty else { return }
      let same = Set(try row.decode([Int64].self, "logs"))
      let hits = hits.filter { same.contains($0.place.log.rawValue) }
      let hitLogs = hits.map(\.place.log.rawValue)
      let counts = hits.map { Int64($0.count) }
      let findings = try hits.map { try StoredFinding.json($0.findings) }
      let reasons = hits.map { $0.inconclusive?.rawValue }
      try session.execute(
        """
        INSERT INTO trial_log (trial_id, log_id, count, findings, inconclusive)
        SELECT \(trial.id), log_id, count, findings::jsonb, inconclusive
          FROM unnest(\(hitLogs), \(counts), \(findings), \(reasons)) AS n (log_id, count, findings, inconclusive)
        ON CONFLICT DO NOTHING
        """)
    }
  }

  /// What was found so far, the newest logs first.
  package func trialHits(
    _ trial: Trial, of pattern: PatternID, since: Double?, below: LogID?, most: Int
  ) async throws -> [TrialHit] {
    try await transaction { session in
      try session.query(
        """
        SELECT \(Self.placeColumns), h.count, h.findings::text AS findings, h.inconclusive
          FROM trial_log h JOIN log l ON l.id = h.log_id JOIN build b ON b.id = l.build_id JOIN repository r ON r.id = b.repository_id
         WHERE h.trial_id = \(trial.id)
           AND (\(below?.rawValue)::bigint IS NULL OR l.id < \(below?.rawValue)::bigint) AND \(RescanScope(since: since).condition)
         ORDER BY l.id DESC LIMIT \(Int64(most))
        """
      ).map { row in
        TrialHit(
          place: try Self.place(row), findings: try StoredFinding.findings(json: try row.decode("findings"), of: pattern),
          count: try row.decode("count"),
          inconclusive: try row.decode(String?.self, "inconclusive").flatMap { Inconclusive.Reason(rawValue: $0) })
      }
    }
  }

  /// What logs held or were called has changed: they count as untried.
  static func forgetTrials(logs: [Int64], _ session: borrowing Session) throws {
    guard !logs.isEmpty else { return }
    try session.execute(
      """
      UPDATE trial t SET tried = t.tried - c.logs
        FROM (SELECT range_agg(int8range(id, id, '[]')) AS logs FROM unnest(\(logs)) AS n (id)) c WHERE t.tried && c.logs
      """)
    try session.execute("DELETE FROM trial_log WHERE log_id = ANY (\(logs))")
  }
}
