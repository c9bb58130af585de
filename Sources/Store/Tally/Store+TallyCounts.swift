import Postgres

/// Counts over what builds came to: the second half of a step of the tally. `tally` is as it will be, `tally_delta` says what changed.
extension Store {
  static func countDelta(_ session: borrowing Session) throws {
    try countTotals(session)
    try countCauses(session)
    try countReach(session)
    try countCommits(session)
    try session.execute(
      """
      INSERT INTO tally_set AS t (tried_set_id, logs, bytes)
      SELECT l.set, sum(d.sign), sum(d.sign * l.bytes)
        FROM tally_delta d CROSS JOIN LATERAL unnest(d.sets, d.bytes) AS l (set, bytes)
       GROUP BY 1 HAVING sum(d.sign) <> 0 OR sum(d.sign * l.bytes) <> 0
      ON CONFLICT (tried_set_id) DO UPDATE SET logs = t.logs + excluded.logs, bytes = t.bytes + excluded.bytes
      """)
    try session.execute("UPDATE tally_state SET version = version + 1, at = now()")
  }

  /// On `d`: its day and its month.
  private static let periods: SQL = """
    CROSS JOIN LATERAL (VALUES (0::smallint, (d.at AT TIME ZONE 'UTC')::date),
                               (1::smallint, date_trunc('month', d.at AT TIME ZONE 'UTC')::date)) AS g (grain, period)
    """

  private static let kinds = ["new", "unknown", "unread", "flaky", "infrastructure", "known", "upstream"]

  private static func countTotals(_ session: borrowing Session) throws {
    let measures: [(name: String, condition: String)] =
      [
        ("builds", "true"), ("failed", "d.failed"), ("unexplained", "d.failed AND d.pattern IS NULL AND NOT d.unread"),
        ("unread", "d.unread"), ("retried", "d.retried"),
      ] + kinds.map { ("of_" + $0, "d.kind = '\($0)'") }
    let names: SQL = "\(raw: measures.map(\.name).joined(separator: ", "))"
    let sums: SQL = "\(raw: measures.map { "coalesce(sum(d.sign) FILTER (WHERE \($0.condition)), 0)" }.joined(separator: ", "))"
    let added: SQL = "\(raw: measures.map { "\($0.name) = t.\($0.name) + excluded.\($0.name)" }.joined(separator: ", "))"
    let isChange: SQL = "\(raw: measures.map { "\($0.name) <> 0" }.joined(separator: " OR "))"
    try session.execute(
      """
      INSERT INTO tally_totals AS t (grain, line_id, repository_id, job_id, period, \(names))
      SELECT * FROM (
        SELECT g.grain, s.line_id, s.repository_id, s.job_id, g.period, \(sums)
          FROM tally_delta d \(periods)
          CROSS JOIN LATERAL (
            SELECT 0 AS line_id, 0::bigint AS repository_id, 0 AS job_id UNION ALL SELECT 0, d.repository_id, 0
            UNION ALL SELECT 0, d.repository_id, d.job_id
            UNION ALL SELECT d.line_id, d.repository_id, 0 WHERE d.line_id <> 0
            UNION ALL SELECT d.line_id, d.repository_id, d.job_id WHERE d.line_id <> 0) s
         GROUP BY 1, 2, 3, 4, 5) n (grain, line_id, repository_id, job_id, period, \(names))
       WHERE \(isChange)
       ORDER BY 1, 2, 3, 4, 5
      ON CONFLICT (grain, line_id, repository_id, job_id, period) DO UPDATE SET \(added)
      """)
  }

  private static func countCauses(_ session: borrowing Session) throws {
    try session.execute(
      """
      INSERT INTO tally_causes AS t (grain, line_id, repository_id, period, pattern, builds, retried, hits)
      SELECT * FROM (
        SELECT g.grain, s.line_id, s.repository_id, g.period, h.pattern,
               coalesce(sum(d.sign) FILTER (WHERE h.pattern = d.pattern), 0) AS builds,
               coalesce(sum(d.sign) FILTER (WHERE h.pattern = d.pattern AND d.retried), 0) AS retried, sum(d.sign) AS hits
          FROM tally_delta d CROSS JOIN LATERAL unnest(d.hits) AS h (pattern) \(periods)
          CROSS JOIN LATERAL (
            SELECT 0 AS line_id, 0::bigint AS repository_id UNION ALL SELECT 0, d.repository_id
            UNION ALL SELECT d.line_id, d.repository_id WHERE d.line_id <> 0) s
         GROUP BY 1, 2, 3, 4, 5) n
       WHERE builds <> 0 OR retried <> 0 OR hits <> 0
       ORDER BY 1, 2, 3, 4, 5
      ON CONFLICT (grain, line_id, repository_id, period, pattern) DO UPDATE
        SET builds = t.builds + excluded.builds, retried = t.retried + excluded.retried, hits = t.hits + excluded.hits
      """)
  }

  private static func countReach(_ session: borrowing Session) throws {
    try session.execute(
      """
      INSERT INTO tally_reach AS t (pattern, job_id, line_id, builds, first_at, last_at)
      SELECT pattern, job_id, line_id, sum(sign), min(at), max(at) FROM tally_delta WHERE pattern IS NOT NULL GROUP BY 1, 2, 3
      ORDER BY 1, 2, 3
      ON CONFLICT (pattern, job_id, line_id) DO UPDATE
        SET builds = t.builds + excluded.builds, first_at = least(t.first_at, excluded.first_at),
            last_at = greatest(t.last_at, excluded.last_at)
      """)
    // Where something was taken away, the ends are looked for.
    try session.execute(
      """
      WITH less AS (SELECT DISTINCT pattern, job_id, line_id FROM tally_delta WHERE sign < 0 AND pattern IS NOT NULL),
      gone AS (DELETE FROM tally_reach t USING less k
                WHERE (t.pattern, t.job_id, t.line_id) = (k.pattern, k.job_id, k.line_id) AND t.builds = 0)
      UPDATE tally_reach t SET first_at = e.first_at, last_at = e.last_at
        FROM less k CROSS JOIN LATERAL (
          SELECT (SELECT b.at FROM tally b WHERE b.pattern = k.pattern AND b.job_id = k.job_id AND b.line_id = k.line_id
                   ORDER BY b.at, b.build_id LIMIT 1) AS first_at,
                 (SELECT b.at FROM tally b WHERE b.pattern = k.pattern AND b.job_id = k.job_id AND b.line_id = k.line_id
                   ORDER BY b.at DESC, b.build_id DESC LIMIT 1) AS last_at) e
       WHERE (t.pattern, t.job_id, t.line_id) = (k.pattern, k.job_id, k.line_id) AND t.builds > 0
      """)
  }

  private static func countCommits(_ session: borrowing Session) throws {
    try session.execute(
      """
      DELETE FROM tally_commit c USING (SELECT DISTINCT repository_id, commit FROM tally_delta WHERE sign < 0) d
       WHERE c.repository_id = d.repository_id AND c.commit = d.commit
         AND NOT EXISTS (SELECT 1 FROM tally t WHERE t.repository_id = d.repository_id AND t.commit = d.commit)
      """)
    try session.execute(
      """
      INSERT INTO tally_commit AS c (repository_id, commit, branch_id, pull_request, first_at, last_at, builds, failed, attention)
      SELECT repository_id, commit, (array_agg(branch_id ORDER BY at DESC, build_id DESC))[1],
             (array_agg(pull_request ORDER BY at DESC, build_id DESC))[1], min(at), max(at), \(counts)
        FROM (\(withLastAttempt(of: """
          SELECT t.* FROM (SELECT DISTINCT repository_id, commit FROM tally_delta) d
            JOIN tally t ON t.repository_id = d.repository_id AND t.commit = d.commit
          """, by: "repository_id"))) x
       GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT (repository_id, commit) DO UPDATE
        SET branch_id = excluded.branch_id, pull_request = excluded.pull_request, first_at = excluded.first_at,
            last_at = excluded.last_at, builds = excluded.builds, failed = excluded.failed, attention = excluded.attention
        WHERE (c.branch_id, c.pull_request, c.first_at, c.last_at, c.builds, c.failed, c.attention) IS DISTINCT FROM
              (excluded.branch_id, excluded.pull_request, excluded.first_at, excluded.last_at, excluded.builds, excluded.failed,
               excluded.attention)
      """)
    try session.execute(
      """
      DELETE FROM tally_line c USING (SELECT DISTINCT repository_id, line_id, commit FROM tally_delta WHERE sign < 0 AND line_id <> 0) d
       WHERE c.line_id = d.line_id AND c.commit = d.commit
         AND NOT EXISTS (SELECT 1 FROM tally t WHERE t.repository_id = d.repository_id AND t.commit = d.commit AND t.line_id = d.line_id)
      """)
    try session.execute(
      """
      INSERT INTO tally_line AS c (line_id, commit, first_at, last_at, builds, failed, attention)
      SELECT line_id, commit, min(at), max(at), \(counts)
        FROM (\(withLastAttempt(of: """
          SELECT t.* FROM (SELECT DISTINCT repository_id, commit, line_id FROM tally_delta WHERE line_id <> 0) d
            JOIN tally t ON t.repository_id = d.repository_id AND t.commit = d.commit AND t.line_id = d.line_id
          """, by: "line_id"))) x
       GROUP BY 1, 2 ORDER BY 1, 2
      ON CONFLICT (line_id, commit) DO UPDATE
        SET first_at = excluded.first_at, last_at = excluded.last_at, builds = excluded.builds, failed = excluded.failed,
            attention = excluded.attention
        WHERE (c.first_at, c.last_at, c.builds, c.failed, c.attention) IS DISTINCT FROM
              (excluded.first_at, excluded.last_at, excluded.builds, excluded.failed, excluded.attention)
      """)
  }

  /// Rows of `tally` with `last_attempt`, that of the same job of the same commit that wasn't canceled.
  ///
  /// - Parameters:
  ///   - rows: a query.
  ///   - place: the column within which names of commits mean the same commit.
  static func withLastAttempt(of rows: SQL, by place: String) -> SQL {
    """
    SELECT t.*, max(t.attempt) FILTER (WHERE t.outcome <> 'canceled') OVER (PARTITION BY t.\(raw: place), t.commit, t.job_id, t.run)
                  AS last_attempt
      FROM (\(rows)) t
    """
  }

  /// Of a commit's builds, with `last_attempt`: how many (`builds`), how many failed that no later attempt replaced (`failed`), and how
  /// many of those need someone (`attention`). As in `CommitVerdict`.
  static let counts: SQL = """
    count(*) AS builds, count(*) FILTER (WHERE failed AND attempt = last_attempt) AS failed,
    count(*) FILTER (WHERE failed AND attempt = last_attempt AND kind IN ('new', 'unknown', 'unread')) AS attention
    """
}
