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
      try Self.overrule(build: build, kind: kind, who: who, reason: reason, session)
      try Self.markDue(builds: [build], coolOff: coolOff, session)
    }
  }

  /// Keeps a person's word on one build. The commit is not marked.
  static func overrule(
    build: Int64, kind: BuildKind, who: String, reason: String, _ session: borrowing Session
  ) throws {
    let row = try session.query(
      """
      WITH word AS (
        INSERT INTO overrule (build_id, kind, who, reason)
        VALUES (\(build), \(kind.rawValue), \(who.storable), \(reason.storable))
        ON CONFLICT (build_id) DO UPDATE SET kind = excluded.kind, who = excluded.who, reason = excluded.reason, at = now()
        RETURNING build_id)
      SELECT b.commit, b.job FROM word JOIN build b ON b.id = word.build_id
      """
    ).only()
    try audit(
      who: who, "verdict overruled",
      [
        "commit": try row.decode("commit"), "job": try row.decode("job"), "kind": kind.rawValue, "reason": reason,
      ], session)
  }
}
