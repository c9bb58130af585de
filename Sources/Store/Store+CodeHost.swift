import Model
import Postgres

/// What the code host said of commits and pull requests.
extension Store {
  /// What has to be known of a commit before it can be judged.
  package struct CommitContext: Sendable {
    /// Of its builds.
    package var pullRequests: [PullRequest] = []
    /// Numbers that builds name and of which nothing else is known.
    package var unknownPullRequests: [Int] = []
    /// The commit that it is compared with, if that is known.
    package var base: String?
    /// First and last commits of known problems whose order with the commit isn't known.
    package var unknownAncestors: [String] = []
  }

  package func context(of name: CommitName) async throws -> CommitContext {
    try await transaction { session in
      var context = CommitContext()
      let requests = try session.query(
        """
        SELECT DISTINCT b.pull_request AS number, p.head, p.base_branch, p.is_open
          FROM build b JOIN repository r ON r.id = b.repository_id
          LEFT JOIN pull_request p ON p.repository_id = r.id AND p.number = b.pull_request
         WHERE r.name = \(name.repository) AND b.commit = \(name.commit) AND b.pull_request IS NOT NULL
        UNION
        SELECT p.number, p.head, p.base_branch, p.is_open FROM pull_request p JOIN repository r ON r.id = p.repository_id
         WHERE r.name = \(name.repository) AND p.head = \(name.commit)
        ORDER BY number
        """)
      for row in requests {
        let number = Int(try row.decode(Int32.self, "number"))
        if let head = try row.decode(String?.self, "head") {
          context.pullRequests.append(
            PullRequest(
              repository: name.repository, number: number, head: head, baseBranch: try row.decode("base_branch"),
              isOpen: try row.decode("is_open")))
        } else {
          context.unknownPullRequests.append(number)
        }
      }
      context.base = try session.query(
        """
        SELECT c.base FROM commit_base c JOIN repository r ON r.id = c.repository_id
         WHERE r.name = \(name.repository) AND c.commit = \(name.commit)
        """
      ).first.map { try $0.decode(String.self, "base") }
      context.unknownAncestors = try session.query(
        """
        SELECT DISTINCT e.commit FROM known_problem k JOIN repository r ON r.id = k.repository_id,
               unnest(ARRAY[k.from_commit, k.until_commit]) AS e (commit)
         WHERE r.name = \(name.repository) AND e.commit IS NOT NULL AND e.commit <> \(name.commit)
           AND NOT EXISTS (SELECT 1 FROM ancestry a WHERE a.repository_id = r.id AND a.ancestor = e.commit
                              AND a.descendant = \(name.commit))
         ORDER BY e.commit
        """
      ).map { try $0.decode(String.self, "commit") }
      return context
    }
  }

  /// Keeps where a commit left its branch.
  ///
  /// - Parameter ancestors: of the base, the nearest first.
  package func recordBase(of name: CommitName, base: String, ancestors: [String]) async throws {
    try await transaction { session in
      let repository = try Self.repositoryID(name.repository, session)
      _ = try session.execute(
        """
        INSERT INTO commit_base (repository_id, commit, base, ancestors) VALUES (\(repository), \(name.commit), \(base), \(ancestors))
        ON CONFLICT (repository_id, commit) DO UPDATE SET base = excluded.base, ancestors = excluded.ancestors, fetched_at = now()
        """)
    }
  }

  package func recordAncestry(_ ancestor: String, of name: CommitName, holds: Bool) async throws {
    try await transaction { session in
      let repository = try Self.repositoryID(name.repository, session)
      _ = try session.execute(
        """
        INSERT INTO ancestry (repository_id, ancestor, descendant, holds) VALUES (\(repository), \(ancestor), \(name.commit), \(holds))
        ON CONFLICT DO NOTHING
        """)
    }
  }

  /// Keeps that a CI system made a commit to try a pull request merged: what ran on it counts for the request's head, now and whenever it is
  /// told again.
  package func recordMerge(_ name: CommitName, of head: String) async throws {
    try await transaction { [coolOff] session in
      let repository = try Self.repositoryID(name.repository, session)
      try session.execute(
        """
        INSERT INTO merge_commit (repository_id, commit, head) VALUES (\(repository), \(name.commit), \(head)) ON CONFLICT DO NOTHING
        """)
      try session.execute(
        """
        UPDATE build b SET commit = m.head FROM merge_commit m
         WHERE m.repository_id = \(repository) AND m.commit = \(name.commit) AND b.repository_id = m.repository_id AND b.commit = m.commit
        """)
      try Self.markDue([CommitName(repository: name.repository, commit: head)], coolOff: coolOff, session)
    }
  }
}
