import Postgres

/// Passing builds whose logs are scanned, too.
extension Store {
  /// So many of the latest sampled builds count. Older ones say nothing of what jobs print now.
  static let countedSamples: Int64 = 2_000

  /// Chooses a passing build with the given probability. Its identity decides, so that the same build is always chosen or never, and a
  /// larger share chooses all that a smaller one does.
  ///
  /// - Returns: whether it is chosen and wasn't before.
  @discardableResult
  static func sample(_ build: Int64, share: Double, _ session: borrowing Session) throws -> Bool {
    guard share > 0 else { return false }
    // The first 32 bits of a digest are as good as drawn by lot.
    return try session.execute(
      """
      UPDATE build SET sampled = true
       WHERE id = \(build) AND outcome = 'success' AND NOT sampled
         AND ('x' || encode(substr(sha256(convert_to(concat_ws(' ', provider, repository_id, external_id, attempt), 'UTF8')), 1, 4), 'hex'))::bit(32)::bigint
             < \(share)::float8 * 4294967296
      """) > 0
  }

  /// Tables `sample`, of the latest sampled passing builds that are read to the end, and `rate`: of each revision that is in force, in
  /// how many of those that it has been tried on it was found.
  ///
  /// Of a pattern with a `where` those builds count whose job it has ever been found in; on others it may not have been tried at all.
  static func rates(engine: Int) -> SQL {
    """
    sample AS MATERIALIZED (
      SELECT b.id, b.repository_id, b.provider, b.workflow, b.job, s.sets
        FROM build b CROSS JOIN LATERAL (
          SELECT array_agg(DISTINCT l.tried_set_id) AS sets, bool_and(l.tried_set_id IS NOT NULL) AS whole FROM log l WHERE l.build_id = b.id) s
       WHERE b.sampled AND b.outcome = 'success' AND s.whole
       ORDER BY b.id DESC LIMIT \(countedSamples)),
    sample_group AS (
      SELECT repository_id, provider, workflow, job, sets, count(*) AS builds FROM sample GROUP BY 1, 2, 3, 4, 5),
    judged AS (
      SELECT r.id, p.id AS pattern_id, r.definition ? 'where' AS scoped
        FROM pattern p JOIN pattern_revision r ON r.id = p.revision_id WHERE NOT p.retired AND NOT p.fallback),
    tried AS MATERIALIZED (
      SELECT g.sets, j.id FROM (SELECT DISTINCT sets FROM sample_group) g CROSS JOIN judged j
       WHERE (SELECT bool_and(t.engine = \(Int32(engine)) AND t.members @> j.id) FROM tried_set t WHERE t.id = ANY (g.sets))),
    sampled AS (
      SELECT t.id, sum(g.builds)::bigint AS builds
        FROM tried t JOIN judged j ON j.id = t.id AND NOT j.scoped
        JOIN (SELECT sets, sum(builds) AS builds FROM sample_group GROUP BY sets) g ON g.sets = t.sets GROUP BY t.id
      UNION ALL
      SELECT t.id, sum(g.builds)::bigint
        FROM judged j CROSS JOIN LATERAL (
          -- One by one by the index: patterns with a `where` are few among very many findings.
          SELECT DISTINCT b.repository_id, b.provider, b.workflow, b.job
            FROM finding f JOIN log l ON l.id = f.log_id JOIN build b ON b.id = l.build_id WHERE f.revision_id = j.id) o
        JOIN tried t ON t.id = j.id
        JOIN sample_group g ON g.sets = t.sets AND (g.repository_id, g.provider, g.workflow, g.job) = (o.repository_id, o.provider, o.workflow, o.job)
       WHERE j.scoped GROUP BY t.id),
    -- What another engine has found, and hasn't been looked for anew, counts neither here nor above.
    sample_hit AS (
      SELECT f.revision_id AS id, count(DISTINCT s.id) AS builds
        FROM sample s JOIN log l ON l.build_id = s.id JOIN finding f ON f.log_id = l.id
        JOIN tried t ON t.sets = s.sets AND t.id = f.revision_id GROUP BY 1),
    sample_gap AS (
      SELECT i.revision_id AS id, count(DISTINCT s.id) AS builds
        FROM sample s JOIN log l ON l.build_id = s.id JOIN inconclusive i ON i.log_id = l.id
        JOIN tried t ON t.sets = s.sets AND t.id = i.revision_id
       WHERE NOT EXISTS (SELECT 1 FROM log o JOIN finding f ON f.log_id = o.id WHERE o.build_id = s.id AND f.revision_id = i.revision_id)
       GROUP BY 1),
    rate AS (
      SELECT j.id, j.pattern_id, coalesce(h.builds, 0) AS hit, coalesce(n.builds, 0) - coalesce(g.builds, 0) AS sampled
        FROM judged j LEFT JOIN sampled n ON n.id = j.id LEFT JOIN sample_hit h ON h.id = j.id LEFT JOIN sample_gap g ON g.id = j.id)
    """
  }
}
