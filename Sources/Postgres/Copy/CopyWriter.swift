import CPostgres

/// Writes rows into a table by binary COPY, the fastest way in.
///
/// The format is described under "COPY", "Binary Format": a header, then per row the number of fields and each field
/// behind its length, then -1.
package struct CopyWriter: ~Copyable {
  private static let header = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
  private static let flushSize = 64 * 1024

  private let sink: CopySink
  private let columns: [(name: String, type: PostgresType)]
  private var buffer = Self.header

  init(_ sink: CopySink, _ columns: [(name: String, type: PostgresType)]) {
    self.sink = sink
    self.columns = columns
    buffer.reserveCapacity(Self.flushSize + 4096)
  }

  /// Writes a row. Its values must be of exactly the columns' types, since the server would take the bytes of a `Double`
  /// for a `bigint`; a `String` does for any text, JSON or enum.
  /// - Throws: `PostgresError` that names the column, never the value; `CancellationError`.
  package mutating func write<each Value: PostgresEncodable>(_ values: repeat each Value) throws {
    buffer.append(bigEndian: Int16(columns.count))
    var index = 0
    repeat try append(each values, &index)
    guard index == columns.count else {
      throw sink.problem(.misuse, "\(index) values were given for \(columns.count) columns")
    }
    if buffer.count >= Self.flushSize { try flush() }
  }

  private mutating func append<Value: PostgresEncodable>(_ value: Value, _ index: inout Int) throws {
    guard index < columns.count else {
      throw sink.problem(.misuse, "more values were given than the \(columns.count) columns")
    }
    let column = columns[index]
    index += 1
    do {
      try append(value, for: column.type)
    } catch {
      throw sink.problem(.value, "column \(column.name): \(error.reason)")
    }
  }

  private mutating func append<Value: PostgresEncodable>(
    _ value: Value, for type: PostgresType
  ) throws(PostgresValueProblem) {
    let given = Value.postgresType
    if given == type || (given == .text && type.isPlainText) {
      try buffer.append(counted: value)
    } else if given == .text && type == .jsonb {
      let start = buffer.count
      try buffer.append(counted: value)
      guard !value.isNull else { return }
      // The version of jsonb's binary form goes before its text.
      buffer.insert(1, at: start + 4)
      buffer.replace(at: start, bigEndian: Int32(buffer.count - start - 4))
    } else {
      throw PostgresValueProblem("is \(type), and a value of \(given) was given")
    }
  }

  private mutating func flush() throws {
    try sink.put(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes what is left.
  consuming func finish() throws {
    buffer.append(bigEndian: Int16(-1))
    try flush()
  }
}
