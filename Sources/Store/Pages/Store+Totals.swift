import Model
import Postgres

/// How builds went, counted over days in UTC.
extension Store {
  /// How the builds of a time are accounted for.
  package struct BuildTotals: Sendable, Equatable {
    package var builds = 0
    package var failed = 0
    /// Failed builds, read to the end, that no pattern but fallbacks explains.
    package var unexplained = 0
    /// Failed builds with a log that isn't read, or on which a pattern wasn't tried to the end.
    package var unread = 0
    /// Failed builds that passed in another attempt of the same job on the same commit.
    package var retried = 0
    /// Failed builds by kind, as far as a build itself tells it: without known problems and without what the base failed with.
    package var kinds: [BuildKind: Int] = [:]

    package init() {}

    init(_ row: Row) throws {
      builds = try row.decode("builds")
      failed = try row.decode("failed")
      unexplained = try row.decode("unexplained")
      unread = try row.decode("unread")
      retried = try row.decode("retried")
      for kind in BuildKind.allCases {
        let count = try row.decode(Int.self, "of_\(kind.rawValue)")
        if count != 0 { kinds[kind] = count }
      }
    }
  }

  package struct DayTotals: Sendable, Equatable {
    /// The day, or the Monday of the week.
    package let day: CalendarDay
    package let totals: BuildTotals
  }

  package struct JobTotals: Sendable, Equatable {
    package let job: JobIdentity
    package let totals: BuildTotals
  }

  package struct BranchTotals: Sendable, Equatable {
    package let repository: String
    package let branch: String
    package let totals: BuildTotals
  }

  package enum Step: String, Sendable, CaseIterable { case day, week }

  /// - Parameter since: the first day; nil: from the beginning.
  package func buildTotals(_ filter: TallyFilter = TallyFilter(), since: CalendarDay?) async throws -> BuildTotals {
    try await transaction { session in try Self.buildTotals(try TallyScope(filter, session), since: since, session) }
  }

  static func buildTotals(_ scope: TallyScope, since: CalendarDay?, _ session: borrowing Session) throws -> BuildTotals {
    guard let cells = try scope.jobCells(session) else {
      return try BuildTotals(try session.query("SELECT \(directSums) FROM tally t WHERE \(scope.since(since))").only())
    }
    return try BuildTotals(
      try session.query("SELECT \(sums) FROM (\(counted("tally_totals", cells, since: since))) t").only())
  }

  /// The totals of each day or week in order; those without builds are left out.
  package func buildSeries(_ filter: TallyFilter = TallyFilter(), since: CalendarDay?, by step: Step) async throws -> [DayTotals] {
    try await transaction { session in
      let scope = try TallyScope(filter, session)
      let counted: SQL
      if let cells = try scope.jobCells(session) {
        counted = """
          SELECT \(Self.start(of: step, "t.period::timestamp")) AS day, \(Self.sums)
            FROM (\(Self.days("tally_totals", cells, since: since))) t GROUP BY 1 HAVING sum(t.builds) > 0
          """
      } else {
        counted = """
          SELECT \(Self.start(of: step, "t.at AT TIME ZONE 'UTC'")) AS day, \(Self.directSums)
            FROM tally t WHERE \(scope.since(since)) GROUP BY 1
          """
      }
      let rows = try session.query("SELECT c.*, c.day::text AS shown FROM (\(counted)) c ORDER BY c.day")
      return try rows.map { DayTotals(day: try Self.day($0, "shown"), totals: try BuildTotals($0)) }
    }
  }

  /// The jobs with the most failed builds first.
  package func jobTotals(_ filter: TallyFilter = TallyFilter(), since: CalendarDay?, most: Int) async throws -> [JobTotals] {
    try await transaction { session in
      let scope = try TallyScope(filter, session)
      let counted: SQL
      if let cells = scope.cells {
        let lines = cells.map(\.line)
        let ofScope = SQL.all(
          (scope.repository.map { ["t.repository_id = \($0)"] } ?? []) + (scope.jobs.map { ["t.job_id = ANY (\($0))"] } ?? []))
        counted = """
          SELECT t.job_id, \(Self.sums) FROM (\(Self.periods(since: since) { grain, range in
            "SELECT t.* FROM tally_totals t WHERE t.grain = \(raw: grain) AND t.line_id = ANY (\(lines)) AND \(range) AND t.job_id <> 0 AND \(ofScope)"
          })) t GROUP BY 1
          """
      } else {
        counted = "SELECT t.job_id, \(Self.directSums) FROM tally t WHERE \(scope.since(since)) GROUP BY 1"
      }
      return try session.query(
        """
        SELECT r.name AS repository, j.provider, j.workflow, j.job, c.* FROM (\(counted)) c
          JOIN tally_job j ON j.id = c.job_id JOIN repository r ON r.id = j.repository_id
         WHERE c.builds > 0 ORDER BY c.failed DESC, r.name, j.workflow, j.job, j.provider LIMIT \(Int64(Self.pageSize(most)))
        """
      ).map { row in
        JobTotals(
          job: try JobIdentity(row),
          totals: try BuildTotals(row))
      }
    }
  }

  /// The lines of development with the most failed builds first.
  package func lineTotals(repository: String? = nil, since: CalendarDay?, most: Int) async throws -> [BranchTotals] {
    try await transaction { session in
      let rows = try session.query(
        """
        WITH line AS (SELECT b.id, b.repository_id, b.name, r.name AS repository FROM tally_branch b JOIN repository r ON r.id = b.repository_id
                       WHERE b.is_line AND (\(repository)::text IS NULL OR r.name = \(repository)::text))
        SELECT * FROM (
          SELECT l.repository, l.name, \(Self.sums)
            FROM line l CROSS JOIN LATERAL (\(Self.periods(since: since) { grain, range in
              "SELECT t.* FROM tally_totals t WHERE t.grain = \(raw: grain) AND t.line_id = l.id AND t.repository_id = l.repository_id AND t.job_id = 0 AND \(range)"
            })) t
           GROUP BY 1, 2) c
         WHERE c.builds > 0 ORDER BY c.failed DESC, c.repository, c.name LIMIT \(Int64(Self.pageSize(most)))
        """)
      return try rows.map {
        BranchTotals(repository: try $0.decode("repository"), branch: try $0.decode("name"), totals: try BuildTotals($0))
      }
    }
  }

  // MARK: - Sums over periods

  private static let measures =
    ["builds", "failed", "unexplained", "unread", "retried"] + BuildKind.allCases.map { "of_\($0.rawValue)" }

  /// On `t`, rows of `tally_totals`.
  private static let sums: SQL = "\(raw: measures.map { "coalesce(sum(t.\($0)), 0) AS \($0)" }.joined(separator: ", "))"

  /// The same on `t`, rows of `tally`.
  private static let directSums: SQL = """
    count(*) AS builds, count(*) FILTER (WHERE t.failed) AS failed,
    count(*) FILTER (WHERE t.failed AND t.pattern IS NULL AND NOT t.unread) AS unexplained,
    count(*) FILTER (WHERE t.unread) AS unread, count(*) FILTER (WHERE t.retried) AS retried,
    \(raw: BuildKind.allCases.map { "count(*) FILTER (WHERE t.kind = '\($0.rawValue)') AS of_\($0.rawValue)" }.joined(separator: ", "))
    """

  /// The rows since a day: whole months by the month, and the days before the first whole one.
  ///
  /// - Parameter part: the rows of a grain whose `t.period` is in a range.
  static func periods(since: CalendarDay?, _ part: (_ grain: String, _ range: SQL) -> SQL) -> SQL {
    guard let since else { return part("1", "true") }
    let month: SQL = "\(since.nextMonth.description)::text::date"
    let months = part("1", "t.period >= \(month)")
    if since.day == 1 { return part("1", "t.period >= \(since.description)::text::date") }
    let days = part("0", "t.period >= \(since.description)::text::date AND t.period < \(month)")
    return "\(days) UNION ALL \(months)"
  }

  /// The rows of a table that sums are kept in, since a day.
  static func counted(_ table: String, _ cells: [TallyScope.Cell], since: CalendarDay?) -> SQL {
    periods(since: since) { grain, range in rows(of: table, cells, grain, range) }
  }

  /// The same by day.
  static func days(_ table: String, _ cells: [TallyScope.Cell], since: CalendarDay?, and condition: SQL = "true") -> SQL {
    let range: SQL = since.map { "t.period >= \($0.description)::text::date" } ?? "true"
    return rows(of: table, cells, "0", "\(range) AND \(condition)")
  }

  /// The first day of a day or of a week, of an expression of type timestamp.
  static func start(of step: Step, _ time: String) -> SQL { "date_trunc('\(raw: step.rawValue)', \(raw: time))::date" }

  private static func rows(of table: String, _ cells: [TallyScope.Cell], _ grain: String, _ condition: SQL) -> SQL {
    let withJobs = table == "tally_totals"
    if cells.count == 1 {
      let job: SQL = withJobs ? "AND t.job_id = \(cells[0].job)" : ""
      return """
        SELECT t.* FROM \(identifier: table) t
         WHERE t.grain = \(raw: grain) AND t.line_id = \(cells[0].line) AND t.repository_id = \(cells[0].repository) \(job) AND \(condition)
        """
    }
    let job: SQL = withJobs ? "AND t.job_id = k.job_id" : ""
    return """
      SELECT t.* FROM unnest(\(cells.map(\.line)), \(cells.map(\.repository)), \(cells.map(\.job))) AS k (line_id, repository_id, job_id)
        JOIN \(identifier: table) t ON t.line_id = k.line_id AND t.repository_id = k.repository_id \(job)
       WHERE t.grain = \(raw: grain) AND \(condition)
      """
  }

  static func day(_ row: Row, _ column: String) throws -> CalendarDay {
    CalendarDay(try row.decode(String.self, column)) ?? CalendarDay(secondsSince1970: 0)
  }
}

extension TallyScope {
  /// The sums with regard to jobs; nil where none are kept.
  func jobCells(_ session: borrowing Session) throws -> [Cell]? {
    guard let cells, let jobs else { return cells }
    return try session.query(
      """
      SELECT k.line_id, j.repository_id, j.id FROM tally_job j
        JOIN unnest(\(cells.map(\.line)), \(cells.map(\.repository))) AS k (line_id, repository_id)
          ON k.repository_id = 0 OR k.repository_id = j.repository_id
       WHERE j.id = ANY (\(jobs))
      """
    ).map { Cell(line: try $0.decode("line_id"), repository: try $0.decode("repository_id"), job: try $0.decode("id")) }
  }

  /// On `t`, a row of `tally`.
  func since(_ day: CalendarDay?) -> SQL {
    SQL.all(conditions + (day.map { ["t.at >= to_timestamp(\(Double($0.secondsSince1970)))"] } ?? []))
  }
}

extension CalendarDay {
  /// The first day of the month after.
  var nextMonth: CalendarDay {
    CalendarDay(year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1) ?? self
  }
}
