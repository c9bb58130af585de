import Model
import Postgres

/// Whether patterns can be believed, for their pages.
extension Store {
  /// All of a pattern's present revision.
  package struct PatternTrust: Sendable {
    /// Passing builds that it was tried on, of the latest that were sampled, and those in which it was found.
    package let sampled: Int
    package let hit: Int
    package let wrongReports: Int
    package let suspicion: PatternHealth.Suspicion?
    package let cost: PatternHealth.Cost
  }

  /// - Throws: `StoreError.noSuchPattern`, `PostgresError`.
  package func patternTrust(of id: PatternID) async throws -> PatternTrust {
    let engine = engine
    return try await transaction { session in
      guard
        let row = try session.query(
          """
          WITH \(Self.rates(engine: engine))
          SELECT coalesce(n.sampled, 0)::bigint AS sampled, coalesce(n.hit, 0)::bigint AS hit,
                 (SELECT count(*) FROM wrong_report w WHERE w.revision_id = p.revision_id AND w.withdrawn_at IS NULL) AS reports,
                 extract(epoch FROM u.since)::float8 AS since, u.reason, extract(epoch FROM u.cleared_at)::float8 AS cleared_at,
                 u.cleared_by, u.cleared_reason, coalesce(m.logs, 0)::bigint AS logs, coalesce(m.bytes, 0)::bigint AS bytes,
                 coalesce(c.searches, 0) AS searches, coalesce(c.nanoseconds, 0) AS nanoseconds
            FROM pattern p LEFT JOIN rate n ON n.id = p.revision_id LEFT JOIN suspect u ON u.revision_id = p.revision_id
            LEFT JOIN pattern_cost c ON c.revision_id = p.revision_id
            CROSS JOIN LATERAL (SELECT sum(s.logs) AS logs, sum(s.bytes) AS bytes FROM cost_sample s WHERE s.revisions @> p.revision_id) m
           WHERE p.id = \(id.rawValue)
          """
        ).first
      else { throw StoreError.noSuchPattern(id.rawValue) }
      let cleared = try row.decode(Double?.self, "cleared_at").map {
        PatternHealth.Clearing(at: $0, who: try row.decode("cleared_by"), reason: try row.decode("cleared_reason"))
      }
      return PatternTrust(
        sampled: try row.decode("sampled"), hit: try row.decode("hit"), wrongReports: try row.decode("reports"),
        suspicion: try row.decode(Double?.self, "since").map {
          PatternHealth.Suspicion(since: $0, reason: try row.decode("reason"), cleared: cleared)
        },
        cost: PatternHealth.Cost(
          logs: try row.decode("logs"), bytes: try row.decode("bytes"), searches: try row.decode("searches"),
          nanoseconds: try row.decode("nanoseconds")))
    }
  }

  /// What stands against some patterns' present revisions.
  package struct PatternMarks: Sendable, Equatable {
    package let isSuspect: Bool
    package let wrongReports: Int
  }

  /// Patterns that nothing stands against are left out.
  package func patternMarks(of patterns: [PatternID]) async throws -> [PatternID: PatternMarks] {
    try await transaction { session in
      var marks: [PatternID: PatternMarks] = [:]
      for row in try session.query(
        """
        SELECT p.id, u.revision_id IS NOT NULL AS suspect, w.reports FROM pattern p
          LEFT JOIN suspect u ON u.revision_id = p.revision_id AND u.cleared_at IS NULL
          CROSS JOIN LATERAL (SELECT count(*) AS reports FROM wrong_report w
                               WHERE w.revision_id = p.revision_id AND w.withdrawn_at IS NULL) w
         WHERE p.id = ANY (\(patterns.map(\.rawValue))) AND (u.revision_id IS NOT NULL OR w.reports > 0)
        """)
      {
        marks[PatternID(try row.decode("id"))] = PatternMarks(
          isSuspect: try row.decode("suspect"), wrongReports: try row.decode("reports"))
      }
      return marks
    }
  }
}
