import Postgres

/// What goes wrong now and concerns operators.
extension Store {
  /// Something that went wrong and concerns nobody's build.
  package struct Trouble: Sendable, Equatable {
    /// `delivery`, `listing`, `fetch` or `post`.
    package let what: String
    package let subject: String
    /// In words, without secrets.
    package let reason: String
    /// Seconds since 1970; nil if it isn't known.
    package let at: Double?
  }

  /// The latest things that went wrong, some of each kind: deliveries that can't be read, and what is tried again.
  package func troubles(most: Int = 10) async throws -> [Trouble] {
    try await transaction { session in
      try session.query(
        """
        (SELECT 'delivery' AS what, provider || ' ' || event AS subject, coalesce(outcome, '') AS reason,
                extract(epoch FROM received_at)::float8 AS at
           FROM delivery WHERE received_at > now() - interval '1 day' AND state = 'failed' ORDER BY received_at DESC LIMIT \(Int64(most)))
        UNION ALL
        (SELECT 'delivery', provider || ' ' || event, outcome, extract(epoch FROM received_at)::float8
           FROM delivery WHERE state = 'pending' AND outcome IS NOT NULL ORDER BY next_at LIMIT \(Int64(most)))
        UNION ALL
        (SELECT 'listing', b.provider || ' ' || r.name || ' ' || b.job, b.list_error, NULL::float8
           FROM build b JOIN repository r ON r.id = b.repository_id
          WHERE b.list_state = 'pending' AND b.list_error IS NOT NULL ORDER BY b.next_list_at LIMIT \(Int64(most)))
        UNION ALL
        (SELECT 'fetch', b.provider || ' ' || r.name || ' ' || b.job, l.fetch_error, NULL::float8
           FROM log l JOIN build b ON b.id = l.build_id JOIN repository r ON r.id = b.repository_id
          WHERE l.fetch_state = 'pending' AND l.fetch_error IS NOT NULL ORDER BY l.next_fetch_at LIMIT \(Int64(most)))
        UNION ALL
        (SELECT 'post', r.name || ' ' || left(d.commit, 12), d.error, NULL::float8
           FROM commit_due d JOIN repository r ON r.id = d.repository_id WHERE d.error IS NOT NULL ORDER BY d.due_at LIMIT \(Int64(most)))
        """
      ).map { row in
        Trouble(
          what: try row.decode("what"), subject: try row.decode("subject"), reason: try row.decode("reason"),
          at: try row.decode("at"))
      }
    }
  }
}
