import Model
import Postgres

/// Patterns that are not believed any more.
extension Store {
  /// Serialises the marking, so that two workers don't each miss what the other has just recorded.
  static let markingLock: Int64 = 0x5355_5350_4543_5400

  /// Marks the patterns that are found in too many passing builds, or whose excuses were reported as wrong too often. Commits that were
  /// posted on lately become due, since verdicts may have changed.
  ///
  /// - Returns: those that weren't suspect before.
  @discardableResult
  package func markSuspects() async throws -> [PatternID] {
    let (engine, health, coolOff) = (engine, health, coolOff)
    return try await transaction { session in
      try session.execute("SELECT pg_advisory_xact_lock(\(Self.markingLock))")
      return try Self.markSuspects(engine: engine, health, coolOff: coolOff, session)
    }
  }

  static func markSuspects(
    engine: Int, _ health: HealthRules, coolOff: Double, _ session: borrowing Session
  ) throws -> [PatternID] {
    let rows = try session.query(
      """
      WITH \(rates(engine: engine)),
      reported AS (
        SELECT revision_id AS id, count(DISTINCT build_id) AS builds FROM wrong_report
         WHERE withdrawn_at IS NULL AND kind IN ('flaky', 'infrastructure', 'known', 'upstream') GROUP BY 1),
      reason AS (
        SELECT r.*, CASE
                 WHEN r.sampled >= \(Int64(health.suspectSamples)) AND r.hit > \(health.suspectShare)::float8 * r.sampled
                   THEN 'found in ' || r.hit || ' of ' || r.sampled || ' passing builds'
                 WHEN w.builds >= \(Int64(health.suspectReports))
                   THEN 'its verdict on ' || w.builds || ' builds was reported as wrong' END AS words
          FROM rate r LEFT JOIN reported w ON w.id = r.id),
      marked AS (
        INSERT INTO suspect (revision_id, reason, hit, sampled)
        SELECT id, words, hit, sampled FROM reason WHERE words IS NOT NULL ORDER BY id
        ON CONFLICT (revision_id) DO NOTHING RETURNING revision_id, reason)
      SELECT r.pattern_id, m.reason FROM marked m JOIN pattern_revision r ON r.id = m.revision_id ORDER BY r.pattern_id
      """)
    for row in rows {
      try audit(
        who: "culprit", "pattern suspect", ["pattern": try row.decode("pattern_id"), "reason": try row.decode("reason")], session)
    }
    if !rows.isEmpty { try markDue(postedIn: nil, coolOff: coolOff, session) }
    return try rows.map { PatternID(try $0.decode("pattern_id")) }
  }

  /// A person's word that a suspect pattern is right. Its present definition is not marked again.
  ///
  /// - Throws: `StoreError.noSuchPattern`, `.notSuspect`.
  package func clearSuspect(_ pattern: PatternID, who: String, reason: String) async throws {
    try await transaction { [coolOff] session in
      let known = try session.query("SELECT revision_id FROM pattern WHERE id = \(pattern.rawValue)").first
      guard let known else { throw StoreError.noSuchPattern(pattern.rawValue) }
      let revision = try known.decode(Int64?.self, "revision_id")
      let cleared = try session.execute(
        """
        UPDATE suspect SET cleared_at = now(), cleared_by = \(who.storable), cleared_reason = \(reason.storable)
         WHERE revision_id = \(revision) AND cleared_at IS NULL
        """)
      guard cleared == 1 else { throw StoreError.notSuspect(pattern.rawValue) }
      try Self.audit(who: who, "suspect cleared", ["pattern": pattern.rawValue, "reason": reason], session)
      try Self.markDue(postedIn: nil, coolOff: coolOff, session)
    }
  }

  /// On `p`, a pattern: whether its present definition is suspect.
  static let isSuspect: SQL =
    "EXISTS (SELECT 1 FROM suspect u WHERE u.revision_id = p.revision_id AND u.cleared_at IS NULL)"
}
