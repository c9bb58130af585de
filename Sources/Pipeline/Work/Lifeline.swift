import Foundation
import Postgres
import Store

/// A registered worker, whose leases are good as long as its connection lives: when the process dies, the server lets go of its lock at once.
struct Lifeline: Sendable {
  let worker: Store.WorkerID
  let connection: Connection

  /// Registers this process, does the work, and lets go of what the worker has.
  ///
  /// - Parameter database: for a connection of its own.
  /// - Throws: `PostgresError`, and what the work throws.
  static func with<Value: Sendable>(
    _ database: ConnectionConfiguration, _ body: (Lifeline) async throws -> Value
  ) async throws -> Value {
    let connection = try await Connection.connect(database)
    let process = ProcessInfo.processInfo
    let (host, pid) = (process.hostName, process.processIdentifier)
    let worker = try await connection.run { session in try Store.register(host: host, pid: pid, session) }
    let value = try await body(Lifeline(worker: worker, connection: connection))
    // The connection lives to here.
    _ = await connection.isAlive()
    return value
  }
}
