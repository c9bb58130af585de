/// The rows that a query gave, all in memory.
package struct Rows: RandomAccessCollection, Sendable {
  private let result: ResultHandle
  private let columns: Columns
  private let operation: String

  init(_ result: ResultHandle, operation: String) {
    self.result = result
    columns = Columns(result)
    self.operation = operation
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { result.rowCount }

  package subscript(position: Int) -> Row {
    precondition(indices.contains(position), "row \(position) of \(count)")
    return Row(result: result, columns: columns, index: position, operation: operation)
  }

  /// The names of the columns, in order.
  package var columnNames: [String] { columns.names }

  /// The one row of a query that always gives one.
  /// - Throws: `PostgresError` of kind `.decoding` when there are none or several.
  package func only() throws -> Row {
    guard count == 1 else {
      throw PostgresError(.decoding, operation: operation, message: "one row was expected, \(count) came")
    }
    return self[0]
  }
}
