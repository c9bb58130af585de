import Model
import Postgres

/// One build with all that is known of it.
extension Store {
  package struct BuildDetail: Sendable {
    package let id: Int64
    package let build: Build
    /// When it was entered, in seconds since 1970.
    package let enteredAt: Double
    package let listing: ListingFacts
    package let logs: [LogDetail]
    package let inconclusive: [InconclusiveDetail]
    package let overrule: OverruleDetail?
    /// The verdict of a failed build, as far as the build itself tells it; nil where it isn't worked out yet, too.
    package let kind: BuildKind?
    package let best: BestLine?
    package let passedOnRetry: Bool
    /// Other attempts of the same job on the same commit, in order.
    package let attempts: [AttemptDetail]
  }

  package struct LogDetail: Sendable, Equatable {
    package let id: Int64
    package let step: String
    package let state: FetchState
    /// What the last try to fetch it came to, and in words.
    package let reason: String?
    package let error: String?
    /// SHA-256 of the raw bytes, its address in the archive.
    package let digest: [UInt8]?
    package let bytes: Int?
    package let lines: Int?
    /// Whether every active revision has been tried on it.
    package let isScanned: Bool
    package let findings: Int
  }

  package struct InconclusiveDetail: Sendable, Equatable {
    package let log: Int64
    package let pattern: PatternID
    package let reason: String
    package let line: Int
  }

  package struct OverruleDetail: Sendable, Equatable {
    package let kind: BuildKind
    package let who: String
    package let reason: String
    /// In seconds since 1970.
    package let at: Double
  }

  package struct AttemptDetail: Sendable, Equatable {
    package let id: Int64
    package let attempt: Int
    package let outcome: Build.Outcome
  }

  package struct FindingRow: Sendable {
    package let log: Int64
    package let step: String
    package let revision: Int64
    package let finding: Finding
    package let title: String
    package let verdict: PatternVerdict
    package let isFallback: Bool
    package let remedy: String?
    /// Whether the finding is of the revision that is tried now, of a pattern that is.
    package let isCurrent: Bool
  }

  /// - Throws: `StoreError.noSuchBuild`, `PostgresError`.
  package func buildDetail(_ id: Int64) async throws -> BuildDetail {
    let engine = engine
    return try await transaction { session in
      guard
        let row = try session.query(
          """
          SELECT b.*, extract(epoch FROM b.finished_at)::float8 AS finished, extract(epoch FROM b.created_at)::float8 AS entered,
                 r.name AS repository, o.kind AS overrule_kind, o.who, o.reason, extract(epoch FROM o.at)::float8 AS overruled_at,
                 t.kind, coalesce(t.retried, false) AS retried, \(Self.bestColumns)
            FROM build b JOIN repository r ON r.id = b.repository_id LEFT JOIN overrule o ON o.build_id = b.id
            LEFT JOIN tally t ON t.build_id = b.id \(Self.bestJoin)
           WHERE b.id = \(id)
          """
        ).first
      else { throw StoreError.noSuchBuild(id) }
      let overrule = try row.decode(String?.self, "overrule_kind").flatMap { BuildKind(rawValue: $0) }.map { kind in
        OverruleDetail(
          kind: kind, who: try row.decode("who"), reason: try row.decode("reason"), at: try row.decode("overruled_at"))
      }
      let attempts = try session.query(
        """
        SELECT o.id, o.attempt, o.outcome FROM build b JOIN build o
            ON o.repository_id = b.repository_id AND o.commit = b.commit AND o.job = b.job AND o.workflow = b.workflow AND o.provider = b.provider
           AND o.run = b.run
         WHERE b.id = \(id) AND o.id <> b.id ORDER BY o.attempt, o.id
        """
      ).map {
        AttemptDetail(
          id: try $0.decode("id"), attempt: try $0.decode("attempt"),
          outcome: Build.Outcome(rawValue: try $0.decode("outcome")) ?? .failure)
      }
      return BuildDetail(
        id: id, build: try Self.build(row), enteredAt: try row.decode("entered"),
        listing: ListingFacts(
          state: ListingFacts.State(rawValue: try row.decode("list_state")) ?? .failed, error: try row.decode("list_error")),
        logs: try Self.logDetails(of: id, engine: engine, session), inconclusive: try Self.inconclusive(of: id, session),
        overrule: overrule, kind: try row.decode(String?.self, "kind").flatMap { BuildKind(rawValue: $0) },
        best: try Self.best(row), passedOnRetry: try row.decode("retried"), attempts: attempts)
    }
  }

  private static func logDetails(of build: Int64, engine: Int, _ session: borrowing Session) throws -> [LogDetail] {
    try session.query(
      """
      WITH \(active(RescanScope()))
      SELECT l.id, l.step, l.fetch_state, l.fetch_reason, l.fetch_error, l.digest, l.bytes, l.lines,
             coalesce(s.engine = \(Int32(engine)) AND s.members @> a.revisions AND NOT isempty(a.revisions), false) AS scanned,
             (SELECT count(*) FROM finding f WHERE f.log_id = l.id) AS findings
        FROM log l CROSS JOIN active a LEFT JOIN tried_set s ON s.id = l.tried_set_id WHERE l.build_id = \(build) ORDER BY l.id
      """
    ).map { row in
      LogDetail(
        id: try row.decode("id"), step: try row.decode("step"),
        state: FetchState(rawValue: try row.decode("fetch_state")) ?? .failed, reason: try row.decode("fetch_reason"),
        error: try row.decode("fetch_error"), digest: try row.decode("digest"), bytes: try row.decode("bytes"),
        lines: try row.decode("lines"), isScanned: try row.decode("scanned"), findings: try row.decode("findings"))
    }
  }

  private static func inconclusive(of build: Int64, _ session: borrowing Session) throws -> [InconclusiveDetail] {
    try session.query(
      """
      SELECT i.log_id, v.pattern_id, i.reason, i.line FROM log l JOIN inconclusive i ON i.log_id = l.id
        JOIN pattern_revision v ON v.id = i.revision_id JOIN pattern p ON p.revision_id = v.id
       WHERE l.build_id = \(build) AND NOT p.retired ORDER BY i.log_id, v.pattern_id LIMIT \(Int64(longestPage))
      """
    ).map {
      InconclusiveDetail(
        log: try $0.decode("log_id"), pattern: PatternID(try $0.decode("pattern_id")), reason: try $0.decode("reason"),
        line: try $0.decode("line"))
    }
  }

  /// The findings in a build's logs, in the order of logs, lines, segments and places.
  ///
  /// - Parameters:
  ///   - log: only those of one of its logs.
  ///   - lines: only those from one line on and before another.
  /// - Throws: `StoreError.badCursor`, `PostgresError`.
  package func findingPage(
    ofBuild build: Int64, log: Int64? = nil, lines: Range<Int>? = nil, after cursor: String? = nil, most: Int
  ) async throws -> Paged<FindingRow> {
    let after = try PageCursor.values(of: cursor, count: 5)
    let most = Self.pageSize(most)
    return try await transaction { session in
      var conditions: [SQL] = ["l.build_id = \(build)"]
      if let log { conditions.append("l.id = \(log)") }
      if let lines { conditions.append("f.line >= \(Int64(lines.lowerBound)) AND f.line < \(Int64(lines.upperBound))") }
      if let after {
        conditions.append(
          """
          (f.log_id, f.line, f.segment, f.start_at, f.revision_id) > (\(after[0]), \(after[1]), \(after[2]), \(after[3]), \(after[4]))
          """)
      }
      let rows = try session.query(
        """
        SELECT f.log_id, f.revision_id, f.line, f.segment, f.start_at, f.end_at, f.windowed, f.captures::text AS captures, f.matched,
               f.excerpt, l.step, p.id AS pattern_id, p.title, p.verdict, p.fallback, p.remedy,
               NOT p.retired AND p.revision_id = f.revision_id AS current
          FROM log l JOIN finding f ON f.log_id = l.id JOIN pattern_revision v ON v.id = f.revision_id JOIN pattern p ON p.id = v.pattern_id
         WHERE \(SQL.all(conditions))
         ORDER BY f.log_id, f.line, f.segment, f.start_at, f.revision_id LIMIT \(Int64(most + 1))
        """)
      return Paged(
        try rows.map { row in
          let found = FindingRow(
            log: try row.decode("log_id"), step: try row.decode("step"), revision: try row.decode("revision_id"),
            finding: try Self.finding(row), title: try row.decode("title"),
            verdict: PatternVerdict(rawValue: try row.decode("verdict")) ?? .failure, isFallback: try row.decode("fallback"),
            remedy: try row.decode("remedy"), isCurrent: try row.decode("current"))
          return (
            found,
            [
              found.log, Int64(found.finding.line), Int64(found.finding.segment), Int64(found.finding.start), found.revision,
            ]
          )
        }, most: most)
    }
  }
}
