import CPostgres

extension Session {
  /// The socket, to wait for what the server sends of its own accord.
  var socket: Int32 { unsafe handle.raw.socket }

  /// Takes in what the server has sent, without blocking.
  /// - Throws: `PostgresError` of kind `.connectionLost`.
  func receive() throws {
    guard unsafe handle.raw.consumeInput() else { throw handle.failure("listen") }
  }

  /// The next notification that was taken in.
  func nextNotification() -> Notification? {
    guard let raw = unsafe handle.raw.nextNotification() else { return nil }
    // The notification is ours to free, by libpq's contract of `PQnotifies`.
    defer { unsafe cpg_free(raw) }
    return unsafe Notification(
      channel: String(cString: raw.pointee.relname), payload: String(cString: raw.pointee.extra),
      sender: raw.pointee.be_pid)
  }
}
