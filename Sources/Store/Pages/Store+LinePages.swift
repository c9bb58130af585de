import Model
import Postgres

/// Lines of development, main before all: which commits are broken, by what, and for how long.
///
/// Commits stand in the order of their first build; that of the code host isn't known of all.
extension Store {
  package struct LineName: Sendable, Hashable {
    package let repository: String
    package let branch: String

    package init(repository: String, branch: String) {
      self.repository = repository
      self.branch = branch
    }
  }

  package struct LineSummary: Sendable, Equatable {
    package let name: LineName
    /// Of the last 90 days before the latest.
    package let commits: Int
    /// When the first build of its latest commit finished, in seconds since 1970.
    package let lastAt: Double
  }

  /// The lines, that with the latest commit first.
  package func lines(repository: String? = nil, most: Int) async throws -> [LineSummary] {
    try await transaction { session in
      try session.query(
        """
        SELECT r.name AS repository, b.name, extract(epoch FROM c.first_at)::float8 AS last,
               (SELECT count(*) FROM tally_line l WHERE l.line_id = b.id AND l.first_at > c.first_at - interval '90 days') AS commits
          FROM tally_branch b JOIN repository r ON r.id = b.repository_id
          CROSS JOIN LATERAL (SELECT l.first_at FROM tally_line l WHERE l.line_id = b.id ORDER BY l.first_at DESC LIMIT 1) c
         WHERE b.is_line AND (\(repository)::text IS NULL OR r.name = \(repository)::text)
         ORDER BY c.first_at DESC, r.name, b.name LIMIT \(Int64(Self.pageSize(most)))
        """
      ).map {
        LineSummary(
          name: LineName(repository: try $0.decode("repository"), branch: try $0.decode("name")), commits: try $0.decode("commits"),
          lastAt: try $0.decode("last"))
      }
    }
  }

  package enum CellState: String, Sendable, CaseIterable {
    case passed
    /// Failed, and a later attempt passed.
    case passedOnRetry = "passed_on_retry"
    case excused
    case failed
    case canceled
  }

  package struct LineCell: Sendable, Equatable {
    package let job: JobIdentity
    /// The last attempt that wasn't canceled, else the last.
    package let build: Int64
    package let state: CellState
    package let kind: BuildKind?
    package let pattern: PatternID?
  }

  package struct LineCommit: Sendable, Equatable {
    package let commit: String
    /// When its first build finished, in seconds since 1970.
    package let firstAt: Double
    /// Failed builds that no later attempt replaced, and those of them that neither they themselves nor a known problem excuses.
    package let failed: Int
    package let attention: Int
    /// One per job that ran.
    package let cells: [LineCell]
  }

  /// The commits of a line with what each job came to, the newest first.
  package func linePage(_ line: LineName, after cursor: String? = nil, most: Int) async throws -> Paged<LineCommit> {
    let after = try PageCursor.values(of: cursor, count: 2)
    let most = min(Self.pageSize(most), 100)
    return try await transaction { session in
      guard let id = try Self.lineID(line, session) else { return Paged(rows: [], next: nil) }
      let start: SQL =
        after.map { "AND (first_at, rpad(left(commit, 15), 15, '0')) < (\(Self.time($0[0])), \(Self.digits($0[1])))" } ?? ""
      let commits = try session.query(
        """
        SELECT commit, extract(epoch FROM first_at)::float8 AS first, \(Self.micros("first_at")) AS micros, failed, attention
          FROM tally_line WHERE line_id = \(id) \(start)
         ORDER BY first_at DESC, commit DESC FETCH FIRST \(Int64(most + 1)) ROWS ONLY
        """)
      let names = try commits.prefix(most).map { try $0.decode(String.self, "commit") }
      var excused: [String: Int] = [:]
      for row in try session.query(
        Self.excusedAttention(
          onLine: id,
          """
          t.line_id = \(id) AND t.commit = ANY (\(names))
             AND t.repository_id = (SELECT b.repository_id FROM tally_branch b WHERE b.id = \(id))
          """))
      { excused[try row.decode("commit")] = try row.decode("builds") }
      let cells = try Self.cells(of: names, line: id, session)
      return Paged(
        try commits.map { row in
          let commit = try row.decode(String.self, "commit")
          return (
            LineCommit(
              commit: commit, firstAt: try row.decode("first"), failed: try row.decode("failed"),
              attention: try row.decode(Int.self, "attention") - (excused[commit] ?? 0), cells: cells[commit] ?? []),
            [try row.decode("micros"), Self.number(ofCommit: commit)]
          )
        }, most: most)
    }
  }

  /// The first 15 hexadecimal digits of a commit, and zeros behind one that has fewer: so the numbers are in the order of the names.
  private static func number(ofCommit commit: String) -> Int64 {
    let digits = commit.prefix(15)
    return Int64(digits + String(repeating: "0", count: 15 - digits.count), radix: 16) ?? 0
  }

  /// The digits of which `number(ofCommit:)` made a number.
  private static func digits(_ number: Int64) -> String {
    let digits = String(max(0, number), radix: 16)
    return String(repeating: "0", count: max(0, 15 - digits.count)) + digits
  }

  private static func lineID(_ line: LineName, _ session: borrowing Session) throws -> Int32? {
    try session.query(
      """
      SELECT b.id FROM tally_branch b JOIN repository r ON r.id = b.repository_id
       WHERE r.name = \(line.repository) AND b.name = \(line.branch) AND b.is_line
      """
    ).first?.decode(Int32.self, "id")
  }

  /// By commit, how many of its builds on a line that count as `attention` a known problem excuses: `builds`.
  ///
  /// - Parameter rows: which builds of the line, on `t`, a row of `tally`.
  private static func excusedAttention(onLine id: Int32, _ rows: SQL) -> SQL {
    """
    SELECT t.commit, count(*) AS builds
      FROM \(excusedAttention("\(rows) AND \(hasKnownProblems(line: id))", attempts: "u.line_id = t.line_id"))
     GROUP BY 1
    """
  }

  /// Asked once, so that where there are none no build is looked at.
  private static func hasKnownProblems(line id: Int32) -> SQL {
    """
    (SELECT EXISTS (SELECT FROM known_problem k JOIN tally_branch b ON b.repository_id = k.repository_id WHERE b.id = \(id)))
    """
  }

  private static func cells(
    of commits: [String], line: Int32, _ session: borrowing Session
  ) throws -> [String: [LineCell]] {
    var cells: [String: [LineCell]] = [:]
    for row in try session.query(
      """
      SELECT DISTINCT ON (t.commit, t.job_id) t.commit, t.build_id, t.outcome, t.kind, t.retried, p.id AS pattern,
             r.name AS repository, j.provider, j.workflow, j.job, t.failed AND \(isExcused) AS is_known,
             bool_or(t.failed) OVER (PARTITION BY t.commit, t.job_id) AS ever_failed
        FROM tally_branch n JOIN tally t ON t.repository_id = n.repository_id AND t.commit = ANY (\(commits)) AND t.line_id = n.id
        JOIN tally_job j ON j.id = t.job_id JOIN repository r ON r.id = t.repository_id LEFT JOIN pattern p ON p.number = t.pattern
       WHERE n.id = \(line)
       ORDER BY t.commit, t.job_id, t.outcome = 'canceled', t.attempt DESC, t.build_id
      """)
    {
      let kind =
        try row.decode(Bool.self, "is_known") ? .known : try row.decode(String?.self, "kind").flatMap { BuildKind(rawValue: $0) }
      let outcome = Build.Outcome(rawValue: try row.decode("outcome")) ?? .failure
      let state: CellState
      switch outcome {
      case .success: state = try row.decode(Bool.self, "ever_failed") ? .passedOnRetry : .passed
      case .canceled: state = .canceled
      case .failure, .timedOut: state = kind?.isExcused == true ? .excused : .failed
      }
      cells[try row.decode("commit"), default: []].append(
        LineCell(
          job: try JobIdentity(row),
          build: try row.decode("build_id"), state: state, kind: kind,
          pattern: try row.decode(String?.self, "pattern").map { PatternID($0) }))
    }
    return cells.mapValues { $0.sorted { $0.job < $1.job } }
  }

  package struct LineDay: Sendable, Equatable {
    /// The day, or the Monday of the week, on which the first builds of the commits finished.
    package let day: CalendarDay
    package let commits: Int
    /// Those with a failure that neither it itself nor a known problem excuses.
    package let broken: Int
  }

  /// How many commits of a line were broken by day or week in order; those without commits are left out.
  package func lineSeries(_ line: LineName, since: CalendarDay?, by step: Step) async throws -> [LineDay] {
    try await transaction { session in
      guard let id = try Self.lineID(line, session) else { return [] }
      let start = since.map { Double($0.secondsSince1970) }
      let first: SQL = "coalesce(to_timestamp(\(start)::float8), '-infinity')"
      return try session.query(
        """
        SELECT \(Self.start(of: step, "l.first_at AT TIME ZONE 'UTC'"))::text AS day, count(*) AS commits,
               count(*) FILTER (WHERE l.attention > coalesce(x.builds, 0)) AS broken
          FROM tally_line l
          LEFT JOIN (\(Self.excusedAttention(onLine: id, "t.branch_id = \(id) AND t.at >= \(first)"))) x ON x.commit = l.commit
         WHERE l.line_id = \(id) AND l.first_at >= \(first)
         GROUP BY 1 ORDER BY 1
        """
      ).map { LineDay(day: try Self.day($0, "day"), commits: try $0.decode("commits"), broken: try $0.decode("broken")) }
    }
  }

  package struct JobRepair: Sendable, Equatable {
    package let job: JobIdentity
    /// How often the job broke, and how often it was mended.
    package let breaks: Int
    package let repairs: Int
    /// From the first failing build to the next that passed, in seconds; of those that were mended.
    package let meanSeconds: Double?
    package let longestSeconds: Double?
    /// When it broke that wasn't mended since, in seconds since 1970.
    package let brokenSince: Double?
  }

  /// How long each job of a line stayed broken; failures that are excused, by known problems too, neither break nor mend it. The jobs that are broken now first.
  ///
  /// - Parameter since: builds from this day on.
  package func lineRepairs(_ line: LineName, since: CalendarDay) async throws -> [JobRepair] {
    try await transaction { session in
      guard let id = try Self.lineID(line, session) else { return [] }
      let rows: SQL = "t.branch_id = \(id) AND t.at >= to_timestamp(\(Double(since.secondsSince1970)))"
      return try session.query(
        """
        WITH run AS (
          SELECT t.job_id, t.at, t.build_id, t.failed,
                 t.failed IS DISTINCT FROM lag(t.failed) OVER w AS turns
            FROM tally t
           WHERE \(rows)
             AND (t.outcome = 'success' OR t.failed AND NOT t.retried AND t.kind IN ('new', 'unknown', 'unread'))
             AND (NOT \(Self.hasKnownProblems(line: id)) OR t.build_id NOT IN (
               SELECT t.build_id FROM \(Self.excusable) WHERE \(rows) AND t.kind IN ('new', 'unknown') AND \(Self.isExcused)))
          WINDOW w AS (PARTITION BY t.job_id ORDER BY t.at, t.build_id)),
        turn AS (
          SELECT job_id, at, failed, lead(at) OVER (PARTITION BY job_id ORDER BY at, build_id) AS until FROM run WHERE turns)
        SELECT r.name AS repository, j.provider, j.workflow, j.job, c.* FROM (
          SELECT job_id, count(*) AS breaks, count(until) AS repairs, extract(epoch FROM avg(until - at))::float8 AS mean,
                 extract(epoch FROM max(until - at))::float8 AS longest,
                 extract(epoch FROM max(at) FILTER (WHERE until IS NULL))::float8 AS broken_since
            FROM turn WHERE failed GROUP BY 1) c
          JOIN tally_job j ON j.id = c.job_id JOIN repository r ON r.id = j.repository_id
         ORDER BY c.broken_since NULLS LAST, c.breaks DESC, j.workflow, j.job LIMIT \(Int64(Self.longestPage))
        """
      ).map { row in
        JobRepair(
          job: try JobIdentity(row),
          breaks: try row.decode("breaks"), repairs: try row.decode("repairs"), meanSeconds: try row.decode("mean"),
          longestSeconds: try row.decode("longest"), brokenSince: try row.decode("broken_since"))
      }
    }
  }
}
