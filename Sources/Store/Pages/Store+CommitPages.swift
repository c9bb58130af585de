import Model
import Postgres

/// The list of commits with failed builds.
extension Store {
  package struct CommitRow: Sendable, Equatable {
    package let repository: String
    package let commit: String
    /// Of the latest build.
    package let branch: String
    package let pullRequest: Int?
    /// When the first and the last build finished, in seconds since 1970.
    package let firstAt: Double
    package let lastAt: Double
    package let builds: Int
    /// Failed builds that no later attempt replaced, and those of them that neither they themselves nor a known problem excuses.
    package let failed: Int
    package let attention: Int
    /// The last status that was posted.
    package let post: CommitPost?
  }

  package struct CommitPost: Sendable, Equatable {
    package let state: String
    package let text: String
    package let phase: Post.Phase
    /// In seconds since 1970.
    package let at: Double
  }

  /// What commits can be sorted by.
  package enum CommitKey: String, Sendable, CaseIterable { case lastAt }

  /// Commits with a failed build that counts. Of a branch: with one on it, whatever else was built of them, and counted there.
  ///
  /// - Parameters:
  ///   - filter: its job is not looked at.
  ///   - onlyAttention: only commits with a failure that neither it itself nor a known problem excuses.
  ///   - since: only commits whose last build finished since, in seconds since 1970.
  ///   - looks: through so many commits at most, from which known problems may leave few or none; the next page goes on behind them.
  /// - Throws: `StoreError.badCursor`, `PostgresError`.
  package func commitPage(
    _ filter: TallyFilter = TallyFilter(), onlyAttention: Bool = false, since: Double? = nil,
    sortedBy sorting: Sorting<CommitKey> = .descending(.lastAt), after cursor: String? = nil, most: Int, looking looks: Int = 5_000
  ) async throws -> Paged<CommitRow> {
    let after = try PageCursor.values(of: cursor, count: 2)
    let most = Self.pageSize(most)
    return try await transaction { session in
      var conditions: [SQL] = ["c.failed > 0"]
      let scope = try TallyScope(TallyFilter(repository: filter.repository, branch: filter.branch), session)
      let excused = Self.excusedAttention(ofCommitIn: scope)
      if onlyAttention { conditions.append("c.attention > 0") }
      if let since { conditions.append("c.last_at >= to_timestamp(\(since))") }
      let order: SQL = "ORDER BY c.last_at \(sorting.direction), c.id \(sorting.direction)"
      // That known problems excuse all failures of a commit is found out by reading it, and reading stops as soon as there are enough.
      var found: [(row: CommitRow, cursor: [Int64])] = []
      var after = after
      var (count, left) = (most + 1, max(looks, most + 1))
      while true {
        let further: [SQL] = after.map { ["(c.last_at, c.id) \(sorting.behind) (\(Self.time($0[0])), \($0[1]))"] } ?? []
        let chosen = Self.commitRows(scope, conditions + further, "\(order) LIMIT \(Int64(count))")
        let rows = try Self.commitRows(chosen, excused, order, session)
        found += rows.filter { !onlyAttention || $0.row.attention > 0 }
        guard found.count <= most, rows.count == count, let last = rows.last else { return Paged(found, most: most) }
        left -= count
        guard left > 0 else { return Paged(rows: found.map(\.row), next: PageCursor(last.cursor).text) }
        after = last.cursor
        count = min(4 * count, left)
      }
    }
  }

  /// How many of the builds that a commit, `c`, counts as `attention` a known problem excuses. Only those of repositories that have known
  /// problems are looked at.
  private static func excusedAttention(ofCommitIn scope: TallyScope) -> SQL {
    let rows: SQL
    let attempts: SQL
    if let branches = scope.branches {
      let isOfLine = scope.cells != nil
      rows = isOfLine ? "t.line_id = c.branch_id" : TallyScope.isOne(of: branches, "t.branch_id")
      attempts = isOfLine ? "u.line_id = t.line_id" : TallyScope.isOne(of: branches, "u.branch_id")
    } else {
      (rows, attempts) = ("true", "true")
    }
    return """
      CASE WHEN c.attention > 0 AND EXISTS (SELECT FROM known_problem k WHERE k.repository_id = c.repository_id)
           THEN (SELECT count(*) FROM \(excusedAttention(
             "t.repository_id = c.repository_id AND t.commit = c.commit AND \(rows)", attempts: attempts))) ELSE 0 END
      """
  }

  /// - Parameters:
  ///   - chosen: a query of rows as `tally_commit` has them.
  ///   - excused: on `c`, one of them, how many of its `attention` known problems excuse.
  private static func commitRows(
    _ chosen: SQL, _ excused: SQL, _ order: SQL, _ session: borrowing Session
  ) throws -> [(row: CommitRow, cursor: [Int64])] {
    try session.query(
      """
      SELECT c.*, c.attention - \(excused) AS needs, \(micros("c.last_at")) AS micros, extract(epoch FROM c.first_at)::float8 AS first,
             extract(epoch FROM c.last_at)::float8 AS last, r.name AS repository, n.name AS branch,
             p.state, p.text, p.phase, extract(epoch FROM coalesce(p.answered_at, p.created_at))::float8 AS posted
        FROM (\(chosen)) c JOIN repository r ON r.id = c.repository_id JOIN tally_branch n ON n.id = c.branch_id
        LEFT JOIN LATERAL (SELECT * FROM status_post s WHERE s.repository_id = c.repository_id AND s.commit = c.commit
                              AND s.kind = 'status' AND s.phase <> 'refused' ORDER BY s.id DESC LIMIT 1) p ON true
       \(order)
      """
    ).map { row in
      let post = try row.decode(String?.self, "state").map { state in
        CommitPost(
          state: state, text: try row.decode("text"), phase: Post.Phase(rawValue: try row.decode("phase")) ?? .sending,
          at: try row.decode("posted"))
      }
      return (
        CommitRow(
          repository: try row.decode("repository"), commit: try row.decode("commit"), branch: try row.decode("branch"),
          pullRequest: try row.decode(Int32?.self, "pull_request").map(Int.init), firstAt: try row.decode("first"),
          lastAt: try row.decode("last"), builds: try row.decode("builds"), failed: try row.decode("failed"),
          attention: try row.decode("needs"), post: post),
        [try row.decode("micros"), try row.decode("id")]
      )
    }
  }

  /// - Parameters:
  ///   - conditions: on `c`, a row as `tally_commit` has it.
  ///   - order: of `c`, and how many are wanted.
  private static func commitRows(_ scope: TallyScope, _ conditions: [SQL], _ order: SQL) -> SQL {
    guard let branches = scope.branches else {
      let ofRepository: [SQL] = scope.repository.map { ["c.repository_id = \($0)"] } ?? []
      return "SELECT c.* FROM tally_commit c WHERE \(SQL.all(ofRepository + conditions)) \(order)"
    }
    guard scope.cells != nil else {
      // A branch that is no line has few builds.
      return """
        SELECT c.* FROM (
          SELECT k.id, x.repository_id, x.commit, x.branch_id, x.pull_request, x.first_at, x.last_at, x.builds, x.failed, x.attention
            FROM (
              SELECT repository_id, commit, max(branch_id) AS branch_id, max(pull_request) AS pull_request, min(at) AS first_at,
                     max(at) AS last_at, \(counts)
                FROM (\(withLastAttempt(of: "SELECT t.* FROM tally t WHERE \(TallyScope.isOne(of: branches, "t.branch_id"))", by: "repository_id"))) b
               GROUP BY repository_id, commit) x
            JOIN tally_commit k ON k.repository_id = x.repository_id AND k.commit = x.commit) c
         WHERE \(SQL.all(conditions)) \(order)
        """
    }
    // Line by line, so that an index gives the order of each.
    return """
      SELECT c.* FROM unnest(\(branches)) AS n (id) CROSS JOIN LATERAL (
        SELECT c.* FROM (
          SELECT k.id, k.repository_id, k.commit, l.line_id AS branch_id, NULL::integer AS pull_request, l.first_at, l.last_at, l.builds,
                 l.failed, l.attention
            FROM tally_line l JOIN tally_branch b ON b.id = l.line_id
            JOIN tally_commit k ON k.repository_id = b.repository_id AND k.commit = l.commit
           WHERE l.line_id = n.id) c
         WHERE \(SQL.all(conditions)) \(order)) c
       \(order)
      """
  }
}
