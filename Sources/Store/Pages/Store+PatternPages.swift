import Model
import Postgres

/// Patterns with what they found.
extension Store {
  package struct PatternRow: Sendable, Equatable {
    package let id: PatternID
    package let title: String
    package let verdict: PatternVerdict
    package let priority: Int
    package let fallback: Bool
    package let isRetired: Bool
    package let isSuspended: Bool
    package let owner: String?
    package let tags: [String]
    package let reviewBy: CalendarDay?
    /// Failed builds with a finding of it, and those that it explains; both of the time that is looked at.
    package let hits: Int
    package let builds: Int
    /// When it last explained a failed build, in seconds since 1970, whatever time is looked at.
    package let lastSeen: Double?
  }

  /// What patterns can be sorted by.
  package enum PatternKey: String, Sendable, CaseIterable {
    case id, title, owner
    /// Builds that they explain, their share, which goes the same way, and builds in which they were found.
    case builds, share, hits
    case lastSeen
    /// The share of passing builds in which they are found; those without a sampled one are the least.
    case passingRate
    /// Those that were not measured are the least.
    case millisecondsPerMegabyte
  }

  /// - Parameters:
  ///   - text: only patterns whose id or title holds it, in capital letters or small.
  ///   - since: the first day; nil: from the beginning.
  ///   - retired: whether those are wanted, too.
  ///   - ids: only these; nil: all.
  ///   - measures: what `patternMeasures` said lately, for sorting by them.
  /// - Throws: `StoreError.badCursor`, `PostgresError`.
  package func patternPage(
    text: String? = nil, verdict: PatternVerdict? = nil, owner: String? = nil, retired: Bool = false, among ids: [PatternID]? = nil,
    since: CalendarDay? = nil, sortedBy sorting: Sorting<PatternKey> = .descending(.hits),
    measures: [PatternID: PatternMeasure] = [:], after cursor: String? = nil, most: Int
  ) async throws -> Paged<PatternRow> {
    let after = try PageCursor.values(of: cursor, count: 2)
    let most = Self.pageSize(most)
    return try await transaction { session in
      var conditions: [SQL] = []
      if let text { conditions.append("(strpos(lower(p.id), lower(\(text))) > 0 OR strpos(lower(p.title), lower(\(text))) > 0)") }
      if let verdict { conditions.append("p.verdict = \(verdict.rawValue)") }
      if let owner { conditions.append("p.owner = \(owner)") }
      if !retired { conditions.append("NOT p.retired") }
      if let ids { conditions.append("p.id = ANY (\(ids.map(\.rawValue)))") }
      let (key, join, isText) = Self.patternKey(sorting.key, measures)
      if let after {
        // A text is no number: the row that the page before ended with tells it.
        let last: SQL = isText ? "(SELECT \(key) FROM pattern p WHERE p.number = \(after[1]))" : "\(after[0])::bigint"
        conditions.append("(\(key) \(sorting.behind) \(last) OR \(key) = \(last) AND p.number > \(after[1]))")
      }
      let all = [TallyScope.Cell(line: 0, repository: 0, job: 0)]
      let rows = try session.query(
        """
        WITH page AS (
          SELECT p.*, coalesce(c.hits, 0) AS hits, coalesce(c.builds, 0) AS builds,
                 row_number() OVER (ORDER BY \(key) \(sorting.direction), p.number) AS place, \(isText ? "0::bigint" : key) AS key
            FROM pattern p LEFT JOIN (
              SELECT t.pattern, sum(t.hits) AS hits, sum(t.builds) AS builds
                FROM (\(Self.counted("tally_causes", all, since: since))) t GROUP BY 1) c ON c.pattern = p.number
            \(join)
           WHERE \(SQL.all(conditions)) ORDER BY \(key) \(sorting.direction), p.number LIMIT \(Int64(most + 1)))
        SELECT p.*, p.review_by::text AS review, v.suspended_at IS NOT NULL AS suspended,
               extract(epoch FROM \(Self.lastSeen))::float8 AS last_seen
          FROM page p LEFT JOIN pattern_revision v ON v.id = p.revision_id ORDER BY p.place
        """)
      return Paged(
        try rows.map { row in
          (
            PatternRow(
              id: PatternID(try row.decode("id")), title: try row.decode("title"),
              verdict: PatternVerdict(rawValue: try row.decode("verdict")) ?? .failure, priority: try row.decode("priority"),
              fallback: try row.decode("fallback"), isRetired: try row.decode("retired"), isSuspended: try row.decode("suspended"),
              owner: try row.decode("owner"), tags: try row.decode("tags"),
              reviewBy: try row.decode(String?.self, "review").flatMap { CalendarDay($0) }, hits: try row.decode("hits"),
              builds: try row.decode("builds"), lastSeen: try row.decode("last_seen")),
            [try row.decode("key"), Int64(try row.decode(Int32.self, "number"))]
          )
        }, most: most)
    }
  }

  /// What is compared of `p`, a pattern, and `c`, its counts; what has to be joined for it; and whether it is a text. All others are of the
  /// type bigint.
  private static func patternKey(_ key: PatternKey, _ measures: [PatternID: PatternMeasure]) -> (SQL, join: SQL, isText: Bool) {
    func measured(_ value: (PatternMeasure) -> Int64?) -> (SQL, join: SQL, isText: Bool) {
      let known = measures.compactMap { id, measure in value(measure).map { (id.rawValue, $0) } }
      return (
        "coalesce(m.value, -1)", "LEFT JOIN unnest(\(known.map(\.0)), \(known.map(\.1))) AS m (id, value) ON m.id = p.id", false
      )
    }
    return switch key {
    case .id: ("p.id", "", true)
    case .title: ("lower(p.title)", "", true)
    case .owner: ("lower(coalesce(p.owner, ''))", "", true)
    case .builds, .share: ("coalesce(c.builds, 0)", "", false)
    case .hits: ("coalesce(c.hits, 0)", "", false)
    case .lastSeen: ("coalesce((extract(epoch FROM \(lastSeen)) * 1000000)::bigint, 0)", "", false)
    // In millionths.
    case .passingRate: measured { $0.passingRate.map { Int64($0 * 1e6) } }
    case .millisecondsPerMegabyte: measured { $0.millisecondsPerMegabyte.map { Int64($0 * 1e6) } }
    }
  }

  /// Of `p`, a pattern: the index of the tally has each one's last build.
  private static let lastSeen: SQL =
    "(SELECT t.at FROM tally t WHERE t.pattern = p.number ORDER BY t.at DESC, t.build_id DESC LIMIT 1)"

  /// A pattern as the database has it.
  package struct PatternDetail: Sendable {
    package let id: PatternID
    package let title: String
    package let verdict: PatternVerdict
    package let issue: String?
    package let priority: Int
    package let fallback: Bool
    package let groupBy: [String]
    package let tags: [String]
    package let owner: String?
    package let remedy: String?
    package let reviewBy: CalendarDay?
    package let isRetired: Bool
    /// In seconds since 1970.
    package let changedAt: Double
    /// The newest first.
    package let revisions: [RevisionDetail]
    /// Logs on which the revision that is tried now couldn't be tried to the end.
    package let inconclusive: Int
    /// When it first and last explained a failed build, in seconds since 1970.
    package let firstSeen: Double?
    package let lastSeen: Double?
  }

  package struct RevisionDetail: Sendable {
    package let id: Int64
    package let isCurrent: Bool
    package let definition: MatchDefinition
    /// In seconds since 1970.
    package let createdAt: Double
    package let suspendedAt: Double?
  }

  /// - Throws: `StoreError.noSuchPattern`, `PostgresError`.
  package func patternDetail(_ id: PatternID) async throws -> PatternDetail {
    try await transaction { session in
      guard
        let row = try session.query(
          """
          SELECT p.*, p.review_by::text AS review, extract(epoch FROM p.changed_at)::float8 AS changed,
                 (SELECT count(*) FROM inconclusive i WHERE i.revision_id = p.revision_id) AS inconclusive,
                 extract(epoch FROM s.first_at)::float8 AS first, extract(epoch FROM s.last_at)::float8 AS last
            FROM pattern p CROSS JOIN LATERAL (
              SELECT min(r.first_at) AS first_at, max(r.last_at) AS last_at FROM tally_reach r WHERE r.pattern = p.number AND r.builds > 0) s
           WHERE p.id = \(id.rawValue)
          """
        ).first
      else { throw StoreError.noSuchPattern(id.rawValue) }
      let current = try row.decode(Int64?.self, "revision_id")
      let revisions = try session.query(
        """
        SELECT id, definition::text AS definition, extract(epoch FROM created_at)::float8 AS created,
               extract(epoch FROM suspended_at)::float8 AS suspended
          FROM pattern_revision WHERE pattern_id = \(id.rawValue) ORDER BY id DESC
        """
      ).map { row in
        let revision = try row.decode(Int64.self, "id")
        return RevisionDetail(
          id: revision, isCurrent: revision == current,
          definition: try StoredDefinition(json: try row.decode("definition")).definition(of: id.rawValue),
          createdAt: try row.decode("created"), suspendedAt: try row.decode("suspended"))
      }
      return PatternDetail(
        id: id, title: try row.decode("title"), verdict: PatternVerdict(rawValue: try row.decode("verdict")) ?? .failure,
        issue: try row.decode("issue"), priority: try row.decode("priority"), fallback: try row.decode("fallback"),
        groupBy: try row.decode("group_by"), tags: try row.decode("tags"), owner: try row.decode("owner"),
        remedy: try row.decode("remedy"), reviewBy: try row.decode(String?.self, "review").flatMap { CalendarDay($0) },
        isRetired: try row.decode("retired"), changedAt: try row.decode("changed"), revisions: revisions,
        inconclusive: try row.decode("inconclusive"), firstSeen: try row.decode("first"), lastSeen: try row.decode("last"))
    }
  }

  package struct HitPoint: Sendable, Equatable {
    /// The day, or the Monday of the week.
    package let day: CalendarDay
    /// Failed builds with a finding of the pattern, and those that it explains.
    package let hits: Int
    package let builds: Int
  }

  /// What a pattern found by day or week in order; those without are left out.
  package func patternSeries(_ id: PatternID, since: CalendarDay?, by step: Step) async throws -> [HitPoint] {
    try await transaction { session in
      try session.query(
        """
        SELECT day::text AS shown, hits, builds FROM (
          SELECT \(Self.start(of: step, "t.period::timestamp")) AS day, sum(t.hits) AS hits, sum(t.builds) AS builds
            FROM (\(Self.days("tally_causes", [TallyScope.Cell(line: 0, repository: 0, job: 0)], since: since,
              and: "t.pattern = (SELECT number FROM pattern WHERE id = \(id.rawValue))"))) t
           GROUP BY 1 HAVING sum(t.hits) > 0) c ORDER BY day
        """
      ).map { HitPoint(day: try Self.day($0, "shown"), hits: try $0.decode("hits"), builds: try $0.decode("builds")) }
    }
  }

  package struct PatternJob: Sendable, Equatable {
    package let job: JobIdentity
    /// Failed builds of the job that the pattern explains.
    package let builds: Int
    /// In seconds since 1970.
    package let firstSeen: Double
    package let lastSeen: Double
  }

  /// The jobs whose failures a pattern explains, those with the most first.
  package func patternJobs(_ id: PatternID, most: Int) async throws -> [PatternJob] {
    try await transaction { session in
      try session.query(
        """
        SELECT r.name AS repository, j.provider, j.workflow, j.job, c.builds, extract(epoch FROM c.first_at)::float8 AS first,
               extract(epoch FROM c.last_at)::float8 AS last
          FROM (SELECT job_id, sum(builds) AS builds, min(first_at) AS first_at, max(last_at) AS last_at FROM tally_reach
                 WHERE pattern = (SELECT number FROM pattern WHERE id = \(id.rawValue)) AND builds > 0 GROUP BY 1) c
          JOIN tally_job j ON j.id = c.job_id JOIN repository r ON r.id = j.repository_id
         ORDER BY c.builds DESC, r.name, j.workflow, j.job LIMIT \(Int64(Self.pageSize(most)))
        """
      ).map { row in
        PatternJob(
          job: try JobIdentity(row),
          builds: try row.decode("builds"), firstSeen: try row.decode("first"), lastSeen: try row.decode("last"))
      }
    }
  }

  package struct PatternSample: Sendable {
    package let build: Int64
    package let repository: String
    package let job: String
    package let commit: String
    package let outcome: Build.Outcome
    /// When the build finished, or was entered where that is unknown, in seconds since 1970.
    package let at: Double
    package let log: Int64
    package let finding: Finding
  }

  /// Findings of the revision that is tried now, those in the newest logs first, those of passing builds too.
  ///
  /// For groups: the same page without a cursor, by the captures that `groupBy` names.
  package func patternSamples(_ id: PatternID, after cursor: String? = nil, most: Int) async throws -> Paged<PatternSample> {
    let after = try PageCursor.values(of: cursor, count: 4)
    let most = Self.pageSize(most)
    return try await transaction { session in
      let revision = try session.query("SELECT revision_id FROM pattern WHERE id = \(id.rawValue)").first?
        .decode(Int64?.self, "revision_id")
      guard let revision else { return Paged(rows: [], next: nil) }
      let start: SQL =
        after.map {
          """
          AND f.log_id <= \($0[0])
          AND (f.log_id < \($0[0]) OR (f.line, f.segment, f.start_at) > (\($0[1]), \($0[2]), \($0[3])))
          """
        } ?? ""
      let rows = try session.query(
        """
        SELECT f.log_id, f.line, f.segment, f.start_at, f.end_at, f.windowed, f.captures::text AS captures, f.matched, f.excerpt,
               \(id.rawValue)::text AS pattern_id, b.id AS build, r.name AS repository, b.job, b.commit, b.outcome,
               extract(epoch FROM coalesce(b.finished_at, b.created_at))::float8 AS at
          FROM (SELECT f.* FROM finding f WHERE f.revision_id = \(revision) \(start)
                 ORDER BY f.log_id DESC, f.line, f.segment, f.start_at LIMIT \(Int64(most + 1))) f
          JOIN log l ON l.id = f.log_id JOIN build b ON b.id = l.build_id JOIN repository r ON r.id = b.repository_id
         ORDER BY f.log_id DESC, f.line, f.segment, f.start_at
        """)
      return Paged(
        try rows.map { row in
          let sample = PatternSample(
            build: try row.decode("build"), repository: try row.decode("repository"), job: try row.decode("job"),
            commit: try row.decode("commit"), outcome: Build.Outcome(rawValue: try row.decode("outcome")) ?? .failure,
            at: try row.decode("at"), log: try row.decode("log_id"), finding: try Self.finding(row))
          return (sample, [sample.log, Int64(sample.finding.line), Int64(sample.finding.segment), Int64(sample.finding.start)])
        }, most: most)
    }
  }
}
