import Postgres

/// What single builds came to: the first half of a step of the tally.
extension Store {
  /// Columns of `tally`, all of which a change is looked for in.
  private static let tallyColumns = """
    build_id, repository_id, job_id, branch_id, line_id, commit, pull_request, run, attempt, at, outcome, failed, pattern, hits, kind, \
    unread, retried, log_id, revision_id, line, sets, bytes
    """

  /// Works builds out again and counts the difference. The tally is locked.
  ///
  /// - Returns: the builds that came to something else than before.
  static func recount(_ builds: [Int64], _ session: borrowing Session) throws -> Int {
    try makeDelta(session)
    try enterNames(of: builds, session)
    let columns: SQL = "\(raw: tallyColumns)"
    try session.execute("INSERT INTO tally_delta (sign, \(columns)) \(outcomes(of: builds))")
    let mine: SQL = "\(raw: tallyColumns.split(separator: ", ").map { "d." + $0 }.joined(separator: ", "))"
    let its: SQL = "\(raw: tallyColumns.split(separator: ", ").map { "t." + $0 }.joined(separator: ", "))"
    try session.execute(
      "DELETE FROM tally_delta d USING tally t WHERE t.build_id = d.build_id AND (\(mine)) IS NOT DISTINCT FROM (\(its))")
    try session.execute(
      """
      INSERT INTO tally_delta (sign, \(columns))
      SELECT -1, \(its) FROM tally t
       WHERE t.build_id = ANY (\(builds))
         AND (EXISTS (SELECT 1 FROM tally_delta d WHERE d.build_id = t.build_id) OR NOT EXISTS (SELECT 1 FROM build b WHERE b.id = t.build_id))
      """)
    let changed = try session.query("SELECT count(DISTINCT build_id) AS n FROM tally_delta").only().decode(Int.self, "n")
    guard changed > 0 else { return 0 }
    try session.execute(
      """
      DELETE FROM tally WHERE build_id IN (SELECT build_id FROM tally_delta GROUP BY build_id HAVING max(sign) < 0)
      """)
    try session.execute(
      """
      INSERT INTO tally (\(columns)) SELECT \(columns) FROM tally_delta WHERE sign > 0
      ON CONFLICT (build_id) DO UPDATE SET (\(columns)) =
        (\(raw: tallyColumns.split(separator: ", ").map { "excluded." + $0 }.joined(separator: ", ")))
      """)
    try countDelta(session)
    return changed
  }

  /// The table that holds what a step takes away (sign -1) and adds (1).
  private static func makeDelta(_ session: borrowing Session) throws {
    let exists = try session.query("SELECT to_regclass('pg_temp.tally_delta') IS NOT NULL AS it").only().decode(Bool.self, "it")
    if exists {
      // Within one transaction there can be several portions.
      try session.execute("DELETE FROM tally_delta")
    } else {
      try session.execute("CREATE TEMP TABLE tally_delta (sign integer NOT NULL, LIKE tally) ON COMMIT DELETE ROWS")
      try session.execute("CREATE INDEX ON tally_delta (build_id)")
    }
  }

  /// Jobs and branches that were not seen before.
  private static func enterNames(of builds: [Int64], _ session: borrowing Session) throws {
    try session.execute(
      """
      INSERT INTO tally_job (repository_id, provider, workflow, job)
      SELECT DISTINCT b.repository_id, b.provider, b.workflow, b.job FROM build b
       WHERE b.id = ANY (\(builds)) AND NOT EXISTS (
         SELECT 1 FROM tally_job j WHERE j.repository_id = b.repository_id AND j.provider = b.provider AND j.workflow = b.workflow
            AND j.job = b.job)
      """)
    try session.execute(
      """
      INSERT INTO tally_branch (repository_id, name, is_pull_request, is_line)
      SELECT n.repository_id, n.branch, n.is_pull_request,
             NOT n.is_pull_request AND (n.branch IN ('main', 'master', 'trunk', 'develop') OR EXISTS (
               SELECT 1 FROM pull_request p WHERE p.repository_id = n.repository_id AND p.base_branch = n.branch))
        FROM (SELECT DISTINCT b.repository_id, b.branch, b.pull_request IS NOT NULL AS is_pull_request FROM build b
               WHERE b.id = ANY (\(builds))) n
       WHERE NOT EXISTS (
         SELECT 1 FROM tally_branch t WHERE t.repository_id = n.repository_id AND t.name = n.branch
            AND t.is_pull_request = n.is_pull_request)
      """)
  }

  /// What builds come to, as rows of `tally_delta`. The rules are those of `BestFinding` and `BuildVerdict`, without known problems and
  /// without the base.
  private static func outcomes(of builds: [Int64]) -> SQL {
    """
    SELECT 1, b.id, b.repository_id, j.id, n.id, CASE WHEN n.is_line THEN n.id ELSE 0 END, b.commit, b.pull_request, b.run, b.attempt,
           coalesce(b.finished_at, b.created_at), b.outcome, x.failed, explained.number, coalesce(hits.numbers, '{}'),
           CASE WHEN NOT x.failed THEN NULL
                WHEN o.kind IS NOT NULL THEN o.kind
                WHEN gap.waits OR (gap.waits IS NOT NULL AND (explained.number IS NULL OR explained.excuses)) THEN 'unread'
                WHEN explained.number IS NULL THEN 'unknown'
                WHEN NOT explained.excuses THEN 'new'
                WHEN explained.verdict = 'infrastructure' AND x.retried THEN 'flaky'
                ELSE explained.verdict END,
           x.failed AND (logs.count = 0 OR logs.incomplete OR logs.untried OR coalesce(doubt.is_open, false)),
           x.retried,
           best.log_id, best.revision_id, best.line, coalesce(logs.sets, '{}'), coalesce(logs.bytes, '{}')
      FROM build b
      JOIN tally_job j ON j.repository_id = b.repository_id AND j.provider = b.provider AND j.workflow = b.workflow AND j.job = b.job
      JOIN tally_branch n ON n.repository_id = b.repository_id AND n.name = b.branch AND n.is_pull_request = (b.pull_request IS NOT NULL)
      CROSS JOIN LATERAL (
        SELECT y.failed, y.failed AND EXISTS (
                 SELECT 1 FROM build s WHERE s.repository_id = b.repository_id AND s.commit = b.commit AND s.job = b.job
                    AND s.provider = b.provider AND s.workflow = b.workflow AND s.run = b.run AND s.attempt <> b.attempt
                    AND s.outcome = 'success') AS retried
          FROM (SELECT b.outcome IN ('failure', 'timed_out') AS failed) y) x
      LEFT JOIN overrule o ON o.build_id = b.id
      CROSS JOIN LATERAL (
        SELECT count(*) AS count,
               array_agg(l.tried_set_id ORDER BY l.id) FILTER (WHERE l.tried_set_id IS NOT NULL) AS sets,
               array_agg(coalesce(l.bytes, 0) ORDER BY l.id) FILTER (WHERE l.tried_set_id IS NOT NULL) AS bytes,
               coalesce(bool_or(l.fetch_state = 'pending'), false) AS pending,
               coalesce(bool_or(l.fetch_state <> 'stored'), false) AS incomplete,
               coalesce(bool_or(l.tried_set_id IS NOT NULL AND NOT (s.engine = t.engine AND s.members @> t.active)), false) AS untried,
               coalesce(bool_or(l.tried_set_id IS NOT NULL AND isempty(t.active)), false) AS nothing_to_try
          FROM log l LEFT JOIN tried_set s ON s.id = l.tried_set_id, tally_state t WHERE l.build_id = b.id) logs
      LEFT JOIN LATERAL (
        SELECT p.number, p.fallback, p.priority, p.verdict, p.excuses, f.log_id, f.revision_id, f.line
          FROM log l JOIN finding f ON f.log_id = l.id JOIN tally_pattern p ON p.revision_id = f.revision_id
         WHERE x.failed AND l.build_id = b.id AND NOT p.retired
         ORDER BY p.fallback, p.priority DESC, p.excuses, l.id DESC, f.line DESC, p.id
         LIMIT 1) best ON true
      LEFT JOIN LATERAL (SELECT best.number, best.priority, best.verdict, best.excuses WHERE NOT best.fallback) explained ON true
      CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT p.number ORDER BY p.number) AS numbers
          FROM log l JOIN finding f ON f.log_id = l.id JOIN tally_pattern p ON p.revision_id = f.revision_id
         WHERE x.failed AND l.build_id = b.id) hits
      CROSS JOIN LATERAL (
        SELECT bool_or(NOT p.fallback) AS is_open,
               bool_or(NOT p.fallback AND (explained.number IS NULL OR NOT p.excuses AND p.priority >= explained.priority)) AS matters
          FROM (SELECT q.fallback, q.excuses, q.priority
                  FROM log l JOIN inconclusive i ON i.log_id = l.id JOIN tally_pattern q ON q.revision_id = i.revision_id
                 WHERE x.failed AND l.build_id = b.id AND NOT q.retired
                UNION ALL
                SELECT q.fallback, q.excuses, q.priority
                  FROM tally_pattern q, log l JOIN tried_set s ON s.id = l.tried_set_id
                 WHERE x.failed AND l.build_id = b.id AND q.suspended AND NOT q.retired AND NOT s.members @> q.revision_id) p) doubt
      CROSS JOIN LATERAL (
        SELECT CASE WHEN b.list_state = 'pending' THEN true
                    WHEN b.list_state <> 'listed' OR logs.count = 0 THEN false
                    WHEN logs.pending OR logs.untried OR logs.nothing_to_try THEN true
                    WHEN logs.incomplete OR doubt.matters THEN false END AS waits) gap
     WHERE b.id = ANY (\(builds))
    """
  }
}
