import Model
import Postgres

/// A person's word on a build's verdict, which no rescan undoes.
extension Store {
  /// A person's word on the verdict of a job's last failed build.
  ///
  /// - Parameter job: the job's name, or `workflow/job` where several workflows have it.
  /// - Throws: `StoreError.noSuchJob`, or `.ambiguousJob`.
  package func overrule(
    _ name: CommitName, job: String, kind: BuildKind, who: String, reason: String
  ) async throws {
    try await transaction { [coolOff] session in
      let build = try Self.failedBuild(of: job, name, session)
      try Self.overrule(build: build, kind: kind, who: who, reason: reason, session)
      try Self.markDue(builds: [build], coolOff: coolOff, session)
    }
  }

  /// A person's word on a failed build: it is kept with the last failed attempt of the same job of the same commit, which is the one that
  /// counts.
  ///
  /// - Throws: `StoreError.noSuchBuild` if no attempt failed.
  package func overrule(build: Int64, kind: BuildKind, who: String, reason: String) async throws {
    try await transaction { [coolOff] session in
      let build = try Self.lastFailedAttempt(of: build, session)
      try Self.overrule(build: build, kind: kind, who: who, reason: reason, session)
      try Self.markDue(builds: [build], coolOff: coolOff, session)
    }
  }

  /// The last failed attempt of the job of a build on its commit, in the same CI system and workflow.
  ///
  /// - Throws: `StoreError.noSuchBuild` if no attempt failed.
  package func lastFailedAttempt(of build: Int64) async throws -> Int64 {
    try await transaction { session in try Self.lastFailedAttempt(of: build, session) }
  }

  private static func lastFailedAttempt(of build: Int64, _ session: borrowing Session) throws -> Int64 {
    let row = try session.query(
      """
      SELECT o.id FROM build b JOIN build o
          ON o.repository_id = b.repository_id AND o.commit = b.commit AND o.job = b.job AND o.workflow = b.workflow AND o.provider = b.provider
       WHERE b.id = \(build) AND o.outcome IN ('failure', 'timed_out') ORDER BY o.attempt DESC, o.id DESC LIMIT 1
      """
    ).first
    guard let row else { throw StoreError.noSuchBuild(build) }
    return try row.decode("id")
  }

  /// The row of a job's last failed build on a commit.
  ///
  /// - Parameter job: the job's name, or `workflow/job` where several workflows have it.
  /// - Throws: `StoreError.noSuchJob`, or `.ambiguousJob`.
  package func failedBuild(of job: String, _ name: CommitName) async throws -> Int64 {
    try await transaction { session in try Self.failedBuild(of: job, name, session) }
  }

  private static func failedBuild(of job: String, _ name: CommitName, _ session: borrowing Session) throws -> Int64 {
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
    return try row.decode("id")
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
