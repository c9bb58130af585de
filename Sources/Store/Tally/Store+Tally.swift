import Model
import Postgres

/// Keeping the tally: what each build came to, and counts over any time, worked out beforehand for pages.
///
/// Whatever changes a build, its logs or what was found in them marks the build in the same transaction (triggers of v0006). A step takes
/// marks, works those builds out again and adds the difference to the counts, all in one transaction; killed anywhere, the marks are still
/// there. A mark is taken before what it stands for is read, and every mark is a row of its own: so a change that commits meanwhile leaves
/// a mark for the next step.
extension Store {
  /// What a step of the tally did.
  package struct TallyStep: Sendable, Equatable {
    /// Builds that were worked out again.
    package var builds: Int
    /// Those of them that came to something else than before.
    package var changed: Int
  }

  /// Marks that a step takes at most.
  package static let tallyPortion = 2_000

  /// Works out again what is marked.
  ///
  /// - Parameters:
  ///   - today: decides which patterns are past their review.
  ///   - waits: whether to wait for another tallier; one that works on by itself has nothing to wait for.
  ///   - most: marks at most.
  /// - Returns: nil if nothing is marked, or another is at it.
  package func tally(today: CalendarDay, waits: Bool = false, most: Int = tallyPortion) async throws -> TallyStep? {
    let engine = engine
    return try await transaction { session in
      guard try Self.lockTally(waits: waits, session) else { return nil }
      try Self.noticePatterns(today: today, engine: engine, session)
      try Self.noticeLines(session)
      // The newest first: a change of the patterns can mark every build there is, and what comes meanwhile needn't wait for that.
      let marked = try session.query(
        """
        WITH taken AS (DELETE FROM tally_due WHERE id IN (SELECT id FROM tally_due ORDER BY id DESC LIMIT \(Int64(most))) RETURNING build_id)
        SELECT DISTINCT build_id FROM taken
        """
      ).map { try $0.decode(Int64.self, "build_id") }
      guard !marked.isEmpty else { return nil }
      let builds = try Self.withAttempts(marked, session)
      return TallyStep(builds: builds.count, changed: try Self.recount(builds, session))
    }
  }

  /// Makes the tally anew from nothing. Who reads meanwhile sees the old one to the end; changes that come meanwhile are marked.
  ///
  /// - Parameter report: told how many builds are done, after each portion.
  /// - Returns: the number of builds.
  package func rebuildTally(today: CalendarDay, report: @Sendable @escaping (Int) -> Void = { _ in }) async throws -> Int {
    let engine = engine
    return try await transaction { session in
      _ = try Self.lockTally(waits: true, session)
      for table in [
        "tally", "tally_totals", "tally_causes", "tally_reach", "tally_commit", "tally_line", "tally_set", "tally_pattern",
      ] {
        try session.execute("DELETE FROM \(identifier: table)")
      }
      try session.execute("UPDATE tally_state SET engine = 0")
      try Self.noticePatterns(today: today, engine: engine, session)
      try Self.noticeLines(session)
      var done = 0
      var last: Int64 = 0
      // What is marked now, and no more: who comes meanwhile is another step's.
      try session.execute("DELETE FROM tally_due")
      while true {
        let ids = try session.query("SELECT id FROM build WHERE id > \(last) ORDER BY id LIMIT 20000").map {
          try $0.decode(Int64.self, "id")
        }
        guard let end = ids.last else { return done }
        _ = try Self.recount(ids, session)
        // What was deleted stays until the transaction ends, and would be read over and over.
        try session.execute("TRUNCATE tally_delta")
        done += ids.count
        last = end
        report(done)
      }
    }
  }

  /// All builds that there are.
  package func buildCount() async throws -> Int {
    try await transaction { session in try session.query("SELECT count(*) AS builds FROM build").only().decode("builds") }
  }

  /// More marks than these are not counted.
  package static let mostMarks = 100_000

  /// How far the tally is behind: marks that wait, of which several can be of one build.
  package func tallyMarks() async throws -> Int {
    try await transaction { session in
      try session.query("SELECT count(*) AS marks FROM (SELECT FROM tally_due LIMIT \(Int64(Self.mostMarks))) d").only()
        .decode("marks")
    }
  }

  /// One tallier at a time: two would each add what the other has added already.
  private static func lockTally(waits: Bool, _ session: borrowing Session) throws -> Bool {
    if waits {
      _ = try session.query("SELECT pg_advisory_xact_lock(hashtextextended('culprit tally', 0))")
      return true
    }
    return try session.query("SELECT pg_try_advisory_xact_lock(hashtextextended('culprit tally', 0)) AS mine").only()
      .decode(Bool.self, "mine")
  }

  /// Builds together with the other attempts of the same jobs of their commits, as they are and as they were: whether one passed tells
  /// something of all.
  private static func withAttempts(_ builds: [Int64], _ session: borrowing Session) throws -> [Int64] {
    let others = try session.query(
      """
      SELECT o.id FROM (
          SELECT repository_id, commit, provider, workflow, job FROM build WHERE id = ANY (\(builds))
          UNION
          SELECT t.repository_id, t.commit, j.provider, j.workflow, j.job FROM tally t JOIN tally_job j ON j.id = t.job_id
           WHERE t.build_id = ANY (\(builds))) k
        JOIN build o ON o.repository_id = k.repository_id AND o.commit = k.commit AND o.job = k.job AND o.workflow = k.workflow
                    AND o.provider = k.provider
      """
    ).map { try $0.decode(Int64.self, "id") }
    return Set(builds).union(others).sorted()
  }

  // MARK: - What changes without a mark of its own

  /// Marks what a change of the patterns concerns: their metadata, their revisions, suspension, the day of their review; and what is
  /// tried at all.
  private static func noticePatterns(today: CalendarDay, engine: Int, _ session: borrowing Session) throws {
    let state = try session.query(
      """
      WITH \(active(RescanScope()))
      SELECT t.engine, t.engine <> \(Int32(engine)) OR t.active <> a.revisions AS changed FROM tally_state t, active a
      """
    ).only()
    let changed = try takePatterns(today: today, session)
    if try state.decode(Bool.self, "changed") { try takeActive(engine: engine, session) }
    if try state.decode(Int32.self, "engine") == 0 {
      try session.execute("DELETE FROM tally_due")
      try session.execute("INSERT INTO tally_due (build_id) SELECT id FROM build ORDER BY id")
    } else {
      try mark(changed, session)
    }
  }

  // Patterns change without the tally's lock, and each statement sees what is committed when it begins. What is compared and what is kept
  // must be the same, or a change that comes between the two is kept and marks nothing: so one statement does both.

  /// Brings `tally_pattern` up to the patterns.
  ///
  /// - Returns: what differed.
  private static func takePatterns(today: CalendarDay, _ session: borrowing Session) throws -> Rows {
    try session.query(
      """
      WITH now AS MATERIALIZED (\(patternsNow(today: today))),
      changed AS MATERIALIZED (
        SELECT t.number AS old_number, n.number, t.revision_id AS old, n.revision_id AS new,
               coalesce(t.suspended, false) OR coalesce(n.suspended, false) AS suspended
          FROM tally_pattern t FULL JOIN now n ON n.number = t.number
         WHERE (t.number, t.id, t.revision_id, t.retired, t.fallback, t.priority, t.verdict, t.excuses, t.suspended) IS DISTINCT FROM
               (n.number, n.id, n.revision_id, n.retired, n.fallback, n.priority, n.verdict, n.excuses, n.suspended)),
      gone AS (DELETE FROM tally_pattern WHERE number IN (SELECT old_number FROM changed WHERE number IS NULL)),
      kept AS (
        INSERT INTO tally_pattern (number, id, revision_id, retired, fallback, priority, verdict, excuses, suspended)
        SELECT n.number, n.id, n.revision_id, n.retired, n.fallback, n.priority, n.verdict, n.excuses, n.suspended
          FROM changed c JOIN now n ON n.number = c.number
        ON CONFLICT (number) DO UPDATE SET id = excluded.id, revision_id = excluded.revision_id, retired = excluded.retired,
               fallback = excluded.fallback, priority = excluded.priority, verdict = excluded.verdict, excuses = excluded.excuses,
               suspended = excluded.suspended)
      SELECT old, new, suspended FROM changed
      """)
  }

  /// Brings `tally_state` up to what is tried, and marks the builds of logs whose set had all of it and hasn't now, or the other way round.
  private static func takeActive(engine: Int, _ session: borrowing Session) throws {
    try session.execute(
      """
      WITH \(active(RescanScope())),
      taken AS (UPDATE tally_state t SET engine = \(Int32(engine)), active = a.revisions, version = version + 1 FROM active a)
      INSERT INTO tally_due (build_id)
      SELECT DISTINCT l.build_id FROM tally_state t, active a, tried_set s JOIN log l ON l.tried_set_id = s.id
       WHERE (s.engine = t.engine AND s.members @> t.active) <> (s.engine = \(Int32(engine)) AND s.members @> a.revisions)
          OR isempty(t.active) <> isempty(a.revisions)
      """)
  }

  /// The patterns as `tally_pattern` is to have them.
  private static func patternsNow(today: CalendarDay) -> SQL {
    """
    SELECT p.number, p.id, p.revision_id, p.retired, p.fallback, p.priority, p.verdict,
           p.verdict <> 'failure' AND NOT coalesce(p.review_by <= \(today.description)::text::date, false)
             AND NOT \(isSuspect) AS excuses,
           r.suspended_at IS NOT NULL AS suspended
      FROM pattern p LEFT JOIN pattern_revision r ON r.id = p.revision_id
    """
  }

  /// Marks the builds that patterns concern: those with a finding, and those on which they weren't tried to the end.
  private static func mark(_ changed: Rows, _ session: borrowing Session) throws {
    var revisions: Set<Int64> = []
    var suspended: Set<Int64> = []
    for row in changed {
      let both = [try row.decode(Int64?.self, "old"), try row.decode(Int64?.self, "new")].compactMap { $0 }
      revisions.formUnion(both)
      if try row.decode(Bool.self, "suspended") { suspended.formUnion(both) }
    }
    guard !revisions.isEmpty else { return }
    try session.execute(
      """
      INSERT INTO tally_due (build_id)
      SELECT build_id FROM finding f JOIN log l ON l.id = f.log_id WHERE f.revision_id = ANY (\(revisions.sorted()))
      UNION
      SELECT build_id FROM inconclusive i JOIN log l ON l.id = i.log_id WHERE i.revision_id = ANY (\(revisions.sorted()))
      UNION
      SELECT l.build_id FROM unnest(\(suspended.sorted())) AS r (id), tried_set s JOIN log l ON l.tried_set_id = s.id
       WHERE NOT s.members @> r.id
      """)
  }

  /// Branches that pull requests are to be merged into become lines of development.
  private static func noticeLines(_ session: borrowing Session) throws {
    // The targets one by one by the index: there are few among very many pull requests.
    let lines = try session.query(
      """
      WITH RECURSIVE target AS (
        (SELECT repository_id, base_branch FROM pull_request ORDER BY repository_id, base_branch LIMIT 1)
        UNION ALL
        SELECT n.repository_id, n.base_branch FROM target t CROSS JOIN LATERAL (
          SELECT p.repository_id, p.base_branch FROM pull_request p
           WHERE (p.repository_id, p.base_branch) > (t.repository_id, t.base_branch)
           ORDER BY p.repository_id, p.base_branch LIMIT 1) n)
      UPDATE tally_branch b SET is_line = true FROM target t
       WHERE b.repository_id = t.repository_id AND b.name = t.base_branch AND NOT b.is_pull_request AND NOT b.is_line
      RETURNING b.id
      """
    ).map { try $0.decode(Int32.self, "id") }
    guard !lines.isEmpty else { return }
    try session.execute("INSERT INTO tally_due (build_id) SELECT build_id FROM tally WHERE branch_id = ANY (\(lines))")
  }
}
