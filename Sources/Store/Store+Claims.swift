import Model
import Postgres

/// Sharing what is due among workers: each takes logs for itself, for a time.
extension Store {
  /// Takes logs that are due, the newest first, for a worker. A log that another living worker has is left to it, unless its lease has
  /// run out.
  ///
  /// - Parameters:
  ///   - most: logs at most; fewer if they are large.
  ///   - mostBytes: raw bytes, beyond which no further log is taken.
  /// - Returns: nil if nothing is due that isn't another's.
  package func claim(
    _ scope: RescanScope, worker: WorkerID, most: Int, mostBytes: Int, leaseSeconds: Double
  ) async throws -> Claim? {
    let engine = engine
    return try await transaction { session in
      let sets = try session.query(Self.setsWithDueLogs(scope, engine: engine))
      for set in sets {
        let id = try set.decode(Int64.self, "id")
        let rows = try session.query(
          """
          WITH chosen AS (\(Self.claimable(set: id, scope, most: most))),
          bounded AS (
            SELECT id, bytes FROM (SELECT id, bytes, coalesce(sum(bytes) OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                              AS before FROM chosen) c
             WHERE before < \(Int64(mostBytes))),
          token AS MATERIALIZED (SELECT nextval('lease_token') AS value)
          UPDATE log l SET lease_token = t.value, lease_worker = \(worker.rawValue),
                           lease_until = now() + make_interval(secs => \(leaseSeconds) + (SELECT sum(bytes) FROM bounded) / 1e6)
            FROM bounded c, token t, build b, repository r
           WHERE l.id = c.id AND b.id = l.build_id AND r.id = b.repository_id
          RETURNING t.value AS token, l.id, l.build_id, l.digest, l.bytes, l.lines, l.step, b.outcome = 'success' AS sample, b.provider, r.name AS repository, b.branch, b.workflow, b.job
          """)
        guard let first = rows.first else { continue }
        let logs = try rows.map { row in
          ClaimedLog(
            id: LogID(try row.decode("id")), build: try row.decode("build_id"), digest: try row.decode("digest"),
            bytes: try row.decode("bytes"),
            lines: try row.decode("lines"), isSample: try row.decode("sample"),
            names: LogNames([
              .provider: try row.decode("provider"), .repository: try row.decode("repository"),
              .branch: try row.decode("branch"), .workflow: try row.decode("workflow"), .job: try row.decode("job"),
              .step: try row.decode("step"),
            ]))
        }
        return Claim(
          token: try first.decode("token"), triedSet: id, missing: try set.decode("missing"),
          logs: logs.sorted { $0.id.rawValue > $1.id.rawValue })
      }
      return nil
    }
  }

  /// The newest logs of a set that no living worker has, locked for the transaction, as `id` and `bytes`.
  package static func claimable(set: Int64, _ scope: RescanScope, most: Int) -> SQL {
    """
    SELECT l.id, l.bytes FROM log l
     WHERE l.tried_set_id = \(set)
       AND (l.lease_token IS NULL OR l.lease_until < now() OR l.lease_worker <> ALL (\(raw: liveWorkers)))
       AND \(scope.condition)
     ORDER BY l.id DESC LIMIT \(Int64(most)) FOR UPDATE SKIP LOCKED
    """
  }

  /// Gives logs back that were not scanned after all.
  package func giveBack(_ claim: Claim, _ logs: [LogID]) async throws {
    let ids = logs.map(\.rawValue)
    try await transaction { session in
      _ = try session.execute(
        """
        UPDATE log SET lease_token = NULL, lease_worker = NULL, lease_until = NULL
         WHERE id = ANY (\(ids)) AND lease_token = \(claim.token)
        """)
    }
  }

  /// The definitions of a set of revisions.
  package func revisions(in members: String) async throws -> [(id: RevisionID, pattern: PatternID, definition: MatchDefinition)] {
    try await transaction { session in
      try session.query(
        """
        SELECT id, pattern_id, definition::text AS definition FROM pattern_revision
         WHERE \(members)::text::int8multirange @> id ORDER BY id
        """
      ).map { row in
        let pattern = try row.decode(String.self, "pattern_id")
        let stored = try StoredDefinition(json: try row.decode("definition"))
        return (RevisionID(try row.decode("id")), PatternID(pattern), try stored.definition(of: pattern))
      }
    }
  }
}
