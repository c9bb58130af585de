import Model
import Postgres

extension Store {
  /// How good each pattern is, in order of their ids; or one pattern. What concerns failed builds is as far as the tally is.
  package func patternHealth(id: PatternID? = nil) async throws -> [PatternHealth] {
    let engine = engine
    return try await transaction { session in
      var number: Int32?
      if let id {
        number = try session.query("SELECT number FROM pattern WHERE id = \(id.rawValue)").first?.decode(Int32.self, "number")
        if number == nil { return [] }
      }
      let isWanted: SQL = number.map { "p.number = \($0)" } ?? "true"
      let hasIt: SQL = number.map { "t.hits @> ARRAY[\($0)::integer]" } ?? "true"
      return try session.query(
        """
        WITH \(Self.rates(engine: engine)),
        -- One reading of the tally gives all: of each pattern that was found and each that decided there, how many failed builds.
        pair AS MATERIALIZED (
          SELECT h.number, t.pattern AS best, count(*) AS builds, min(t.at) AS first_at, max(t.at) AS last_at
            FROM tally t CROSS JOIN LATERAL unnest(t.hits) AS h (number) WHERE \(hasIt) GROUP BY 1, 2),
        found AS (
          SELECT number, sum(builds)::bigint AS builds, coalesce(sum(builds) FILTER (WHERE best = number), 0)::bigint AS explained,
                 min(first_at) AS first_at, max(last_at) AS last_at
            FROM pair GROUP BY 1)
        SELECT p.id, p.title, p.verdict, p.owner, p.fallback, p.retired, r.suspended_at IS NOT NULL AS suspended, p.review_by::text,
               (SELECT count(*) FROM finding f WHERE f.revision_id = p.revision_id) AS findings,
               coalesce(f.builds, 0) AS builds, coalesce(f.explained, 0) AS explained,
               extract(epoch FROM f.first_at)::float8 AS first_seen, extract(epoch FROM f.last_at)::float8 AS last_seen,
               (SELECT count(*) FROM inconclusive i WHERE i.revision_id = p.revision_id) AS inconclusive, \(Self.trustColumns),
               CASE WHEN f.builds > 0 AND f.explained = 0 AND NOT p.retired AND NOT p.fallback THEN (
                 SELECT o.id FROM pair s JOIN pattern o ON o.number = s.best
                  WHERE s.number = p.number
                    AND NOT EXISTS (SELECT 1 FROM suspect u WHERE u.revision_id = o.revision_id AND u.cleared_at IS NULL)
                  ORDER BY s.builds DESC, o.id LIMIT 1) END AS shadowed_by
          FROM pattern p
          LEFT JOIN pattern_revision r ON r.id = p.revision_id
          LEFT JOIN found f ON f.number = p.number
          \(Self.trustJoins)
         WHERE \(isWanted) ORDER BY p.id
        """
      ).map { try Self.health($0) }
    }
  }

  private static func health(_ row: Row) throws -> PatternHealth {
    PatternHealth(
      id: PatternID(try row.decode("id")), title: try row.decode("title"),
      verdict: PatternVerdict(rawValue: try row.decode("verdict")) ?? .failure, owner: try row.decode("owner"),
      fallback: try row.decode("fallback"), isRetired: try row.decode("retired"), isSuspended: try row.decode("suspended"),
      reviewBy: try row.decode(String?.self, "review_by").flatMap { CalendarDay($0) }, findings: try row.decode("findings"),
      failedBuilds: try row.decode("builds"), explained: try row.decode("explained"), firstSeen: try row.decode("first_seen"),
      lastSeen: try row.decode("last_seen"), trust: try trust(row), inconclusiveLogs: try row.decode("inconclusive"),
      shadowedBy: try row.decode(String?.self, "shadowed_by").map { PatternID($0) })
  }
}
