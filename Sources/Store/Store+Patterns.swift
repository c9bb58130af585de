import Model
import Postgres

extension Store {
  /// What a sync changes, by pattern id in order.
  package struct SyncChanges: Sendable, Equatable {
    package var added: [PatternID] = []
    /// What is matched changed: every log is due for the new revision.
    package var redefined: [PatternID] = []
    /// Title, verdict, priority and their like changed: takes effect at once, makes nothing due.
    package var reworded: [PatternID] = []
    package var retired: [PatternID] = []
    package var revived: [PatternID] = []

    package var isEmpty: Bool {
      added.isEmpty && redefined.isEmpty && reworded.isEmpty && retired.isEmpty && revived.isEmpty
    }
  }

  /// A pattern with the digest of its definition.
  package struct SyncPattern: Sendable {
    package let pattern: Pattern
    package let digest: [UInt8]

    package init(pattern: Pattern, digest: [UInt8]) {
      self.pattern = pattern
      self.digest = digest
    }
  }

  /// Makes the database say what the files say. A pattern whose file is gone is retired: its findings stay.
  ///
  /// - Parameter dryRun: tells what would change, and the pairs that would be due, and changes nothing.
  /// - Returns: the changes, and the pairs of log and revision that are due once they are made.
  package func sync(_ patterns: [SyncPattern], dryRun: Bool) async throws -> (changes: SyncChanges, due: Int) {
    struct Undo: Error { let changes: SyncChanges, due: Int }
    let engine = engine
    do {
      return try await transaction { [coolOff] session in
        // Two syncs at once would each see the other's work half done.
        try session.execute("LOCK TABLE pattern IN SHARE ROW EXCLUSIVE MODE")
        var changes = SyncChanges()
        for pattern in patterns { try Self.sync(pattern, &changes, session) }
        let ids = patterns.map(\.pattern.id.rawValue)
        let gone = try session.query(
          """
          UPDATE pattern SET retired = true, changed_at = now() WHERE NOT retired AND id <> ALL (\(ids)) RETURNING id
          """)
        changes.retired += try gone.map { PatternID(try $0.decode(String.self, "id")) }
        changes.retired.sort()
        let due = try Self.countDue(RescanScope(), engine: engine, session).pairs
        if dryRun { throw Undo(changes: changes, due: due) }
        if !changes.isEmpty { try Self.markDue(postedIn: nil, coolOff: coolOff, session) }
        return (changes, due)
      }
    } catch let undo as Undo {
      return (undo.changes, undo.due)
    }
  }

  private static func sync(_ given: SyncPattern, _ changes: inout SyncChanges, _ session: borrowing Session) throws {
    let pattern = given.pattern
    let id = pattern.id.rawValue
    let before = try session.query(
      """
      SELECT p.retired, r.digest FROM pattern p JOIN pattern_revision r ON r.id = p.revision_id WHERE p.id = \(id)
      """
    ).first
    let wasRetired = try before?.decode(Bool.self, "retired")
    let oldDigest = try before?.decode([UInt8].self, "digest")

    let changed =
      try session.query(
        """
        INSERT INTO pattern AS p (id, title, verdict, issue, priority, fallback, group_by, tags, owner, remedy, review_by, retired)
        VALUES (\(id), \(pattern.title), \(pattern.verdict.rawValue), \(pattern.issue), \(Int32(pattern.priority)),
                \(pattern.fallback), \(pattern.groupBy), \(pattern.tags), \(pattern.owner), \(pattern.remedy),
                \(pattern.reviewBy?.description)::text::date, \(pattern.retired))
        ON CONFLICT (id) DO UPDATE
          SET title = excluded.title, verdict = excluded.verdict, issue = excluded.issue, priority = excluded.priority,
              fallback = excluded.fallback, group_by = excluded.group_by, tags = excluded.tags, owner = excluded.owner,
              remedy = excluded.remedy, review_by = excluded.review_by, retired = excluded.retired, changed_at = now()
          WHERE (p.title, p.verdict, p.issue, p.priority, p.fallback, p.group_by, p.tags, p.owner, p.remedy, p.review_by, p.retired)
                IS DISTINCT FROM
                (excluded.title, excluded.verdict, excluded.issue, excluded.priority, excluded.fallback, excluded.group_by,
                 excluded.tags, excluded.owner, excluded.remedy, excluded.review_by, excluded.retired)
        RETURNING id
        """
      ).first != nil

    if oldDigest != given.digest {
      // A definition that comes back is the revision that it was, with all that it has been tried on.
      try session.execute(
        """
        INSERT INTO pattern_revision (pattern_id, digest, definition)
        VALUES (\(id), \(given.digest), \(try StoredDefinition(pattern.definition).json)::text::jsonb)
        ON CONFLICT (pattern_id, digest) DO NOTHING
        """)
      try session.execute(
        """
        UPDATE pattern SET changed_at = now(), revision_id =
               (SELECT r.id FROM pattern_revision r WHERE r.pattern_id = \(id) AND r.digest = \(given.digest))
         WHERE id = \(id)
        """)
    }
    if before == nil {
      changes.added.append(pattern.id)
    } else if wasRetired == true, !pattern.retired {
      changes.revived.append(pattern.id)
    } else if wasRetired == false, pattern.retired {
      changes.retired.append(pattern.id)
    } else if oldDigest != given.digest {
      changes.redefined.append(pattern.id)
    } else if changed {
      changes.reworded.append(pattern.id)
    }
  }

  /// A pattern as the database has it, with what it found.
  package struct PatternSummary: Sendable {
    package let id: PatternID
    package let title: String
    package let verdict: PatternVerdict
    package let priority: Int
    package let fallback: Bool
    package let retired: Bool
    package let isSuspended: Bool
    /// Not believed any more.
    package let isSuspect: Bool
    package let owner: String?
    package let remedy: String?
    package let reviewBy: CalendarDay?
    package let revisions: Int
    /// Failed builds with a finding of the revision that is tried now.
    package let builds: Int
    package let findings: Int
    package let inconclusive: Int
    /// Seconds since 1970 of the latest failed build with a finding.
    package let lastSeen: Double?
    /// All failed builds that there are.
    package let failedBuilds: Int
    package let definition: String
  }

  /// All patterns in order of their ids, or one of them.
  package func patterns(id: PatternID? = nil) async throws -> [PatternSummary] {
    try await transaction { session in
      let rows = try session.query(
        """
        SELECT p.id, p.title, p.verdict, p.priority, p.fallback, p.retired, p.owner, p.remedy, p.review_by::text,
               r.suspended_at IS NOT NULL AS suspended, \(Self.isSuspect) AS suspect, r.definition::text,
               (SELECT count(*) FROM pattern_revision v WHERE v.pattern_id = p.id) AS revisions,
               coalesce(h.builds, 0) AS builds, coalesce(h.findings, 0) AS findings,
               extract(epoch FROM h.last_seen)::float8 AS last_seen,
               (SELECT count(*) FROM inconclusive i WHERE i.revision_id = p.revision_id) AS inconclusive,
               (SELECT count(*) FROM build WHERE outcome IN ('failure', 'timed_out')) AS failed_builds
          FROM pattern p
          LEFT JOIN pattern_revision r ON r.id = p.revision_id
          LEFT JOIN LATERAL (
            SELECT count(DISTINCT l.build_id) AS builds, count(*) AS findings, max(coalesce(b.finished_at, b.created_at)) AS last_seen
              FROM finding f JOIN log l ON l.id = f.log_id JOIN build b ON b.id = l.build_id
             WHERE f.revision_id = p.revision_id AND b.outcome IN ('failure', 'timed_out')) h ON true
         WHERE \(id?.rawValue)::text IS NULL OR p.id = \(id?.rawValue)::text
         ORDER BY p.id
        """)
      return try rows.map { row in
        PatternSummary(
          id: PatternID(try row.decode("id")), title: try row.decode("title"),
          verdict: PatternVerdict(rawValue: try row.decode("verdict")) ?? .failure,
          priority: Int(try row.decode(Int32.self, "priority")), fallback: try row.decode("fallback"),
          retired: try row.decode("retired"), isSuspended: try row.decode("suspended"), isSuspect: try row.decode("suspect"),
          owner: try row.decode("owner"),
          remedy: try row.decode("remedy"), reviewBy: try row.decode(String?.self, "review_by").flatMap { CalendarDay($0) },
          revisions: try row.decode("revisions"), builds: try row.decode("builds"), findings: try row.decode("findings"),
          inconclusive: try row.decode("inconclusive"), lastSeen: try row.decode("last_seen"),
          failedBuilds: try row.decode("failed_builds"), definition: try row.decode(String?.self, "definition") ?? "{}")
      }
    }
  }
}
