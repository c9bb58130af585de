import Postgres

/// How much is scanned.
extension Store {
  private static let slots: Int64 = 16

  /// Adds what was just scanned to the hour's sums.
  ///
  /// - Parameters:
  ///   - logs: how many, and their raw bytes.
  ///   - revisions: those that were tried on each, as PostgreSQL writes multiranges.
  ///   - token: of the claim; it chooses the row, so that workers seldom wait for each other.
  static func addScanned(
    logs: (count: Int, bytes: Int), tried revisions: String, token: Int64, _ session: borrowing Session
  ) throws {
    guard logs.count > 0 else { return }
    let rows = try session.query(
      """
      INSERT INTO scan_rate AS s (hour, slot, logs, bytes, pairs)
      SELECT date_trunc('hour', now(), 'UTC'), \(token % slots)::smallint, \(Int64(logs.count))::integer, \(Int64(logs.bytes)),
             \(Int64(logs.count)) * coalesce(sum(upper(r) - lower(r)), 0)::bigint FROM unnest(\(revisions)::text::int8multirange) AS r
      ON CONFLICT (hour, slot) DO UPDATE
        SET logs = s.logs + excluded.logs, bytes = s.bytes + excluded.bytes, pairs = s.pairs + excluded.pairs
      RETURNING xmax = 0 AS is_new
      """)
    // Once an hour and slot.
    if try rows.only().decode(Bool.self, "is_new") {
      try session.execute("DELETE FROM scan_rate WHERE hour < now() - interval '8 days'")
    }
  }
}
