/// A value that can be read from a column.
package protocol PostgresDecodable: Sendable {
  /// Reads a value that isn't `NULL`.
  /// - Parameters:
  ///   - type: the column's type.
  ///   - bytes: the value in the type's binary form.
  /// - Throws: `PostgresValueProblem` when the type is another one or the value doesn't fit.
  init(postgres type: PostgresType, _ bytes: RawSpan) throws(PostgresValueProblem)

  /// What `NULL` becomes; only an `Optional` has a value for it.
  static func null() throws(PostgresValueProblem) -> Self
}

extension PostgresDecodable {
  package static func null() throws(PostgresValueProblem) -> Self {
    throw PostgresValueProblem("is null, and \(Self.self) was asked for, which isn't optional")
  }
}

extension PostgresValueProblem {
  /// The column's type isn't one that the Swift type is read from.
  static func mismatch(_ type: PostgresType, _ wanted: Any.Type) -> PostgresValueProblem {
    let advice = type == .numeric ? "; cast it in the query, for example to bigint" : ""
    return PostgresValueProblem("is \(type), which can't be read as \(wanted)\(advice)")
  }

  /// The column's type fits, and its value doesn't.
  static func outOfRange(_ type: PostgresType, _ wanted: Any.Type) -> PostgresValueProblem {
    PostgresValueProblem("is \(type) with a value that \(wanted) can't hold")
  }
}
