import Model
import Postgres

extension Store {
  /// How good each pattern is, in order of their ids; or of one pattern.
  package func patternHealth(id: PatternID? = nil, today: CalendarDay) async throws -> [PatternHealth] {
    let engine = engine
    return try await transaction { session in
      try session.query(
        """
        WITH \(Self.failed(since: nil, today: today, engine: engine)),
        \(Self.rates(engine: engine)),
        found AS (
          SELECT f.revision_id AS id, count(*) AS findings,
                 count(DISTINCT l.build_id) FILTER (WHERE b.outcome IN ('failure', 'timed_out')) AS builds,
                 min(coalesce(b.finished_at, b.created_at)) FILTER (WHERE b.outcome IN ('failure', 'timed_out')) AS first_seen,
                 max(coalesce(b.finished_at, b.created_at)) FILTER (WHERE b.outcome IN ('failure', 'timed_out')) AS last_seen
            FROM finding f JOIN log l ON l.id = f.log_id JOIN build b ON b.id = l.build_id GROUP BY 1),
        measured AS (
          SELECT r.id, sum(c.logs)::bigint AS logs, sum(c.bytes)::bigint AS bytes
            FROM cost_sample c JOIN pattern_revision r ON c.revisions @> r.id GROUP BY 1),
        explained AS (SELECT pattern_id, count(*) AS builds FROM failed WHERE pattern_id IS NOT NULL GROUP BY 1)
        SELECT p.id, p.title, p.verdict, p.owner, p.fallback, p.retired, r.suspended_at IS NOT NULL AS suspended, p.review_by::text,
               coalesce(f.findings, 0) AS findings, coalesce(f.builds, 0) AS builds, coalesce(e.builds, 0) AS explained,
               extract(epoch FROM f.first_seen)::float8 AS first_seen, extract(epoch FROM f.last_seen)::float8 AS last_seen,
               coalesce(n.sampled, 0)::bigint AS sampled, coalesce(n.hit, 0)::bigint AS hit,
               (SELECT count(DISTINCT w.build_id) FROM wrong_report w WHERE w.revision_id = r.id AND w.withdrawn_at IS NULL) AS reports,
               extract(epoch FROM u.since)::float8 AS suspect_since, u.reason AS suspect_reason,
               extract(epoch FROM u.cleared_at)::float8 AS cleared_at, u.cleared_by, u.cleared_reason,
               coalesce(m.logs, 0) AS cost_logs, coalesce(m.bytes, 0) AS cost_bytes, coalesce(c.searches, 0) AS searches,
               coalesce(c.nanoseconds, 0) AS nanoseconds,
               (SELECT count(*) FROM inconclusive i WHERE i.revision_id = r.id) AS inconclusive,
               CASE WHEN f.builds > 0 AND e.builds IS NULL AND NOT p.retired AND NOT p.fallback THEN (
                 SELECT d.pattern_id FROM failed d
                  WHERE d.pattern_id IS NOT NULL
                    AND EXISTS (SELECT 1 FROM log l JOIN finding x ON x.log_id = l.id WHERE l.build_id = d.id AND x.revision_id = r.id)
                  GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1) END AS shadowed_by
          FROM pattern p
          LEFT JOIN pattern_revision r ON r.id = p.revision_id
          LEFT JOIN found f ON f.id = r.id
          LEFT JOIN explained e ON e.pattern_id = p.id
          LEFT JOIN rate n ON n.id = r.id
          LEFT JOIN suspect u ON u.revision_id = r.id
          LEFT JOIN measured m ON m.id = r.id
          LEFT JOIN pattern_cost c ON c.revision_id = r.id
         WHERE \(id?.rawValue)::text IS NULL OR p.id = \(id?.rawValue)::text
         ORDER BY p.id
        """
      ).map { try Self.health($0) }
    }
  }

  private static func health(_ row: Row) throws -> PatternHealth {
    let cleared = try row.decode(Double?.self, "cleared_at").map {
      PatternHealth.Clearing(at: $0, who: try row.decode("cleared_by"), reason: try row.decode("cleared_reason"))
    }
    return PatternHealth(
      id: PatternID(try row.decode("id")), title: try row.decode("title"),
      verdict: PatternVerdict(rawValue: try row.decode("verdict")) ?? .failure, owner: try row.decode("owner"),
      fallback: try row.decode("fallback"), isRetired: try row.decode("retired"), isSuspended: try row.decode("suspended"),
      reviewBy: try row.decode(String?.self, "review_by").flatMap { CalendarDay($0) }, findings: try row.decode("findings"),
      failedBuilds: try row.decode("builds"), explained: try row.decode("explained"), firstSeen: try row.decode("first_seen"),
      lastSeen: try row.decode("last_seen"), sampled: try row.decode("sampled"), hit: try row.decode("hit"),
      wrongReports: try row.decode("reports"),
      suspicion: try row.decode(Double?.self, "suspect_since").map {
        PatternHealth.Suspicion(since: $0, reason: try row.decode("suspect_reason"), cleared: cleared)
      },
      cost: PatternHealth.Cost(
        logs: try row.decode("cost_logs"), bytes: try row.decode("cost_bytes"), searches: try row.decode("searches"),
        nanoseconds: try row.decode("nanoseconds")),
      inconclusiveLogs: try row.decode("inconclusive"),
      shadowedBy: try row.decode(String?.self, "shadowed_by").map { PatternID($0) })
  }
}
