import CPostgres

extension Session {
  /// Loads rows into a table by binary COPY. All rows come in, or none does when the closure or the server fails.
  ///
  /// The connection is busy meanwhile: the closure can't use the session.
  /// - Parameters:
  ///   - table: the table's name; it is quoted.
  ///   - schema: the table's schema, unless the search path finds it.
  ///   - columns: the columns, in the order of the values.
  ///   - body: writes the rows.
  /// - Returns: the number of rows.
  @discardableResult
  package func copyIn(
    into table: String, schema: String? = nil, columns: [String], _ body: (inout CopyWriter) throws -> Void
  ) throws -> Int {
    let operation = "COPY \(table) FROM STDIN"
    let target = (schema.map { SQL.quoted(identifier: $0) + "." } ?? "") + SQL.quoted(identifier: table)
    let list = columns.map(SQL.quoted(identifier:)).joined(separator: ", ")

    let empty = Columns(try result(of: "SELECT \(raw: list) FROM \(raw: target) LIMIT 0"))
    _ = try run("COPY \(target) (\(list)) FROM STDIN (FORMAT binary)", operation)
    do {
      var writer = CopyWriter(
        CopySink(self, operation: operation), Array(zip(empty.names, empty.types)).map { ($0, $1) })
      try body(&writer)
      try writer.finish()
    } catch {
      // The server's reason, when it gave up first, says more than the failure to write to it.
      let refusal = endCopyIn(failure: "given up by the client", operation)
      throw (error as? PostgresError)?.isConnectionLost == true ? refusal ?? error : error
    }
    return try finishCopyIn(operation)
  }

  private func finishCopyIn(_ operation: String) throws -> Int {
    guard unsafe handle.raw.putEnd(failure: nil) else { throw handle.failure(operation) }
    var count = 0
    while let result = try nextResult(operation) {
      count = result.affectedRows
    }
    return count
  }

  /// Ends a COPY so that the server takes nothing of it.
  /// - Returns: what the server says to that.
  private func endCopyIn(failure: String, _ operation: String) -> (any Error)? {
    guard handle.isConnected, unsafe handle.raw.putEnd(failure: failure) else { return nil }
    do {
      while try nextResult(operation) != nil {}
      return nil
    } catch {
      return error
    }
  }

  /// Streams what a `COPY … TO STDOUT` gives, in its own format.
  ///
  /// The connection is busy meanwhile: the closure can't use the session. When it throws, the statement is cancelled.
  /// - Parameters:
  ///   - sql: the statement. COPY takes no values.
  ///   - body: gets the bytes, a row at a time.
  package func copyOut(_ sql: SQL, _ body: ([UInt8]) throws -> Void) throws {
    let operation = sql.operation
    try checkCancellation()
    guard sql.values.isEmpty else {
      throw PostgresError(.misuse, operation: operation, message: "COPY takes no values")
    }
    guard try run(sql.text, operation).status == PGRES_COPY_OUT else {
      throw PostgresError(.misuse, operation: operation, message: "only COPY … TO STDOUT can be copied out")
    }
    while let row = nextCopyRow() {
      do {
        try body(row)
      } catch {
        abandon()
        throw error
      }
    }
    // Here the server says whether it gave everything.
    while try nextResult(operation) != nil {}
    guard handle.isConnected else { throw handle.failure(operation) }
  }

  /// The next row, or nil after the last, or after a failure.
  private func nextCopyRow() -> [UInt8]? {
    var row: UnsafeMutablePointer<CChar>?
    let count = unsafe handle.raw.get(&row)
    // The row is ours to free, by libpq's contract of `PQgetCopyData`; there is none when the count is negative.
    defer { unsafe cpg_free(row) }
    return count < 0 ? nil : unsafe [UInt8](UnsafeRawBufferPointer(start: row, count: Int(count)))
  }
}
