import Postgres

/// What patterns cost.
extension Store {
  /// Adds what was measured. In the order of revisions, so that two transactions never wait for each other.
  static func addCosts(of results: [LogResult], tried revisions: String, _ session: borrowing Session) throws {
    let costs = results.compactMap(\.cost)
    guard !costs.isEmpty else { return }
    let (logs, bytes) = (Int64(costs.count), Int64(costs.reduce(0) { $0 + $1.bytes }))
    try session.execute(
      """
      INSERT INTO cost_sample AS c (key, revisions, logs, bytes)
      VALUES (sha256(convert_to(\(revisions)::text, 'UTF8')), \(revisions)::text::int8multirange, \(logs), \(bytes))
      ON CONFLICT (key) DO UPDATE SET logs = c.logs + excluded.logs, bytes = c.bytes + excluded.bytes
      """)
    var sums: [RevisionID: (count: Int, nanoseconds: Int)] = [:]
    for search in costs.flatMap(\.searches) {
      sums[search.revision, default: (0, 0)].count += search.count
      sums[search.revision, default: (0, 0)].nanoseconds += search.nanoseconds
    }
    let sorted = sums.sorted { $0.key < $1.key }
    let ids = sorted.map(\.key.rawValue)
    let counts = sorted.map { Int64($0.value.count) }
    let times = sorted.map { Int64($0.value.nanoseconds) }
    try session.execute(
      """
      INSERT INTO pattern_cost AS c (revision_id, searches, nanoseconds)
      SELECT * FROM unnest(\(ids), \(counts), \(times)) ORDER BY 1
      ON CONFLICT (revision_id) DO UPDATE SET searches = c.searches + excluded.searches, nanoseconds = c.nanoseconds + excluded.nanoseconds
      """)
  }
}
