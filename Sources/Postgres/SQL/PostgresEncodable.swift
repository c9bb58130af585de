/// A value that can be bound to a parameter of a statement.
package protocol PostgresEncodable: Sendable {
  /// The type that the server takes the value for.
  static var postgresType: PostgresType { get }

  /// Whether the value stands for SQL's `NULL`; then it isn't encoded.
  var isNull: Bool { get }

  /// Appends the value in the type's binary form (`typsend` of the type).
  /// - Throws: `PostgresValueProblem` when PostgreSQL can't hold the value.
  func encode(into buffer: inout [UInt8]) throws(PostgresValueProblem)
}

extension PostgresEncodable {
  package var isNull: Bool { false }
}

/// A value that can be an element of an array that is bound to a parameter or read from a column.
///
/// The array's form is the element's business since an array of bytes is no array to PostgreSQL but a `bytea`.
package protocol PostgresArrayElement: Sendable {
  /// The type of an array of such values.
  static var postgresArrayType: PostgresType { get }

  /// Appends an array in binary form.
  static func encodeArray(_ elements: [Self], into buffer: inout [UInt8]) throws(PostgresValueProblem)

  /// Reads an array.
  static func decodeArray(_ type: PostgresType, _ bytes: RawSpan) throws(PostgresValueProblem) -> [Self]
}

/// Why a value could not be encoded or decoded. Says nothing of the value itself: it may be secret.
package struct PostgresValueProblem: Error, Sendable {
  /// The reason, to be put after the name of the parameter or the column.
  package let reason: String

  /// - Parameter reason: the reason, without the value.
  package init(_ reason: String) {
    self.reason = reason
  }
}
