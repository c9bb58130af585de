import Model
import Postgres

/// The most frequent causes of failed builds.
extension Store {
  package struct CauseRow: Sendable, Equatable {
    package let pattern: PatternID
    package let title: String
    package let verdict: PatternVerdict
    package let isRetired: Bool
    /// Failed builds whose best finding it is.
    package let builds: Int
    /// As many in as many days before; nil where no days were given.
    package let buildsBefore: Int?
    /// Those of `builds` that passed in another attempt.
    package let retried: Int
    /// Jobs and repositories that it was seen in during the time.
    package let jobs: Int
    package let repositories: Int
    /// When it first and last explained a failed build, in seconds since 1970, whatever time is looked at.
    package let firstSeen: Double?
    package let lastSeen: Double?
    /// Its builds by day or week in order; those without are left out.
    package let trend: [TrendPoint]
  }

  package struct TrendPoint: Sendable, Equatable {
    /// The day, or the Monday of the week.
    package let day: CalendarDay
    package let builds: Int
  }

  /// What causes can be sorted by.
  package enum CauseKey: String, Sendable, CaseIterable {
    /// How many builds; their share, which goes the same way; how many more than in as many days before.
    case builds, share, change
    case firstSeen, lastSeen
    case title
  }

  /// - Parameters:
  ///   - verdict: only patterns with it.
  ///   - since: the first day; nil: from the beginning.
  ///   - until: the last day, today as a rule: the days that it is compared with are as many before `since`.
  ///   - step: what the trend goes by.
  ///   - cursor: `next` of the page before.
  /// - Throws: `StoreError.badCursor`, `PostgresError`.
  package func causePage(
    _ filter: TallyFilter = TallyFilter(), verdict: PatternVerdict? = nil, since: CalendarDay?, until: CalendarDay? = nil,
    trendBy step: Step = .day, sortedBy sorting: Sorting<CauseKey> = .descending(.builds), after cursor: String? = nil, most: Int
  ) async throws -> Paged<CauseRow> {
    let after = try PageCursor.values(of: cursor, count: 2)
    let most = Self.pageSize(most)
    let earlier = since.flatMap { since in until.map { since.before(asLongAs: $0) } }
    return try await transaction { session in
      let scope = try TallyScope(filter, session)
      var conditions: [SQL] = ["c.builds > 0"]
      if let verdict { conditions.append("p.verdict = \(verdict.rawValue)") }
      let key = Self.causeKey(sorting.key, scope, since: since, earlier: earlier)
      if let after {
        // A title is no number: the row that the page before ended with tells it.
        let last: SQL =
          sorting.key == .title ? "(SELECT lower(l.title) FROM pattern l WHERE l.number = \(after[1]))" : "\(after[0])::bigint"
        conditions.append(
          "(\(key.value) \(sorting.behind) \(last) OR \(key.value) = \(last) AND p.number > \(after[1]))")
      }
      let rows = try session.query(
        """
        SELECT p.number, p.id, p.title, p.verdict, p.retired, c.builds, c.retried AS retried_builds,
               \(sorting.key == .title ? "0::bigint" : key.value) AS key
          FROM (\(Self.causeCounts(scope, since: since))) c JOIN pattern p ON p.number = c.pattern \(key.join)
         WHERE \(SQL.all(conditions)) ORDER BY \(key.value) \(sorting.direction), p.number LIMIT \(Int64(most + 1))
        """)
      let numbers = try rows.prefix(most).map { try $0.decode(Int32.self, "number") }
      let reach = try Self.reach(numbers, scope, since: since, session)
      let trend = try Self.trend(numbers, scope, since: since, by: step, session)
      let before = try earlier.map { try Self.counts(of: numbers, scope, since: $0, session) }
      return Paged(
        try rows.map { row in
          let number = try row.decode(Int32.self, "number")
          let builds = try row.decode(Int.self, "builds")
          let seen = reach[number]
          return (
            CauseRow(
              pattern: PatternID(try row.decode("id")), title: try row.decode("title"),
              verdict: PatternVerdict(rawValue: try row.decode("verdict")) ?? .failure, isRetired: try row.decode("retired"),
              builds: builds, buildsBefore: before.map { ($0[number] ?? builds) - builds },
              retried: try row.decode("retried_builds"), jobs: seen?.jobs ?? 0, repositories: seen?.repositories ?? 0,
              firstSeen: seen?.first, lastSeen: seen?.last,
              trend: trend[number] ?? []),
            [try row.decode("key"), Int64(number)]
          )
        }, most: most)
    }
  }

  /// What is compared, and what has to be joined to `c`, a cause's counts, for it. All but titles are of the type bigint.
  private static func causeKey(
    _ key: CauseKey, _ scope: TallyScope, since: CalendarDay?, earlier: CalendarDay?
  ) -> (value: SQL, join: SQL) {
    switch key {
    case .builds, .share: return ("c.builds", "")
    case .title: return ("lower(p.title)", "")
    case .change:
      guard let earlier else { return ("c.builds", "") }
      return (
        "(2 * c.builds - coalesce(e.builds, c.builds))",
        "LEFT JOIN (\(causeCounts(scope, since: earlier))) e ON e.pattern = c.pattern"
      )
    case .firstSeen, .lastSeen:
      guard scope.isAll else {
        let column = key == .firstSeen ? "s.first_at" : "s.last_at"
        return ("coalesce(\(micros(column)), 0)", "LEFT JOIN (\(reach(scope, since: since))) s ON s.pattern = c.pattern")
      }
      // An index has the ends of each pattern.
      let direction: SQL = key == .firstSeen ? "ASC" : "DESC"
      return (
        "coalesce(\(micros("s.at")), 0)",
        """
        LEFT JOIN LATERAL (SELECT t.at FROM tally t WHERE t.pattern = c.pattern
          ORDER BY t.at \(direction), t.build_id \(direction) LIMIT 1) s ON true
        """
      )
    }
  }

  /// Builds by pattern.
  private static func counts(
    of patterns: [Int32], _ scope: TallyScope, since: CalendarDay, _ session: borrowing Session
  ) throws -> [Int32: Int] {
    let rows = try session.query(
      "SELECT c.pattern, c.builds FROM (\(causeCounts(scope, since: since))) c WHERE c.pattern = ANY (\(patterns))")
    return Dictionary(try rows.map { (try $0.decode("pattern"), try $0.decode("builds")) }) { $1 }
  }

  package struct NewCause: Sendable, Equatable {
    package let pattern: PatternID
    package let title: String
    package let verdict: PatternVerdict
    package let firstSeen: Double
    /// Failed builds that it explains.
    package let builds: Int
  }

  /// Patterns that explained a failed build for the first time since a moment, the latest first.
  ///
  /// - Parameter since: in seconds since 1970.
  package func newCauses(_ filter: TallyFilter = TallyFilter(), since: Double, most: Int) async throws -> [NewCause] {
    try await transaction { session in
      let scope = try TallyScope(filter, session)
      let ofScope = Self.reachCondition(scope)
      let counted: SQL
      if scope.cells == nil {
        counted = """
          SELECT t.pattern, min(t.at) AS first_at, count(*) AS builds FROM tally t
           WHERE t.pattern IS NOT NULL AND \(SQL.all(scope.conditions)) GROUP BY 1 HAVING min(t.at) >= to_timestamp(\(since))
          """
      } else {
        counted = """
          SELECT c.pattern, f.first_at, f.builds
            FROM (SELECT DISTINCT pattern FROM tally_reach WHERE first_at >= to_timestamp(\(since)) AND builds > 0) c
            CROSS JOIN LATERAL (
              SELECT r.first_at FROM tally_reach r JOIN tally_job j ON j.id = r.job_id
               WHERE r.pattern = c.pattern AND r.builds > 0 AND \(ofScope) ORDER BY r.first_at LIMIT 1) e
            CROSS JOIN LATERAL (
              SELECT min(r.first_at) AS first_at, sum(r.builds) AS builds FROM tally_reach r JOIN tally_job j ON j.id = r.job_id
               WHERE r.pattern = c.pattern AND r.builds > 0 AND e.first_at >= to_timestamp(\(since)) AND \(ofScope)) f
           WHERE e.first_at >= to_timestamp(\(since))
          """
      }
      return try session.query(
        """
        SELECT p.id, p.title, p.verdict, extract(epoch FROM f.first_at)::float8 AS first, f.builds
          FROM (\(counted)) f JOIN pattern p ON p.number = f.pattern
         ORDER BY f.first_at DESC, p.id LIMIT \(Int64(Self.pageSize(most)))
        """
      ).map { row in
        NewCause(
          pattern: PatternID(try row.decode("id")), title: try row.decode("title"),
          verdict: PatternVerdict(rawValue: try row.decode("verdict")) ?? .failure, firstSeen: try row.decode("first"),
          builds: try row.decode("builds"))
      }
    }
  }

  /// `pattern`, `builds` and `retried`.
  private static func causeCounts(_ scope: TallyScope, since: CalendarDay?) -> SQL {
    guard let cells = scope.cells, scope.jobs == nil else {
      return """
        SELECT t.pattern, count(*) AS builds, count(*) FILTER (WHERE t.retried) AS retried
          FROM tally t WHERE t.pattern IS NOT NULL AND \(scope.since(since)) GROUP BY 1
        """
    }
    return """
      SELECT t.pattern, sum(t.builds) AS builds, sum(t.retried) AS retried
        FROM (\(counted("tally_causes", cells, since: since))) t GROUP BY 1
      """
  }

  private struct Reach {
    var jobs, repositories: Int
    var first, last: Double
  }

  /// On `r`, a row of `tally_reach`, and `j`, its job; branches that are no lines are not told apart there.
  private static func reachCondition(_ scope: TallyScope) -> SQL {
    var conditions: [SQL] = []
    if let repository = scope.repository { conditions.append("j.repository_id = \(repository)") }
    if let jobs = scope.jobs { conditions.append("r.job_id = ANY (\(jobs))") }
    if scope.branches != nil {
      let lines = scope.cells?.map(\.line) ?? [0]
      conditions.append("r.line_id = ANY (\(lines))")
    }
    return SQL.all(conditions)
  }

  /// `pattern`, `repository_id`, `job_id`, `first_at` and `last_at` of what patterns explain in a scope.
  ///
  /// - Parameter condition: on the column `pattern`, whose table is not told.
  private static func reachByJob(_ scope: TallyScope, _ condition: SQL) -> SQL {
    // What is on a branch that is no line only its builds tell; they are few.
    guard scope.cells != nil else {
      return """
        SELECT t.pattern, t.repository_id, t.job_id, min(t.at) AS first_at, max(t.at) AS last_at
          FROM tally t WHERE t.pattern IS NOT NULL AND \(condition) AND \(SQL.all(scope.conditions)) GROUP BY 1, 2, 3
        """
    }
    return """
      SELECT r.pattern, j.repository_id, r.job_id, min(r.first_at) AS first_at, max(r.last_at) AS last_at
        FROM tally_reach r JOIN tally_job j ON j.id = r.job_id
       WHERE \(condition) AND r.builds > 0 AND \(reachCondition(scope)) GROUP BY 1, 2, 3
      """
  }

  /// `pattern`, `jobs` and `repositories` that it was seen in since a day, `first_at` and `last_at` of all times.
  private static func reach(_ scope: TallyScope, since: CalendarDay?, where condition: SQL = "true") -> SQL {
    let start = since.map { Double($0.secondsSince1970) }
    return """
      SELECT pattern, sum(jobs)::bigint AS jobs, count(*) FILTER (WHERE jobs > 0) AS repositories, min(first_at) AS first_at,
             max(last_at) AS last_at
        FROM (
          SELECT pattern, repository_id, count(*) FILTER (WHERE \(start)::float8 IS NULL OR last_at >= to_timestamp(\(start)::float8)) AS jobs,
                 min(first_at) AS first_at, max(last_at) AS last_at
            FROM (\(reachByJob(scope, condition))) by_job
           GROUP BY 1, 2) by_repository
       GROUP BY 1
      """
  }

  private static func reach(
    _ patterns: [Int32], _ scope: TallyScope, since: CalendarDay?, _ session: borrowing Session
  ) throws -> [Int32: Reach] {
    var found: [Int32: Reach] = [:]
    for row in try session.query(
      """
      SELECT pattern, jobs, repositories, extract(epoch FROM first_at)::float8 AS first, extract(epoch FROM last_at)::float8 AS last
        FROM (\(reach(scope, since: since, where: "pattern = ANY (\(patterns))"))) s
      """)
    {
      found[try row.decode("pattern")] = Reach(
        jobs: try row.decode("jobs"), repositories: try row.decode("repositories"), first: try row.decode("first"),
        last: try row.decode("last"))
    }
    return found
  }

  private static func trend(
    _ patterns: [Int32], _ scope: TallyScope, since: CalendarDay?, by step: Step, _ session: borrowing Session
  ) throws -> [Int32: [TrendPoint]] {
    let counted: SQL
    if let cells = scope.cells, scope.jobs == nil {
      counted = """
        SELECT t.pattern, \(start(of: step, "t.period::timestamp")) AS day, sum(t.builds) AS builds
          FROM (\(days("tally_causes", cells, since: since, and: "t.pattern = ANY (\(patterns))"))) t
         GROUP BY 1, 2 HAVING sum(t.builds) > 0
        """
    } else {
      counted = """
        SELECT t.pattern, \(start(of: step, "t.at AT TIME ZONE 'UTC'")) AS day, count(*) AS builds
          FROM tally t WHERE t.pattern = ANY (\(patterns)) AND \(scope.since(since)) GROUP BY 1, 2
        """
    }
    let rows = try session.query("SELECT pattern, day::text AS day, builds FROM (\(counted)) c ORDER BY pattern, c.day")
    var trend: [Int32: [TrendPoint]] = [:]
    for row in rows {
      trend[try row.decode("pattern"), default: []].append(
        TrendPoint(day: try day(row, "day"), builds: try row.decode("builds")))
    }
    return trend
  }
}

extension CalendarDay {
  /// The first of as many days before this one as there are from this one to another, both included.
  fileprivate func before(asLongAs last: CalendarDay) -> CalendarDay {
    let length = max(86_400, last.secondsSince1970 - secondsSince1970 + 86_400)
    return CalendarDay(secondsSince1970: Double(secondsSince1970 - length))
  }
}
