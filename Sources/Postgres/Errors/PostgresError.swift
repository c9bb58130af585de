/// What went wrong between Culprit and PostgreSQL.
///
/// The description never holds a bound value or a password, so it can go to a log. What may hold one, the server's
/// detail, must be asked for.
package struct PostgresError: Error, Sendable {
  /// Where the error arose.
  package enum Kind: Hashable, Sendable {
    /// The server refused a statement.
    case server(SQLState)
    /// No connection could be made. The code is there when a server answered.
    case connecting(SQLState?)
    /// A connection broke. Whether the statement was done is unknown.
    case connectionLost
    /// A value can't be sent to PostgreSQL.
    case value
    /// A value that came isn't of the type that was asked for.
    case decoding
    /// The connection string or another setting is wrong.
    case configuration
    /// The caller broke a rule of this module.
    case misuse
    /// The pool was closed.
    case poolClosed
  }

  /// Where the error arose.
  package let kind: Kind
  /// What was being done: the statement's name, or its first words.
  package let operation: String
  /// The cause, in one line.
  package let message: String
  /// `ERROR`, `FATAL` or `PANIC`, when the server said so.
  package internal(set) var severity: String?
  /// What the person can do about it.
  package internal(set) var hint: String?
  /// More about the cause. May hold values, hence it isn't part of the description.
  package internal(set) var detail: String?
  /// The name of the constraint that was violated.
  package internal(set) var constraint: String?

  /// - Parameters:
  ///   - kind: where the error arose.
  ///   - operation: what was being done.
  ///   - message: the cause.
  ///   - hint: what the person can do about it.
  package init(_ kind: Kind, operation: String, message: String, hint: String? = nil) {
    self.kind = kind
    self.operation = operation
    self.message = message
    self.hint = hint
  }

  /// The server's code, when the server answered.
  package var sqlState: SQLState? {
    switch kind {
    case .server(let state): state
    case .connecting(let state): state
    default: nil
    }
  }

  /// Whether the same can succeed when it is done again, in a new transaction.
  package var isRetryable: Bool {
    switch kind {
    case .server(let state): state.isRetryable
    // Without a code nobody answered: the server is down, or not there yet.
    case .connecting(let state): state?.isRetryable ?? true
    case .connectionLost: true
    case .value, .decoding, .configuration, .misuse, .poolClosed: false
    }
  }

  /// Whether the connection can't be used any more.
  package var isConnectionLost: Bool {
    switch kind {
    case .connectionLost, .connecting: true
    case .server(let state): severity == "FATAL" || severity == "PANIC" || state.errorClass == "08"
    case .value, .decoding, .configuration, .misuse, .poolClosed: false
    }
  }
}

extension PostgresError: CustomStringConvertible {
  /// The operation, the cause and the server's code, in one line.
  package var description: String {
    let code = sqlState.map { " (SQLSTATE \($0))" } ?? ""
    return "\(operation): \(message)\(code)"
  }
}

/// Reflection would print the detail.
extension PostgresError: CustomReflectable {
  package var customMirror: Mirror {
    Mirror(self, children: ["description": description])
  }
}
