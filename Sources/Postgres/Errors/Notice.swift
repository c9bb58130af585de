/// A message of the server that is no error, such as a warning.
package struct Notice: Sendable {
  /// `WARNING`, `NOTICE`, `INFO`, `LOG` or `DEBUG`.
  package let severity: String
  /// The message. May hold values when a function of the database raised it.
  package let message: String
  /// The server's code.
  package let sqlState: SQLState
}
