import Model
import Postgres

/// Whether patterns can be believed, for their pages.
extension Store {
  /// - Throws: `StoreError.noSuchPattern`, `PostgresError`.
  package func patternTrust(of id: PatternID) async throws -> PatternTrust {
    let engine = engine
    return try await transaction { session in
      let row = try session.query(
        """
        WITH \(Self.rates(engine: engine))
        SELECT \(Self.trustColumns) FROM pattern p \(Self.trustJoins) WHERE p.id = \(id.rawValue)
        """
      ).first
      guard let row else { throw StoreError.noSuchPattern(id.rawValue) }
      return try Self.trust(row)
    }
  }

  /// What `trust(_:)` reads, where `trustJoins` are joined to `p`, a pattern, and `rates` is there.
  static let trustColumns: SQL = """
    coalesce(n.sampled, 0)::bigint AS sampled, coalesce(n.hit, 0)::bigint AS hit,
    (SELECT count(DISTINCT w.build_id) FROM wrong_report w WHERE w.revision_id = p.revision_id AND w.withdrawn_at IS NULL) AS reports,
    extract(epoch FROM u.since)::float8 AS suspect_since, u.reason AS suspect_reason,
    extract(epoch FROM u.cleared_at)::float8 AS cleared_at, u.cleared_by, u.cleared_reason,
    coalesce(m.logs, 0)::bigint AS cost_logs, coalesce(m.bytes, 0)::bigint AS cost_bytes, coalesce(c.searches, 0) AS searches,
    coalesce(c.nanoseconds, 0) AS nanoseconds
    """

  static let trustJoins: SQL = """
    LEFT JOIN rate n ON n.id = p.revision_id
    LEFT JOIN suspect u ON u.revision_id = p.revision_id
    LEFT JOIN pattern_cost c ON c.revision_id = p.revision_id
    CROSS JOIN LATERAL (SELECT sum(s.logs) AS logs, sum(s.bytes) AS bytes FROM cost_sample s WHERE s.revisions @> p.revision_id) m
    """

  static func trust(_ row: Row) throws -> PatternTrust {
    let cleared = try row.decode(Double?.self, "cleared_at").map {
      PatternTrust.Clearing(at: $0, who: try row.decode("cleared_by"), reason: try row.decode("cleared_reason"))
    }
    return PatternTrust(
      sampled: try row.decode("sampled"), hit: try row.decode("hit"), wrongReports: try row.decode("reports"),
      suspicion: try row.decode(Double?.self, "suspect_since").map {
        PatternTrust.Suspicion(since: $0, reason: try row.decode("suspect_reason"), cleared: cleared)
      },
      cost: PatternTrust.Cost(
        logs: try row.decode("cost_logs"), bytes: try row.decode("cost_bytes"), searches: try row.decode("searches"),
        nanoseconds: try row.decode("nanoseconds")))
  }

  /// What was measured of a pattern's present revision.
  package struct PatternMeasure: Sendable, Equatable {
    /// The share of the latest sampled passing builds that it was tried on in which it was found; nil if there is none.
    package let passingRate: Double?
    /// CPU time in milliseconds for 1,000,000 raw bytes of logs; nil if none was measured.
    package let millisecondsPerMegabyte: Double?

    package init(passingRate: Double?, millisecondsPerMegabyte: Double?) {
      self.passingRate = passingRate
      self.millisecondsPerMegabyte = millisecondsPerMegabyte
    }
  }

  /// Of all patterns. It takes a third of a second where thousands of passing builds are sampled.
  package func patternMeasures() async throws -> [PatternID: PatternMeasure] {
    let engine = engine
    return try await transaction { session in
      let rows = try session.query(
        """
        WITH \(Self.rates(engine: engine))
        SELECT p.id, \(Self.trustColumns) FROM pattern p \(Self.trustJoins) WHERE p.revision_id IS NOT NULL
        """)
      return Dictionary(
        try rows.map { row in
          let trust = try Self.trust(row)
          let measure = PatternMeasure(passingRate: trust.rate, millisecondsPerMegabyte: trust.cost.millisecondsPerMegabyte)
          return (PatternID(try row.decode("id")), measure)
        }
      ) { first, _ in first }
    }
  }

  /// What stands against some patterns' present revisions.
  package struct PatternMarks: Sendable, Equatable {
    package let isSuspect: Bool
    /// Builds whose verdict was reported as wrong.
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
          CROSS JOIN LATERAL (SELECT count(DISTINCT w.build_id) AS reports FROM wrong_report w
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
