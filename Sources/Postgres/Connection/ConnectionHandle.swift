import CPostgres

/// Owns a connection of libpq, and closes it when it goes.
///
/// Safe by ownership: it can't be copied, so nobody uses the connection after `PQfinish`; and it isn't `Sendable`, so one
/// thread uses it at a time, which is all that libpq asks for ("Behavior in Threaded Programs"). Whoever borrows the
/// handle can therefore call libpq on `raw`; where libpq keeps or lends memory beyond a call, a comment says so.
@safe struct ConnectionHandle: ~Copyable {
  let raw: CPGConnection
  private let notices: NoticeReceiver

  /// Connects, and blocks meanwhile.
  /// - Throws: `PostgresError` of kind `.connecting`.
  init(_ configuration: ConnectionConfiguration) throws {
    notices = NoticeReceiver(configuration.onNotice)
    unsafe raw = unsafe Self.connect(configuration.parameters)
    unsafe notices.attach(to: raw)
    guard unsafe raw.isConnected else {
      throw PostgresError(connecting: configuration, message: error)
    }
  }

  deinit {
    unsafe raw.finish()
  }

  private static func connect(_ parameters: [(keyword: String, value: String)]) -> CPGConnection {
    let keywords = CStringList(parameters.map(\.keyword))
    let values = CStringList(parameters.map(\.value))
    // libpq copies the strings before it returns.
    return unsafe keywords.withPointers { keywords in
      unsafe values.withPointers { values in unsafe CPGConnection(keywords: keywords, values: values) }
    }
  }

  /// libpq's last message.
  var error: String { unsafe raw.error.map { unsafe String(cString: $0) } ?? "" }

  var isConnected: Bool { unsafe raw.isConnected }

  /// The process on the server, as in `pg_stat_activity`.
  var backend: Int32 { unsafe raw.backendProcess }

  var isInTransaction: Bool { unsafe raw.transaction != PQTRANS_IDLE }

  /// Takes over a result, or the reason why there is none.
  func check(_ result: CPGResult, _ operation: String) throws -> ResultHandle {
    let result = unsafe ResultHandle(result)
    switch result.status {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_EMPTY_QUERY, PGRES_COPY_IN, PGRES_COPY_OUT:
      return result
    default:
      throw failure(operation, result)
    }
  }

  /// Why a call failed.
  func failure(_ operation: String, _ result: ResultHandle? = nil) -> PostgresError {
    if let result, isConnected, result.field("C") != nil {
      return PostgresError(result, operation: operation)
    }
    // The server's reason for closing the connection, or libpq's.
    let reason = result?.field("M") ?? error
    return PostgresError(
      isConnected ? .misuse : .connectionLost, operation: operation, message: PostgresError.oneLine(reason),
      hint: isConnected ? nil : "check that the PostgreSQL server is running")
  }
}
