import Model
import Postgres

extension Store {
  /// A log of a build, already in the archive, that is to be entered.
  package struct Entry: Sendable {
    package var build: Build
    package var step: String
    package var digest: [UInt8]
    package var bytes: Int
    /// Whether only head and tail are there.
    package var isCut: Bool

    package init(build: Build, step: String, digest: [UInt8], bytes: Int, isCut: Bool = false) {
      self.build = build
      self.step = step
      self.digest = digest
      self.bytes = bytes
      self.isCut = isCut
    }
  }

  /// What entering did.
  package struct Entered: Sendable, Equatable {
    package var builds = 0
    package var logs = 0
    /// Builds and logs that said something else before.
    package var changed = 0

    package init() {}
  }

  /// Enters builds and their logs in one transaction. What is there already and says the same is left alone.
  ///
  /// A log whose bytes changed has been tried on nothing: its findings go, and a worker that is scanning the old bytes loses its lease.
  package func enter(_ entries: [Entry]) async throws -> Entered {
    let engine = engine
    return try await transaction { session in
      var entered = Entered()
      let empty = try Self.internSet("{}", engine: engine, session)
      for entry in entries {
        let repository = try Self.repositoryID(entry.build.repository, session)
        let build = try Self.enter(entry.build, repository: repository, &entered, session)
        try Self.enter(entry, build: build, emptySet: empty, &entered, session)
        // What has logs is scanned anyway, so it tells as much as one that was chosen.
        if entry.build.outcome == .success { try Self.sample(build, share: 1, session) }
      }
      return entered
    }
  }

  static func repositoryID(_ name: String, _ session: borrowing Session) throws -> Int64 {
    try session.execute("INSERT INTO repository (name) VALUES (\(name)) ON CONFLICT (name) DO NOTHING")
    return try session.query("SELECT id FROM repository WHERE name = \(name)").only().decode(Int64.self, "id")
  }

  /// - Returns: the build's row.
  static func enter(
    _ build: Build, repository: Int64, _ entered: inout Entered, _ session: borrowing Session
  ) throws -> Int64 {
    let rows = try session.query(
      """
      WITH old AS (
        SELECT branch, workflow, job FROM build WHERE provider = \(build.provider) AND repository_id = \(repository)
           AND external_id = \(build.externalID) AND attempt = \(Int32(build.attempt)))
      INSERT INTO build AS b (repository_id, provider, external_id, attempt, run, commit, branch, pull_request, workflow, job,
                              outcome, url, finished_at)
      VALUES (\(repository), \(build.provider), \(build.externalID), \(Int32(build.attempt)), \(build.run), \(build.commit),
              \(build.branch), \(build.pullRequest.map { Int32($0) }), \(build.workflow), \(build.job), \(build.outcome.rawValue), \(build.url),
              to_timestamp(\(build.finishedAt)))
      ON CONFLICT (provider, repository_id, external_id, attempt) DO UPDATE
        SET run = excluded.run, commit = excluded.commit, branch = excluded.branch, pull_request = excluded.pull_request,
            workflow = excluded.workflow, job = excluded.job, outcome = excluded.outcome, url = excluded.url,
            finished_at = excluded.finished_at
        WHERE (b.run, b.commit, b.branch, b.pull_request, b.workflow, b.job, b.outcome, b.url, b.finished_at) IS DISTINCT FROM
              (excluded.run, excluded.commit, excluded.branch, excluded.pull_request, excluded.workflow, excluded.job, excluded.outcome,
               excluded.url, excluded.finished_at)
      RETURNING id, xmax = 0 AS is_new, coalesce((
        SELECT array_remove(ARRAY[CASE WHEN o.branch <> b.branch THEN 'branch' END, CASE WHEN o.workflow <> b.workflow THEN 'workflow' END,
                                  CASE WHEN o.job <> b.job THEN 'job' END], NULL) FROM old o), '{}') AS renamed
      """)
    if let row = rows.first {
      if try row.decode(Bool.self, "is_new") { entered.builds += 1 } else { entered.changed += 1 }
      let id = try row.decode(Int64.self, "id")
      let renamed = try row.decode([String].self, "renamed")
      if !renamed.isEmpty { try forgetScoped(build: id, renamed: renamed, session) }
      return id
    }
    return try session.query(
      """
      SELECT id FROM build WHERE provider = \(build.provider) AND repository_id = \(repository)
         AND external_id = \(build.externalID) AND attempt = \(Int32(build.attempt))
      """
    ).only().decode(Int64.self, "id")
  }

  /// Makes a build's logs due again for the revisions whose `where` looks at a name that changed, and for no others.
  private static func forgetScoped(build: Int64, renamed: [String], _ session: borrowing Session) throws {
    let logs = try session.query(
      """
      WITH scoped AS (SELECT coalesce(range_agg(int8range(id, id, '[]')), '{}') AS revisions FROM pattern_revision
                       WHERE definition->'where' ?| \(renamed))
      SELECT l.id, s.engine, (s.members - c.revisions)::text AS members, c.revisions::text AS revisions
        FROM log l JOIN tried_set s ON s.id = l.tried_set_id, scoped c
       WHERE l.build_id = \(build) FOR UPDATE OF l
      """)
    try forgetTrials(logs: try logs.map { try $0.decode("id") }, session)
    for row in logs {
      let log = try row.decode(Int64.self, "id")
      let set = try internSet(try row.decode("members"), engine: Int(try row.decode(Int32.self, "engine")), session)
      // Who is scanning it now goes by the old names.
      try session.execute(
        """
        UPDATE log SET tried_set_id = \(set), lease_token = NULL, lease_worker = NULL, lease_until = NULL WHERE id = \(log)
        """)
      try forget([log], try row.decode("revisions"), session)
    }
  }

  static func enter(
    _ entry: Entry, build: Int64, emptySet: Int64, _ entered: inout Entered, _ session: borrowing Session
  ) throws {
    let state = entry.isCut ? FetchState.tooLarge : .stored
    let rows = try session.query(
      """
      INSERT INTO log AS l (build_id, step, fetch_state, digest, bytes, tried_set_id)
      VALUES (\(build), \(entry.step), \(state.rawValue), \(entry.digest), \(Int64(entry.bytes)), \(emptySet))
      ON CONFLICT (build_id, step) DO UPDATE
        SET fetch_state = excluded.fetch_state, fetch_error = NULL, digest = excluded.digest, bytes = excluded.bytes, lines = NULL,
            tried_set_id = excluded.tried_set_id, lease_token = NULL, lease_worker = NULL, lease_until = NULL
        WHERE l.digest IS DISTINCT FROM excluded.digest OR l.fetch_state <> excluded.fetch_state
      RETURNING id, xmax = 0 AS is_new
      """)
    guard let row = rows.first else { return }
    if try row.decode(Bool.self, "is_new") {
      entered.logs += 1
      return
    }
    entered.changed += 1
    let log = try row.decode(Int64.self, "id")
    try forgetTrials(logs: [log], session)
    try session.execute("DELETE FROM finding WHERE log_id = \(log)")
    try session.execute("DELETE FROM finding_overflow WHERE log_id = \(log)")
    try session.execute("DELETE FROM inconclusive WHERE log_id = \(log)")
  }
}
