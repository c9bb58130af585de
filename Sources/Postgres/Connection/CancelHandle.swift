import CPostgres

/// Owns what libpq needs to cancel a connection's statement.
///
/// Unchecked since libpq promises that a `PGcancel` is read-only to `PQcancel`, which can be called from any thread, also
/// while another one uses the connection, or after it was closed ("Canceling Queries in Progress").
@safe final class CancelHandle: @unchecked Sendable {
  private let raw: CPGCancel

  init(_ connection: borrowing ConnectionHandle) {
    unsafe raw = unsafe connection.raw.makeCancel()
  }

  deinit {
    unsafe raw.free()
  }

  /// Asks the server to give up the running statement, if any. Blocks while it connects to the server.
  func send() {
    _ = unsafe raw.send()
  }
}
