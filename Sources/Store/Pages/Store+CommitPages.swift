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
    /// Failed builds that no later attempt replaced, and those of them that nothing about the build itself excuses.
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

  /// Commits with a failed build that counts, the newest first.
  ///
  /// - Parameters:
  ///   - filter: its job is not looked at.
  ///   - onlyAttention: only commits with a failure that nothing about the build itself excuses.
  ///   - since: only commits whose last build finished since, in seconds since 1970.
  /// - Throws: `StoreError.badCursor`, `PostgresError`.
  package func commitPage(
    _ filter: TallyFilter = TallyFilter(), onlyAttention: Bool = false, since: Double? = nil, after cursor: String? = nil, most: Int
  ) async throws -> Paged<CommitRow> {
    let after = try PageCursor.values(of: cursor, count: 2)
    let most = Self.pageSize(most)
    return try await transaction { session in
      let chosen = try Self.commitRows(filter, onlyAttention: onlyAttention, since: since, after: after, most: most + 1, session)
      let rows = try session.query(
        """
        SELECT c.*, \(Self.micros("c.last_at")) AS micros, extract(epoch FROM c.first_at)::float8 AS first,
               extract(epoch FROM c.last_at)::float8 AS last, r.name AS repository, n.name AS branch,
               p.state, p.text, p.phase, extract(epoch FROM coalesce(p.answered_at, p.created_at))::float8 AS posted
          FROM (\(chosen)) c JOIN repository r ON r.id = c.repository_id JOIN tally_branch n ON n.id = c.branch_id
          LEFT JOIN LATERAL (SELECT * FROM status_post s WHERE s.repository_id = c.repository_id AND s.commit = c.commit
                                AND s.kind = 'status' AND s.phase <> 'refused' ORDER BY s.id DESC LIMIT 1) p ON true
         ORDER BY c.last_at DESC, c.id DESC
        """)
      return Paged(
        try rows.map { row in
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
              attention: try row.decode("attention"), post: post),
            [try row.decode("micros"), try row.decode("id")]
          )
        }, most: most)
    }
  }

  private static func commitRows(
    _ filter: TallyFilter, onlyAttention: Bool, since: Double?, after: [Int64]?, most: Int, _ session: borrowing Session
  ) throws -> SQL {
    let scope = try TallyScope(TallyFilter(repository: filter.repository, branch: filter.branch), session)
    var conditions: [SQL] = ["c.failed > 0"]
    if let branches = scope.branches {
      conditions.append(TallyScope.isOne(of: branches, "c.branch_id"))
    } else if let repository = scope.repository {
      conditions.append("c.repository_id = \(repository)")
    }
    if onlyAttention { conditions.append("c.attention > 0") }
    if let since { conditions.append("c.last_at >= to_timestamp(\(since))") }
    if let after { conditions.append("(c.last_at, c.id) < (\(time(after[0])), \(after[1]))") }
    return "SELECT c.* FROM tally_commit c WHERE \(SQL.all(conditions)) ORDER BY c.last_at DESC, c.id DESC LIMIT \(Int64(most))"
  }
}
