import Model
import Postgres

/// Commits whose status must be computed again.
extension Store {
  /// A commit that a worker has for itself.
  package struct DueCommit: Sendable {
    package let id: Int64
    package let token: Int64
    package let name: CommitName
    /// The events that were known when it was taken.
    package let version: Int64
    package let attempts: Int
  }

  /// Builds that are older than this, in days, are history: what is found in their logs later on concerns no open change.
  static let daysOfInterest: Int32 = 14

  /// Marks commits; what is marked already stays due when it was.
  static func markDue(_ commits: [CommitName], coolOff: Double, _ session: borrowing Session) throws {
    guard !commits.isEmpty else { return }
    let sorted = commits.sorted()
    let repositories = sorted.map(\.repository)
    let names = sorted.map(\.commit)
    // Where nothing failed and nothing was posted there is nothing to say.
    try session.execute(
      """
      INSERT INTO commit_due AS d (repository_id, commit, due_at)
      SELECT r.id, n.commit, now() + make_interval(secs => \(coolOff))
        FROM unnest(\(repositories), \(names)) AS n (repository, commit) JOIN repository r ON r.name = n.repository
       WHERE EXISTS (SELECT 1 FROM build b WHERE b.repository_id = r.id AND b.commit = n.commit
                        AND b.outcome IN ('failure', 'timed_out') AND b.provider <> 'folder')
          OR EXISTS (SELECT 1 FROM status_post p WHERE p.repository_id = r.id AND p.commit = n.commit)
       ORDER BY r.id, n.commit
      ON CONFLICT (repository_id, commit) DO UPDATE SET version = d.version + 1
      """)
    try wake(.commits, session)
  }

  /// Marks the commits of builds, and those that are compared with them, as far as they are of interest.
  static func markDue(builds: [Int64], coolOff: Double, _ session: borrowing Session) throws {
    guard !builds.isEmpty else { return }
    try session.execute(
      """
      INSERT INTO commit_due AS d (repository_id, commit, due_at)
      SELECT c.repository_id, c.commit, now() + make_interval(secs => \(coolOff))
        FROM (SELECT b.repository_id, b.commit FROM build b
               WHERE b.id = ANY (\(builds)) AND b.provider <> 'folder' AND b.created_at > now() - make_interval(days => \(daysOfInterest))
              UNION
              SELECT o.repository_id, o.commit FROM build b
                JOIN commit_base o ON o.repository_id = b.repository_id AND \(isComparedWithBuild)
               WHERE b.id = ANY (\(builds)) AND o.fetched_at > now() - make_interval(days => \(daysOfInterest))) c
       WHERE EXISTS (SELECT 1 FROM build b WHERE b.repository_id = c.repository_id AND b.commit = c.commit
                        AND b.outcome IN ('failure', 'timed_out'))
       ORDER BY c.repository_id, c.commit
      ON CONFLICT (repository_id, commit) DO UPDATE SET version = d.version + 1
      """)
    try wake(.commits, session)
  }

  /// Commits with a failed build of a job that ran in one of some builds, too, at the commit that they are compared with or at one before
  /// it: a job that passes there excuses nothing any more.
  static func commits(comparedWith builds: [Int64], _ session: borrowing Session) throws -> [CommitName] {
    guard !builds.isEmpty else { return [] }
    return try session.query(
      """
      SELECT DISTINCT r.name, o.commit
        FROM build b JOIN commit_base o ON o.repository_id = b.repository_id AND \(isComparedWithBuild)
        JOIN build f ON f.repository_id = o.repository_id AND f.commit = o.commit AND f.job = b.job
        JOIN repository r ON r.id = o.repository_id
       WHERE b.id = ANY (\(builds)) AND f.provider = b.provider AND f.workflow = b.workflow AND f.outcome IN ('failure', 'timed_out')
         AND o.commit <> b.commit AND o.fetched_at > now() - make_interval(days => \(daysOfInterest))
      """
    ).map { CommitName(repository: try $0.decode("name"), commit: try $0.decode("commit")) }
  }

  /// Whether a commit, `o`, is compared with that of the build `b` or with one after it.
  private static let isComparedWithBuild: SQL = "(o.base = b.commit OR o.ancestors @> ARRAY[b.commit COLLATE \"default\"])"

  /// Marks the commits of logs.
  static func markDue(logs: [LogID], coolOff: Double, _ session: borrowing Session) throws {
    let ids = logs.map(\.rawValue)
    let builds = try session.query("SELECT DISTINCT build_id FROM log WHERE id = ANY (\(ids))")
    try markDue(builds: try builds.map { try $0.decode(Int64.self, "build_id") }, coolOff: coolOff, session)
  }

  /// Marks all commits of a repository that were posted on lately; nil: of all repositories. For what changes verdicts without a scan.
  static func markDue(postedIn repository: Int64?, coolOff: Double, _ session: borrowing Session) throws {
    try session.execute(
      """
      INSERT INTO commit_due AS d (repository_id, commit, due_at)
      SELECT DISTINCT p.repository_id, p.commit, now() + make_interval(secs => \(coolOff)) FROM status_post p
       WHERE (\(repository)::bigint IS NULL OR p.repository_id = \(repository)::bigint)
         AND p.created_at > now() - make_interval(days => \(daysOfInterest))
       ORDER BY p.repository_id, p.commit
      ON CONFLICT (repository_id, commit) DO UPDATE SET version = d.version + 1
      """)
    try wake(.commits, session)
  }

  /// Takes one commit whose time has come.
  ///
  /// - Parameter atOnce: whether the cool-off is not waited for.
  package func claimCommit(worker: WorkerID, atOnce: Bool, leaseSeconds: Double) async throws -> DueCommit? {
    try await transaction { session in
      let queue = atOnce ? WorkQueue.commitsAtOnce : .commits
      guard let taken = try queue.take(1, for: worker, leaseSeconds: leaseSeconds, session) else { return nil }
      return try Self.dueCommit(taken, session)
    }
  }

  /// Takes a commit, due or not.
  ///
  /// - Returns: nil if another living worker has it.
  package func claim(_ name: CommitName, worker: WorkerID, leaseSeconds: Double) async throws -> DueCommit? {
    try await transaction { session in
      let repository = try Self.repositoryID(name.repository, session)
      let id = try session.query(
        """
        INSERT INTO commit_due AS d (repository_id, commit, due_at) VALUES (\(repository), \(name.commit), now())
        ON CONFLICT (repository_id, commit) DO UPDATE SET version = d.version + 1 RETURNING id
        """
      ).only().decode(Int64.self, "id")
      let queue = WorkQueue(table: "commit_due", isDue: "q.id = \(id)", order: "q.id")
      return try queue.take(1, for: worker, leaseSeconds: leaseSeconds, session).map { try Self.dueCommit($0, session) }
    }
  }

  private static func dueCommit(_ taken: WorkQueue.Taken, _ session: borrowing Session) throws -> DueCommit {
    let row = try session.query(
      """
      SELECT d.id, r.name, d.commit, d.version, d.attempts FROM commit_due d JOIN repository r ON r.id = d.repository_id
       WHERE d.id = ANY (\(taken.ids))
      """
    ).only()
    return DueCommit(
      id: try row.decode("id"), token: taken.token,
      name: CommitName(repository: try row.decode("name"), commit: try row.decode("commit")),
      version: try row.decode("version"), attempts: Int(try row.decode(Int32.self, "attempts")))
  }

  /// The commit's status is as it should be. If something happened meanwhile, the commit is due again after another cool-off.
  ///
  /// - Returns: false if the lease was lost.
  package func settle(_ commit: DueCommit) async throws -> Bool {
    try await transaction { [coolOff] session in
      let gone = try session.execute(
        "DELETE FROM commit_due WHERE id = \(commit.id) AND lease_token = \(commit.token) AND version = \(commit.version)")
      if gone == 1 { return true }
      return try session.execute(
        """
        UPDATE commit_due SET due_at = now() + make_interval(secs => \(coolOff)), attempts = 0, error = NULL,
               lease_token = NULL, lease_worker = NULL, lease_until = NULL
         WHERE id = \(commit.id) AND lease_token = \(commit.token)
        """) == 1
    }
  }

  /// It couldn't be done now.
  ///
  /// - Parameters:
  ///   - error: why, without secrets; nil if the worker just stops.
  ///   - seconds: how long to wait before the next try.
  package func postpone(_ commit: DueCommit, error: String?, seconds: Double) async throws {
    try await transaction { session in
      _ = try session.execute(
        """
        UPDATE commit_due SET attempts = attempts + CASE WHEN \(error)::text IS NULL THEN 0 ELSE 1 END, error = \(error),
               next_at = now() + make_interval(secs => \(seconds)), lease_token = NULL, lease_worker = NULL, lease_until = NULL
         WHERE id = \(commit.id) AND lease_token = \(commit.token)
        """)
    }
  }
}
