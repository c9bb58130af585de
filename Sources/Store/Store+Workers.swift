import Postgres

/// Who works on the ledger, and who of them is alive.
extension Store {
  /// A worker that is alive as long as its connection is.
  package struct WorkerID: Sendable, Hashable {
    /// Key of the `worker` table.
    package let rawValue: Int32
  }

  /// First key of the advisory locks that workers hold; the second is the worker's id.
  static let workerLock: Int32 = 0x6375_6C70

  /// Registers a worker on a connection of its own, which holds an advisory lock while the worker lives.
  package static func register(host: String, pid: Int32, _ session: borrowing Session) throws -> WorkerID {
    let id = try session.query("INSERT INTO worker (host, pid) VALUES (\(host), \(pid)) RETURNING id").only()
      .decode(Int32.self, "id")
    _ = try session.query("SELECT pg_advisory_lock(\(workerLock), \(id))")
    // Rows of workers that are gone serve nobody: ids never come again, and a lease of one that isn't there is as good as ended.
    try session.execute(
      "DELETE FROM worker w WHERE w.id <> ALL (\(raw: liveWorkers)) AND w.started_at < now() - interval '1 day'")
    return WorkerID(rawValue: id)
  }

  /// An array of the ids of workers whose connection is alive.
  static let liveWorkers = """
    ARRAY(SELECT objid::bigint::integer FROM pg_locks
           WHERE locktype = 'advisory' AND classid = \(workerLock) AND objsubid = 2 AND granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    """
}
