import Model
import Postgres

/// People's annotations.
extension Store {
  /// Enters a known problem; commits that were posted on lately are judged again.
  ///
  /// - Throws: `StoreError.noSuchPattern`, `PostgresError`.
  package func add(_ problem: KnownProblem) async throws -> Int64 {
    try await transaction { [coolOff] session in
      let repository = try Self.repositoryID(problem.repository, session)
      let patterns = problem.patterns.map(\.rawValue)
      let known = try session.query("SELECT id FROM pattern WHERE id = ANY (\(patterns))").map { try $0.decode(String.self, "id") }
      if let missing = patterns.first(where: { !known.contains($0) }) { throw StoreError.noSuchPattern(missing) }
      let id = try session.query(
        """
        INSERT INTO known_problem (repository_id, jobs, branch, from_commit, until_commit, until_at, patterns, reason, issue, who)
        VALUES (\(repository), \(problem.jobs), \(problem.branch), \(problem.fromCommit), \(problem.untilCommit),
                to_timestamp(\(problem.untilTime)), \(patterns), \(problem.reason), \(problem.issue), \(problem.who))
        RETURNING id
        """
      ).only().decode(Int64.self, "id")
      try Self.audit(
        who: problem.who, "known problem added",
        [
          "id": String(id), "reason": problem.reason, "repository": problem.repository, "branch": problem.branch,
          "jobs": problem.jobs.joined(separator: ", "), "patterns": patterns.joined(separator: ", "),
          "from": problem.fromCommit ?? "", "until": problem.untilCommit ?? "",
        ].filter { !$0.value.isEmpty }, session)
      try Self.markDue(postedIn: repository, coolOff: coolOff, session)
      return id
    }
  }

  /// Ends a known problem: builds that finish from now on are not covered, or commits from `commit` on aren't.
  ///
  /// - Throws: `StoreError.noSuchKnownProblem`, `PostgresError`.
  package func resolveKnownProblem(_ id: Int64, untilCommit commit: String?, who: String) async throws {
    try await transaction { [coolOff] session in
      let rows = try session.query(
        """
        UPDATE known_problem SET resolved_at = now(), resolved_by = \(who), until_commit = coalesce(\(commit), until_commit),
               until_at = CASE WHEN \(commit)::text IS NULL THEN least(until_at, now()) ELSE until_at END
         WHERE id = \(id) AND resolved_at IS NULL
        RETURNING repository_id, reason, (SELECT name FROM repository r WHERE r.id = repository_id) AS repository
        """)
      guard let row = rows.first else { throw StoreError.noSuchKnownProblem(id) }
      try Self.audit(
        who: who, "known problem resolved",
        [
          "id": String(id), "reason": try row.decode("reason"), "repository": try row.decode("repository"), "until": commit ?? "",
        ].filter { !$0.value.isEmpty }, session)
      try Self.markDue(postedIn: try row.decode(Int64.self, "repository_id"), coolOff: coolOff, session)
    }
  }

  /// All known problems, the newest first.
  ///
  /// - Parameter resolved: whether those that are resolved are wanted, too.
  package func knownProblems(repository: String? = nil, resolved: Bool) async throws -> [KnownProblem] {
    try await transaction { session in try Self.knownProblems(repository: repository, resolved: resolved, session) }
  }

  static func knownProblems(repository: String?, resolved: Bool, _ session: borrowing Session) throws -> [KnownProblem] {
    try session.query(
      """
      SELECT k.id, r.name AS repository, k.jobs, k.branch, k.from_commit, k.until_commit, extract(epoch FROM k.until_at)::float8 AS until,
             k.patterns, k.reason, k.issue, k.who, extract(epoch FROM k.created_at)::float8 AS created,
             extract(epoch FROM k.resolved_at)::float8 AS resolved, k.resolved_by
        FROM known_problem k JOIN repository r ON r.id = k.repository_id
       WHERE (\(repository)::text IS NULL OR r.name = \(repository)::text) AND (\(resolved) OR k.resolved_at IS NULL)
       ORDER BY k.id DESC
      """
    ).map { row in
      KnownProblem(
        id: try row.decode("id"), repository: try row.decode("repository"), jobs: try row.decode("jobs"),
        branch: try row.decode("branch"), fromCommit: try row.decode("from_commit"), untilCommit: try row.decode("until_commit"),
        untilTime: try row.decode("until"), patterns: try row.decode([String].self, "patterns").map { PatternID($0) },
        reason: try row.decode("reason"), issue: try row.decode("issue"), who: try row.decode("who"),
        createdAt: try row.decode("created"), resolvedAt: try row.decode("resolved"), resolvedBy: try row.decode("resolved_by"))
    }
  }
}
