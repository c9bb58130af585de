/// A message that a session sent with `NOTIFY`, once its transaction was committed.
package struct Notification: Sendable, Equatable {
  /// The channel that it was sent on.
  package let channel: String
  /// What was sent; often empty.
  package let payload: String
  /// The sender's process on the server.
  package let sender: Int32
}
