import Model
import Postgres

/// Lists of builds and of commits.
extension Store {
  package struct BuildFilter: Sendable, Equatable {
    package var builds = TallyFilter()
    package var outcome: Build.Outcome?
    /// Failed builds that no later part of the filter narrows: failure or timed out.
    package var onlyFailed = false
    /// Failed builds whose best finding is this pattern's.
    package var pattern: PatternID?
    package var kind: BuildKind?
    /// Failed builds, read to the end, that no pattern but fallbacks explains.
    package var onlyUnexplained = false
    /// In seconds since 1970: builds that finished from `since` on and before `until`.
    package var since: Double?
    package var until: Double?

    package init() {}
  }

  package struct BuildRow: Sendable, Equatable {
    package let id: Int64
    package let repository: String
    package let job: JobIdentity
    package let branch: String
    package let pullRequest: Int?
    package let commit: String
    package let attempt: Int
    package let outcome: Build.Outcome
    /// When it finished, or was entered where that is unknown, in seconds since 1970.
    package let at: Double
    /// The verdict of a failed build, as far as the build itself tells it.
    package let kind: BuildKind?
    /// The finding that decides, a fallback's too.
    package let best: BestLine?
    /// A log isn't read, or a pattern wasn't tried on it to the end.
    package let isUnread: Bool
    /// The same job of the same commit passed in another attempt.
    package let passedOnRetry: Bool
    /// Known problems or the base may excuse more than `kind` tells: then the verdict on the commit is to be asked.
    package let mayBeExcused: Bool
  }

  /// The telling line of a failed build.
  package struct BestLine: Sendable, Equatable {
    package let pattern: PatternID
    package let title: String
    package let verdict: PatternVerdict
    package let isFallback: Bool
    package let log: Int64
    /// From 1.
    package let line: Int
    /// The cleaned line, cut to 500 characters around the match.
    package let text: String
    /// For `${name}` in the title.
    package let captures: [Finding.Capture]
    /// What the pattern's author says is to be done.
    package let remedy: String?
  }

  /// What builds can be sorted by: what an index has, as there are millions.
  package enum BuildKey: String, Sendable, CaseIterable { case at }

  /// - Throws: `StoreError.badCursor`, `PostgresError`.
  package func buildPage(
    _ filter: BuildFilter, sortedBy sorting: Sorting<BuildKey> = .descending(.at), after cursor: String? = nil, most: Int
  ) async throws -> Paged<BuildRow> {
    let after = try PageCursor.values(of: cursor, count: 2)
    let most = Self.pageSize(most)
    return try await transaction { session in
      guard let chosen = try Self.buildRows(filter, sorting, after: after, most: most + 1, session) else {
        return Paged(rows: [], next: nil)
      }
      let rows = try session.query(
        """
        SELECT t.build_id, r.name AS repository, j.provider, j.workflow, j.job, n.name AS branch, t.pull_request, t.commit, t.attempt,
               t.outcome, extract(epoch FROM t.at)::float8 AS at, \(Self.micros("t.at")) AS micros, t.kind, t.unread, t.retried,
               \(Self.mayBeExcused) AS may_be_excused,
               \(Self.bestColumns)
          FROM (\(chosen)) t JOIN repository r ON r.id = t.repository_id JOIN tally_job j ON j.id = t.job_id
          JOIN tally_branch n ON n.id = t.branch_id \(Self.bestJoin)
         ORDER BY t.at \(sorting.direction), t.build_id \(sorting.direction)
        """)
      return Paged(
        try rows.map { row in (try Self.buildRow(row), [try row.decode("micros"), try row.decode("build_id")]) }, most: most)
    }
  }

  /// Rows of `tally` in order; nil if a name isn't known.
  private static func buildRows(
    _ filter: BuildFilter, _ sorting: Sorting<BuildKey>, after: [Int64]?, most: Int, _ session: borrowing Session
  ) throws -> SQL? {
    let scope = try TallyScope(filter.builds, session)
    var conditions = scope.conditions
    if let outcome = filter.outcome { conditions.append("t.outcome = \(outcome.rawValue)") }
    if filter.onlyFailed { conditions.append("t.failed") }
    if filter.onlyUnexplained { conditions.append("t.failed AND t.pattern IS NULL AND NOT t.unread") }
    if let kind = filter.kind { conditions.append("t.kind = \(kind.rawValue)") }
    if let pattern = filter.pattern {
      let row = try session.query("SELECT number FROM pattern WHERE id = \(pattern.rawValue)").first
      guard let number = try row?.decode(Int32.self, "number") else { return nil }
      conditions.append("t.pattern = \(number)")
    }
    if let since = filter.since { conditions.append("t.at >= to_timestamp(\(since))") }
    if let until = filter.until { conditions.append("t.at < to_timestamp(\(until))") }
    if let after { conditions.append("(t.at, t.build_id) \(sorting.behind) (\(time(after[0])), \(after[1]))") }
    return """
      SELECT t.* FROM tally t WHERE \(SQL.all(conditions))
       ORDER BY t.at \(sorting.direction), t.build_id \(sorting.direction) LIMIT \(Int64(most))
      """
  }

  /// Microseconds since 1970 of a column, which a cursor holds exactly.
  static func micros(_ column: String) -> SQL { "(extract(epoch FROM \(raw: column)) * 1000000)::bigint" }

  static func time(_ micros: Int64) -> SQL { "timestamptz 'epoch' + \(micros) * interval '1 microsecond'" }

  /// The best finding of `t`, a row of `tally`.
  static let bestColumns: SQL = """
    best.pattern AS best_pattern, best.title AS best_title, best.verdict AS best_verdict, best.fallback AS best_fallback,
    t.log_id AS best_log, t.line AS best_line, best.excerpt AS best_text, best.captures AS best_captures,
    best.remedy AS best_remedy
    """

  static let bestJoin: SQL = """
    LEFT JOIN LATERAL (
      SELECT p.id AS pattern, p.title, p.verdict, p.fallback, p.remedy, f.excerpt, f.captures::text AS captures
        FROM finding f JOIN pattern_revision v ON v.id = f.revision_id JOIN pattern p ON p.id = v.pattern_id
       WHERE f.log_id = t.log_id AND f.revision_id = t.revision_id AND f.line = t.line
       ORDER BY f.segment DESC, f.start_at DESC LIMIT 1) best ON true
    """

  static func best(_ row: Row) throws -> BestLine? {
    guard let pattern = try row.decode(String?.self, "best_pattern") else { return nil }
    return BestLine(
      pattern: PatternID(pattern), title: try row.decode("best_title"),
      verdict: PatternVerdict(rawValue: try row.decode("best_verdict")) ?? .failure, isFallback: try row.decode("best_fallback"),
      log: try row.decode("best_log"), line: try row.decode("best_line"), text: try row.decode("best_text"),
      captures: try StoredCapture.captures(json: try row.decode("best_captures")),
      remedy: try row.decode("best_remedy"))
  }

  private static func buildRow(_ row: Row) throws -> BuildRow {
    BuildRow(
      id: try row.decode("build_id"), repository: try row.decode("repository"), job: try JobIdentity(row),
      branch: try row.decode("branch"), pullRequest: try row.decode(Int32?.self, "pull_request").map(Int.init),
      commit: try row.decode("commit"), attempt: Int(try row.decode(Int32.self, "attempt")),
      outcome: Build.Outcome(rawValue: try row.decode("outcome")) ?? .failure, at: try row.decode("at"),
      kind: try row.decode(String?.self, "kind").flatMap { BuildKind(rawValue: $0) }, best: try best(row),
      isUnread: try row.decode("unread"), passedOnRetry: try row.decode("retried"),
      mayBeExcused: try row.decode("may_be_excused"))
  }
}
