import CPostgres

/// Where the bytes of a COPY go.
///
/// Safe since it lives only in a `CopyWriter`, which is lent to a closure within the session's call that owns the
/// connection.
@safe struct CopySink {
  private let raw: CPGConnection
  private let interruption: Interruption?
  private let operation: String

  init(_ session: borrowing Session, operation: String) {
    unsafe raw = unsafe session.handle.raw
    interruption = session.state.interruption
    self.operation = operation
  }

  /// Sends bytes; blocks while the server is slower.
  func put(_ bytes: [UInt8]) throws {
    if interruption?.isCancelled == true { throw CancellationError() }
    let isSent = unsafe bytes.withUnsafeBytes { bytes in
      // libpq copies or sends the bytes before it returns.
      unsafe raw.put(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), count: Int32(bytes.count))
    }
    guard isSent else {
      let reason = unsafe raw.error.map { unsafe String(cString: $0) } ?? ""
      throw problem(unsafe raw.isConnected ? .misuse : .connectionLost, PostgresError.oneLine(reason))
    }
  }

  func problem(_ kind: PostgresError.Kind, _ message: String) -> PostgresError {
    PostgresError(kind, operation: operation, message: message)
  }
}
