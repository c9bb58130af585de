import CPostgres

extension Session {
  /// Runs the closure in a transaction: committed when it returns, rolled back when it throws.
  /// - Parameters:
  ///   - isolation: what it sees of the others that run beside it.
  ///   - body: the statements.
  /// - Throws: what the closure throws; `PostgresError` of kind `.misuse` within a transaction, or when the closure hid
  ///   the failure of a statement, after which PostgreSQL can't commit. When the connection is lost while it commits,
  ///   whether it did is unknown.
  @discardableResult
  package func transaction<Value>(
    _ isolation: IsolationLevel = .readCommitted, _ body: (borrowing Session) throws -> Value
  ) throws -> Value {
    try checkCancellation()
    guard !handle.isInTransaction else {
      throw PostgresError(.misuse, operation: "BEGIN", message: "there is already a transaction")
    }
    _ = try run("BEGIN ISOLATION LEVEL \(isolation.rawValue)", "BEGIN")
    let value: Value
    do {
      value = try body(self)
      try checkCancellation()
    } catch {
      rollBack()
      throw error
    }
    // COMMIT of a failed transaction succeeds and says ROLLBACK.
    guard try run("COMMIT", "COMMIT").commandTag == "COMMIT" else {
      throw PostgresError(
        .misuse, operation: "COMMIT", message: "rolled back, since a statement failed and its error was hidden")
    }
    return value
  }

  private func rollBack() {
    do {
      _ = try run("ROLLBACK", "ROLLBACK")
    } catch {
      // The server rolls back when the connection ends, which it does now: it can't be used any more.
      state.isReusable = false
    }
  }
}
