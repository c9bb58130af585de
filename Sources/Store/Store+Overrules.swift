import Model
import Postgres

/// A person's word on a build's verdict, which no rescan undoes.
extension Store {
  /// Builds of a commit that a name means.
  ///
  /// - Parameter job: the job's name, or `workflow/job` where several workflows have it.
  /// - Throws: `StoreError.noSuchJob`, or `.ambiguousJob`.
  package func overrule(
    _ name: CommitName, job: String, kind: BuildKind, who: String, reason: String
  ) async throws {
    try await transaction { [coolOff] session in
      // The last attempt is the one that counts.
      let rows = try session.query(
        """
        SELECT DISTINCT ON (b.provider, b.workflow) b.id, b.workflow FROM build b JOIN repository r ON r.id = b.repository_id
         WHERE r.name = \(name.repository) AND b.commit = \(name.commit) AND b.outcome IN ('failure', 'timed_out')
           AND (b.job = \(job) OR b.workflow || '/' || b.job = \(job))
         ORDER BY b.provider, b.workflow, b.attempt DESC, b.id DESC
        """)
      guard let row = rows.first else { throw StoreError.noSuchJob(job, name.commit) }
      guard rows.count == 1 else {
        throw StoreError.ambiguousJob(job, try rows.map { "\(try $0.decode(String.self, "workflow"))/\(job)" })
      }
      let build = try row.decode(Int64.self, "id")
      try session.execute(
        """
        INSERT INTO overrule (build_id, kind, who, reason) VALUES (\(build), \(kind.rawValue), \(who), \(reason))
        ON CONFLICT (build_id) DO UPDATE SET kind = excluded.kind, who = excluded.who, reason = excluded.reason, at = now()
        """)
      try Self.audit(
        who: who, "verdict overruled", ["commit": name.commit, "job": job, "kind": kind.rawValue, "reason": reason], session)
      try Self.markDue(builds: [build], coolOff: coolOff, session)
    }
  }
}
