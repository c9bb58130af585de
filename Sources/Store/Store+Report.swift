import Model
import Postgres

/// What breaks builds, counted from the tally to the second; pages count whole days.
extension Store {
  /// How the failed builds of a time are accounted for.
  package struct Totals: Sendable, Equatable {
    package var builds = 0
    package var failed = 0
    /// Failed builds that no pattern but fallbacks explains.
    package var unexplained = 0
    /// Failed builds with a log that isn't read, or on which a pattern wasn't tried to the end.
    package var unread = 0
    /// Failed builds that passed in another attempt of the same job on the same commit.
    package var passedOnRetry = 0
  }

  package struct Cause: Sendable, Equatable {
    /// A pattern's id, a job's name or a week's first day.
    package let name: String
    package let title: String
    package let verdict: PatternVerdict?
    package let builds: Int
    package let jobs: Int
    package let repositories: Int
    /// Failed builds of it that passed in another attempt.
    package let passedOnRetry: Int
    /// Of which no pattern explains.
    package let unexplained: Int
    /// In seconds since 1970.
    package let lastSeen: Double?
  }

  package enum Grouping: String, Sendable, CaseIterable { case pattern, job, week }

  private static func since(_ time: Double?) -> SQL { "(\(time)::float8 IS NULL OR t.at >= to_timestamp(\(time)::float8))" }

  /// - Parameter since: in seconds since 1970; nil for all time.
  package func totals(since: Double?) async throws -> Totals {
    try await transaction { session in
      let row = try session.query(
        """
        SELECT count(*) AS builds, count(*) FILTER (WHERE failed) AS failed,
               count(*) FILTER (WHERE failed AND pattern IS NULL AND NOT unread) AS unexplained,
               count(*) FILTER (WHERE failed AND unread) AS unread, count(*) FILTER (WHERE failed AND retried) AS passed_on_retry
          FROM tally t WHERE \(Self.since(since))
        """
      ).only()
      return Totals(
        builds: try row.decode("builds"), failed: try row.decode("failed"), unexplained: try row.decode("unexplained"),
        unread: try row.decode("unread"), passedOnRetry: try row.decode("passed_on_retry"))
    }
  }

  /// The most frequent first; weeks in their order.
  ///
  /// - Parameter since: in seconds since 1970; nil for all time.
  package func causes(by grouping: Grouping, since: Double?, most: Int) async throws -> [Cause] {
    let key: SQL
    let name: SQL
    let order: SQL
    switch grouping {
    case .pattern: (key, name, order) = ("t.pattern", "p.id", "builds DESC, name")
    // A job of the same name in two CI systems is two, told as one.
    case .job:
      (key, name, order) = (
        "(r.name || ' ' || concat_ws('/', nullif(j.workflow, ''), j.job)) COLLATE \"C\"", "c.key", "builds DESC, name"
      )
    case .week: (key, name, order) = ("date_trunc('week', t.at AT TIME ZONE 'UTC')", "to_char(c.key, 'YYYY-MM-DD')", "name")
    }
    let jobs: SQL = grouping == .job ? "JOIN tally_job j ON j.id = t.job_id JOIN repository r ON r.id = t.repository_id" : ""
    let pattern: SQL = grouping == .pattern ? "JOIN pattern p ON p.number = c.key" : ""
    let about: SQL = grouping == .pattern ? "p.title, p.verdict" : "'' AS title, '' AS verdict"
    return try await transaction { session in
      try session.query(
        """
        SELECT \(name) AS name, \(about), c.builds, c.jobs, c.repositories, c.passed_on_retry, c.unexplained, c.last_seen
          FROM (SELECT \(key) AS key, count(*) AS builds, count(DISTINCT t.job_id) AS jobs, count(DISTINCT t.repository_id) AS repositories,
                       count(*) FILTER (WHERE t.retried) AS passed_on_retry,
                       count(*) FILTER (WHERE t.pattern IS NULL AND NOT t.unread) AS unexplained,
                       extract(epoch FROM max(t.at))::float8 AS last_seen
                  FROM tally t \(jobs) WHERE t.failed AND \(Self.since(since)) GROUP BY 1) c \(pattern)
         ORDER BY \(order) LIMIT \(Int64(most))
        """
      ).map { row in
        Cause(
          name: try row.decode("name"), title: try row.decode("title"),
          verdict: PatternVerdict(rawValue: try row.decode("verdict")),
          builds: try row.decode("builds"), jobs: try row.decode("jobs"), repositories: try row.decode("repositories"),
          passedOnRetry: try row.decode("passed_on_retry"), unexplained: try row.decode("unexplained"),
          lastSeen: try row.decode("last_seen"))
      }
    }
  }
}
