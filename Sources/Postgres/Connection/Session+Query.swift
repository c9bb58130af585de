import CPostgres

extension Session {
  /// Runs a statement and gives all its rows. It is prepared once per connection.
  /// - Throws: `PostgresError`, or `CancellationError` when the task was cancelled before.
  package func query(_ sql: SQL) throws -> Rows {
    Rows(try result(of: sql), operation: sql.operation)
  }

  /// Runs a statement whose rows don't matter.
  /// - Returns: the number of rows that it inserted, changed or deleted.
  /// - Throws: `PostgresError`, or `CancellationError` when the task was cancelled before.
  @discardableResult
  package func execute(_ sql: SQL) throws -> Int {
    try result(of: sql).affectedRows
  }

  /// Runs trusted text that can hold several statements, without values, such as a migration.
  /// - Parameters:
  ///   - script: the statements, separated by semicolons.
  ///   - name: what errors call it.
  package func executeScript(_ script: String, name: String) throws {
    try checkCancellation()
    guard !script.utf8.contains(0) else {
      throw PostgresError(.value, operation: name, message: "the text holds a NUL character (U+0000)")
    }
    _ = try run(script, name)
  }

  /// Gives the rows one by one, as they come; for results that may not fit into memory.
  ///
  /// The connection is busy meanwhile: the closure can't use the session. When it throws, the statement is cancelled.
  /// - Parameters:
  ///   - sql: the query.
  ///   - body: gets each row.
  package func forEachRow(_ sql: SQL, _ body: (Row) throws -> Void) throws {
    let operation = sql.operation
    let bound = try BoundValues(sql.values, operation: operation)
    let name = try prepare(sql.text, bound, operation)
    let isSent = bound.withArguments { arguments in
      unsafe handle.raw.stream(
        name: name, count: arguments.count, values: arguments.values, lengths: arguments.lengths,
        formats: arguments.formats)
    }
    guard isSent else { throw handle.failure(operation) }

    var columns: Columns?
    while let result = try nextResult(operation) {
      guard result.status == PGRES_SINGLE_TUPLE else { continue }
      let known = columns ?? Columns(result)
      columns = known
      do {
        try body(Row(result: result, columns: known, index: 0, operation: operation))
      } catch {
        abandon()
        throw error
      }
    }
  }

  func result(of sql: SQL) throws -> ResultHandle {
    let operation = sql.operation
    let text = sql.text
    let bound = try BoundValues(sql.values, operation: operation)
    do {
      return try execute(try prepare(text, bound, operation), bound, operation)
    } catch let error as PostgresError where isStale(error) {
      // The schema has changed under the prepared statement. Within a transaction it is too late to repeat it.
      state.statements.remove(StatementCache.Key(text: text, types: bound.types))
      if handle.isInTransaction { throw error }
      return try execute(try prepare(text, bound, operation), bound, operation)
    }
  }

  private func isStale(_ error: PostgresError) -> Bool {
    switch error.sqlState {
    case .invalidStatementName?: true
    case .featureNotSupported?: error.message == "cached plan must not change result type"
    default: false
    }
  }

  private func execute(_ name: String, _ bound: BoundValues, _ operation: String) throws -> ResultHandle {
    let result = unsafe bound.withArguments { arguments in
      unsafe handle.raw.execute(
        name: name, count: arguments.count, values: arguments.values, lengths: arguments.lengths,
        formats: arguments.formats)
    }
    let checked = try unsafe handle.check(result, operation)
    guard checked.status != PGRES_COPY_IN, checked.status != PGRES_COPY_OUT else {
      state.isReusable = false
      throw PostgresError(.misuse, operation: operation, message: "COPY needs copyIn or copyOut")
    }
    return checked
  }

  /// Prepares a statement unless it already is, and gives its name.
  func prepare(_ text: String, _ bound: BoundValues, _ operation: String) throws -> String {
    try checkCancellation()
    let key = StatementCache.Key(text: text, types: bound.types)
    if let name = state.statements.name(of: key) { return name }
    guard !text.utf8.contains(0) else {
      throw PostgresError(.value, operation: operation, message: "the text holds a NUL character (U+0000)")
    }

    let name = state.statements.newName()
    // libpq copies the text and the types before it returns.
    let result = unsafe handle.raw.prepare(
      name: name, sql: text, count: Int32(bound.types.count), types: bound.types)
    _ = try unsafe handle.check(result, operation)
    if let evicted = state.statements.insert(key, name: name) {
      _ = try run("DEALLOCATE \(evicted)", operation)
    }
    return name
  }

  /// Runs a script through the simple protocol.
  func run(_ script: String, _ operation: String) throws -> ResultHandle {
    try unsafe handle.check(handle.raw.run(script), operation)
  }

  /// The next result of a statement that was sent, or nil after the last; after an error it was the last.
  func nextResult(_ operation: String) throws -> ResultHandle? {
    let result = unsafe handle.raw.nextResult()
    guard unsafe result.pointer != nil else { return nil }
    do {
      return try unsafe handle.check(result, operation)
    } catch {
      skipResults()
      throw error
    }
  }

  /// Gives up a statement in progress and brings the protocol back into step.
  func abandon() {
    // The request may come too late for this statement and hit the next one.
    state.isReusable = false
    guard handle.isConnected else { return }
    CancelHandle(handle).send()
    skipResults()
  }

  private func skipResults() {
    while true {
      let result = unsafe handle.raw.nextResult()
      guard unsafe result.pointer != nil else { return }
      // A COPY goes on giving the same result until it is ended, which the next statement does.
      let status = unsafe ResultHandle(result).status
      if status == PGRES_COPY_OUT || status == PGRES_COPY_IN { return }
    }
  }
}
