import CPostgres

/// A connection, lent to a synchronous closure.
///
/// Every call blocks until the server has answered; that is fine on the connection's own queue, and there only. A session
/// can't be copied or kept, so it ends with the closure.
package struct Session: ~Copyable {
  let handle: ConnectionHandle
  let state = SessionState()

  init(_ configuration: ConnectionConfiguration) throws {
    handle = try ConnectionHandle(configuration)
  }

  /// Sets on the server what can't be said while connecting.
  func apply(_ configuration: ConnectionConfiguration) throws {
    // Compiling a plan to machine code took ten times as long as running it: the estimates of short queries are high sometimes.
    _ = try run("SET jit = off", "SET jit")
    guard let timeout = configuration.statementTimeout else { return }
    let milliseconds = Int(timeout / .milliseconds(1))
    try execute("SELECT set_config('statement_timeout', \(String(milliseconds)), false)")
  }

  /// The process on the server, as in `pg_stat_activity`.
  package var backend: Int32 { handle.backend }

  /// Whether another user can have the connection: it works, it is in no transaction, and nothing is on its way to it.
  var isReusable: Bool { state.isReusable && handle.isConnected && !handle.isInTransaction }

  /// Throws when the task that uses the session was cancelled.
  func checkCancellation() throws {
    if state.interruption?.isCancelled == true { throw CancellationError() }
  }
}
