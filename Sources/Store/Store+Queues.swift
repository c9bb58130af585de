import Postgres

/// How the queues stand.
extension Store {
  /// A queue at one moment.
  package struct QueueState: Sendable, Equatable {
    /// Rows of a queue that are counted at most; who has so many needs no exact number.
    package static let mostCounted = 100_000

    package let kind: WorkKind
    /// What waits, its time come or not.
    package let waiting: Int
    /// What of this could be done now, or is being done.
    package let due: Int
    /// What of this a living worker has.
    package let taken: Int
    /// For how many seconds the oldest that nobody has could have been done; nil if there is none. Unknown of scans.
    package let oldestDue: Double?
  }

  /// All queues, in the order of a build's way.
  package func queueStates() async throws -> [QueueState] {
    let engine = engine
    return try await transaction { session in
      try WorkKind.allCases.compactMap { kind in
        if kind == .scans { return try Self.scanState(engine: engine, session) }
        guard let queue = WaitingRows.of(kind) else { return nil }
        let row = try session.query(queue.state(most: QueueState.mostCounted)).only()
        return QueueState(
          kind: kind, waiting: try row.decode("waiting"), due: try row.decode("due"), taken: try row.decode("taken"),
          oldestDue: try row.decode("oldest"))
      }
    }
  }

  /// Workers whose connection is alive.
  package func liveWorkerCount() async throws -> Int {
    try await transaction { session in
      try session.query("SELECT cardinality(\(raw: Self.liveWorkers)) AS workers").only().decode(Int.self, "workers")
    }
  }

  /// Logs that lack a pattern.
  private static func scanState(engine: Int, _ session: borrowing Session) throws -> QueueState {
    var (due, taken) = (0, 0)
    for set in try session.query(setsWithDueLogs(RescanScope(), engine: engine)) where due < QueueState.mostCounted {
      let row = try session.query(
        """
        SELECT count(*) AS due, count(*) FILTER (WHERE taken) AS taken
          FROM (SELECT \(WaitingRows.isTaken) AS taken FROM log q WHERE q.tried_set_id = \(try set.decode(Int64.self, "id"))
                 LIMIT \(Int64(QueueState.mostCounted))) q
        """
      ).only()
      due += try row.decode(Int.self, "due")
      taken += try row.decode(Int.self, "taken")
    }
    due = min(due, QueueState.mostCounted)
    return QueueState(kind: .scans, waiting: due, due: due, taken: min(taken, due), oldestDue: nil)
  }
}

/// The rows that wait in a queue's table.
private struct WaitingRows {
  let table: String
  /// On `q`: that it waits, in words that the queue's index understands.
  let waits: SQL
  /// On `q`: when it can be done.
  let at: SQL

  static func of(_ kind: Store.WorkKind) -> WaitingRows? {
    switch kind {
    case .deliveries: WaitingRows(table: "delivery", waits: "q.state = 'pending'", at: "q.next_at")
    case .listings: WaitingRows(table: "build", waits: "q.list_state = 'pending'", at: "q.next_list_at")
    case .fetches: WaitingRows(table: "log", waits: "q.fetch_state = 'pending'", at: "q.next_fetch_at")
    case .commits: WaitingRows(table: "commit_due", waits: "true", at: "greatest(q.due_at, q.next_at)")
    default: nil
    }
  }

  /// On `q`: that a living worker has it.
  static let isTaken: SQL =
    "(q.lease_token IS NOT NULL AND q.lease_until >= now() AND q.lease_worker = ANY (\(raw: Store.liveWorkers)))"

  func state(most: Int) -> SQL {
    """
    SELECT count(*) AS waiting, count(*) FILTER (WHERE at <= now()) AS due, count(*) FILTER (WHERE taken) AS taken,
           extract(epoch FROM now() - min(at) FILTER (WHERE at <= now() AND NOT taken))::float8 AS oldest
      FROM (SELECT \(at) AS at, \(Self.isTaken) AS taken FROM \(identifier: table) q WHERE \(waits) ORDER BY 1 LIMIT \(Int64(most))) q
    """
  }
}
