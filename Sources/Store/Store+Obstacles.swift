import Postgres

/// What keeps Culprit itself from its work.
extension Store {
  package struct Obstacles: Sendable {
    /// A provider that doesn't let us have the logs of a commit, though they are there.
    package let refusedBy: String?
    /// Whether there is any pattern to try.
    package let hasPatterns: Bool
  }

  /// What a provider answers who doesn't let us in. It goes away only if somebody mends the token.
  private static let refusals = ["unauthorized", "forbidden"]

  /// Whether a reason for not having something is one that the commit's status tells of.
  static func isRefusal(_ reason: String?) -> Bool { reason.map(refusals.contains) ?? false }

  /// What stands in the way of judging a commit.
  package func obstacles(to name: CommitName) async throws -> Obstacles {
    try await transaction { session in
      let row = try session.query(
        """
        SELECT EXISTS (SELECT 1 FROM pattern p JOIN pattern_revision r ON r.id = p.revision_id
                        WHERE NOT p.retired AND r.suspended_at IS NULL) AS has_patterns,
               (SELECT min(b.provider) FROM build b JOIN repository r ON r.id = b.repository_id
                 WHERE r.name = \(name.repository) AND b.commit = \(name.commit)
                   AND (b.list_state = 'pending' AND b.list_reason = ANY (\(Self.refusals))
                        OR EXISTS (SELECT 1 FROM log l WHERE l.build_id = b.id AND l.fetch_state = 'pending'
                                      AND l.fetch_reason = ANY (\(Self.refusals))))) AS refused_by
        """
      ).only()
      return Obstacles(refusedBy: try row.decode("refused_by"), hasPatterns: try row.decode("has_patterns"))
    }
  }
}
