/// A five-character code of the SQL standard and of PostgreSQL ("Appendix A. PostgreSQL Error Codes").
package struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: String

  /// - Parameter rawValue: the code, such as `40001`.
  package init(rawValue: String) {
    self.rawValue = rawValue
  }

  package var description: String { rawValue }

  /// The first two characters: the kind of error.
  package var errorClass: Substring { rawValue.prefix(2) }

  /// A unique constraint was violated.
  package static let uniqueViolation = SQLState(rawValue: "23505")
  /// A foreign key was violated.
  package static let foreignKeyViolation = SQLState(rawValue: "23503")
  /// A check constraint was violated.
  package static let checkViolation = SQLState(rawValue: "23514")
  /// A serializable transaction collided with another one.
  package static let serializationFailure = SQLState(rawValue: "40001")
  /// The statement was given up, on request or by its time limit.
  package static let queryCanceled = SQLState(rawValue: "57014")
  /// The database of the connection does not exist.
  package static let unknownDatabase = SQLState(rawValue: "3D000")
  /// There is already a database of that name.
  package static let duplicateDatabase = SQLState(rawValue: "42P04")
  /// The server is starting, stopping or recovering.
  package static let cannotConnectNow = SQLState(rawValue: "57P03")
  static let featureNotSupported = SQLState(rawValue: "0A000")
  static let invalidStatementName = SQLState(rawValue: "26000")

  /// Whether the same transaction can succeed when it is done again.
  var isRetryable: Bool {
    switch rawValue {
    case "40001", "40P01",  // collisions: serialization failure, deadlock
      "55P03",  // a lock that was not to be waited for
      "53300",  // too many connections
      "57P01", "57P02", "57P03", "57P05":  // shut down, crashed, starting up, idle for too long
      true
    default: errorClass == "08"  // the connection
    }
  }
}
