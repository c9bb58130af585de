import Model
import Postgres

extension Store {
  /// Takes up a pattern again that is suspended, and makes the logs due for it on which it was inconclusive.
  ///
  /// - Returns: the pairs that became due because they were inconclusive.
  package func retry(_ pattern: PatternID) async throws -> Int {
    try await transaction { session in
      let rows = try session.query(
        """
        UPDATE pattern_revision r SET suspended_at = NULL FROM pattern p
         WHERE p.id = \(pattern.rawValue) AND r.id = p.revision_id RETURNING r.id
        """)
      guard let row = rows.first else { throw StoreError.noSuchPattern(pattern.rawValue) }
      let revision = try row.decode(Int64.self, "id")
      let sets = try session.query(
        """
        SELECT s.id, s.engine, (s.members - int8multirange(int8range(\(revision), \(revision), '[]')))::text AS members
          FROM tried_set s
         WHERE s.members @> \(revision) AND EXISTS (
           SELECT 1 FROM inconclusive i JOIN log l ON l.id = i.log_id WHERE i.revision_id = \(revision) AND l.tried_set_id = s.id)
        """)
      for set in sets {
        let engine = Int(try set.decode(Int32.self, "engine"))
        let without = try Self.internSet(try set.decode("members"), engine: engine, session)
        // What the logs' workers are doing would put the pair back into the set: they lose their leases.
        try session.execute(
          """
          UPDATE log l SET tried_set_id = \(without), lease_token = NULL, lease_worker = NULL, lease_until = NULL
            FROM inconclusive i
           WHERE i.revision_id = \(revision) AND l.id = i.log_id AND l.tried_set_id = \(try set.decode(Int64.self, "id"))
          """)
      }
      try session.execute(
        """
        DELETE FROM finding f USING inconclusive i
         WHERE i.revision_id = \(revision) AND f.revision_id = i.revision_id AND f.log_id = i.log_id
        """)
      try session.execute(
        """
        DELETE FROM finding_overflow f USING inconclusive i
         WHERE i.revision_id = \(revision) AND f.revision_id = i.revision_id AND f.log_id = i.log_id
        """)
      return try session.execute("DELETE FROM inconclusive WHERE revision_id = \(revision)")
    }
  }
}
