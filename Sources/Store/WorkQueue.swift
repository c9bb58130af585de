import Postgres

/// Rows of a table that wait for a worker. The row itself says so; there is no queue beside it that could be lost or doubled.
///
/// The table has the columns `id`, `lease_token`, `lease_worker` and `lease_until`.
struct WorkQueue: Sendable {
  let table: String
  /// On `q`, a row: that it waits, and that its time has come.
  let isDue: SQL
  /// On `q`: which comes first. Named together with `isDue` so that one index serves both.
  let order: SQL

  /// Rows that a worker has for itself until the lease ends.
  struct Taken: Sendable {
    /// Who writes without this token is refused: the row was given to another meanwhile.
    let token: Int64
    let ids: [Int64]
  }

  /// Takes rows that are due and that no living worker has.
  ///
  /// - Returns: nil if there are none.
  func take(_ most: Int, for worker: Store.WorkerID, leaseSeconds: Double, _ session: borrowing Session) throws -> Taken? {
    let rows = try session.query(
      """
      WITH chosen AS (
        SELECT q.id FROM \(identifier: table) q
         WHERE \(isDue) AND (q.lease_token IS NULL OR q.lease_until < now() OR q.lease_worker <> ALL (\(raw: Store.liveWorkers)))
         ORDER BY \(order) LIMIT \(Int64(most)) FOR UPDATE SKIP LOCKED),
      token AS MATERIALIZED (SELECT nextval('lease_token') AS value)
      UPDATE \(identifier: table) t
         SET lease_token = token.value, lease_worker = \(worker.rawValue), lease_until = now() + make_interval(secs => \(leaseSeconds))
        FROM chosen, token WHERE t.id = chosen.id
      RETURNING token.value AS token, t.id
      """)
    guard let first = rows.first else { return nil }
    return Taken(token: try first.decode("token"), ids: try rows.map { try $0.decode(Int64.self, "id") }.sorted())
  }

  /// Lets go of rows, as they are.
  func giveBack(_ ids: [Int64], token: Int64, _ session: borrowing Session) throws {
    try session.execute(
      """
      UPDATE \(identifier: table) SET lease_token = NULL, lease_worker = NULL, lease_until = NULL
       WHERE id = ANY (\(ids)) AND lease_token = \(token)
      """)
  }

  /// Seconds until the next row's time comes; nil if none waits. What others have doesn't count: they wake whoever waits.
  ///
  /// - Parameter time: when a row's time comes.
  static func secondsUntilNext(_ time: SQL, of table: String, where condition: SQL, _ session: borrowing Session) throws
    -> Double?
  {
    try session.query(
      """
      SELECT extract(epoch FROM min(\(time)) - now())::float8 AS seconds FROM \(identifier: table)
       WHERE \(condition) AND lease_token IS NULL
      """
    ).only().decode(Double?.self, "seconds")
  }
}

extension WorkQueue {
  static let deliveries = WorkQueue(
    table: "delivery", isDue: "q.state = 'pending' AND q.next_at <= now()", order: "q.next_at, q.id")
  static func listings(of providers: [String]) -> WorkQueue {
    WorkQueue(
      table: "build", isDue: "q.list_state = 'pending' AND q.next_list_at <= now() AND q.provider = ANY (\(providers))",
      order: "q.next_list_at, q.id")
  }
  static func fetches(of providers: [String]) -> WorkQueue {
    WorkQueue(
      table: "log",
      isDue: """
        q.fetch_state = 'pending' AND q.next_fetch_at <= now()
        AND (SELECT b.provider FROM build b WHERE b.id = q.build_id) = ANY (\(providers))
        """, order: "q.next_fetch_at, q.id")
  }
  static let commits = WorkQueue(
    table: "commit_due", isDue: "q.due_at <= now() AND q.next_at <= now()", order: "q.is_review, q.due_at, q.id")
  static let reruns = WorkQueue(
    table: "rerun", isDue: "q.phase IN ('pending', 'sending') AND q.next_at <= now()", order: "q.next_at, q.id")
  /// The cool-off is for events that are still to come; who drains the queue knows that none is.
  static let commitsAtOnce = WorkQueue(table: "commit_due", isDue: "q.next_at <= now()", order: "q.is_review, q.due_at, q.id")
}
