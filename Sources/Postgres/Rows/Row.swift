/// A row of a query's result.
package struct Row: Sendable {
  let result: ResultHandle
  let columns: Columns
  let index: Int
  let operation: String

  /// Reads a column by its name.
  /// - Throws: `PostgresError` of kind `.decoding` that names the column and the types, never the value.
  package func decode<Value: PostgresDecodable>(_ type: Value.Type, _ column: String) throws -> Value {
    guard let position = columns[column] else {
      let known = columns.names.joined(separator: ", ")
      throw problem("there is no column \(column), only \(known)")
    }
    return try decode(type, at: position)
  }

  /// Reads a column by its name, as what the context wants: `let id: Int64 = try row.decode("id")`.
  /// - Throws: `PostgresError` of kind `.decoding` that names the column and the types, never the value.
  package func decode<Value: PostgresDecodable>(_ column: String) throws -> Value {
    try decode(Value.self, column)
  }

  /// Reads the columns in their order: `let (id, name) = try row.decode((Int64, String?).self)`.
  /// - Throws: `PostgresError` of kind `.decoding`, also when the number of columns is another one.
  package func decode<each Value: PostgresDecodable>(
    _ types: (repeat each Value).Type
  ) throws -> (repeat each Value) {
    var wanted = 0
    for _ in repeat (each Value).self { wanted += 1 }
    guard wanted == columns.names.count else {
      throw problem("\(wanted) columns were asked for, \(columns.names.count) came")
    }
    var position = -1
    func next<One: PostgresDecodable>(_ type: One.Type) throws -> One {
      position += 1
      return try decode(type, at: position)
    }
    return (repeat try next((each Value).self))
  }

  private func decode<Value: PostgresDecodable>(_ type: Value.Type, at position: Int) throws -> Value {
    do {
      return try value(at: position)
    } catch {
      throw problem("column \(columns.names[position]) \(error.reason)")
    }
  }

  private func value<Value: PostgresDecodable>(at position: Int) throws(PostgresValueProblem) -> Value {
    let raw = unsafe result.raw
    let (row, column) = (Int32(index), Int32(position))
    guard unsafe !raw.isNull(row: row, column: column), let start = unsafe raw.bytes(row: row, column: column)
    else { return try Value.null() }
    // The result owns the bytes, and this row keeps the result alive until they are read.
    let bytes = unsafe RawSpan(_unsafeStart: start, byteCount: Int(raw.byteCount(row: row, column: column)))
    return try Value(postgres: columns.types[position], bytes)
  }

  private func problem(_ message: String) -> PostgresError {
    PostgresError(.decoding, operation: operation, message: message)
  }
}
