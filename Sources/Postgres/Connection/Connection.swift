import Synchronization

/// A connection to PostgreSQL. Its blocking calls run on a queue of its own.
package actor Connection {
  private let executor: QueueExecutor
  private let session: Session
  private let cancel: CancelHandle
  private let isBroken = Mutex(false)

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe executor.asUnownedSerialExecutor()
  }

  /// Connects.
  ///
  /// Can't be cancelled: it ends by the configuration's time limit.
  /// - Throws: `PostgresError` of kind `.connecting`.
  package static func connect(_ configuration: ConnectionConfiguration) async throws -> Connection {
    let executor = QueueExecutor(label: "culprit.postgres.connection")
    return try await executor.run { try Connection(configuration, executor) }
  }

  /// Connects, and blocks meanwhile.
  private init(_ configuration: ConnectionConfiguration, _ executor: QueueExecutor) throws {
    let session = try Session(configuration)
    try session.apply(configuration)
    cancel = CancelHandle(session.handle)
    self.session = session
    self.executor = executor
  }

  /// Runs statements without a transaction of their own.
  ///
  /// The closure is synchronous, so that nobody else's statements come between. When the task is cancelled, the
  /// statement in progress is given up, and the connection is retired: the request could hit a later statement.
  /// - Parameter body: the statements. May throw anything.
  /// - Throws: what the closure throws, or `CancellationError`.
  @discardableResult
  package func run<Value: Sendable>(_ body: @Sendable (borrowing Session) throws -> Value) async throws -> Value {
    let interruption = Interruption(cancel)
    return try await withTaskCancellationHandler {
      try perform(interruption, body)
    } onCancel: {
      interruption.interrupt()
    }
  }

  /// Runs statements in a transaction: committed when the closure returns, rolled back when it throws.
  /// - Parameters:
  ///   - isolation: what it sees of the others that run beside it.
  ///   - body: the statements; synchronous, so that nothing suspends within the transaction.
  /// - Throws: what the closure throws, `PostgresError` or `CancellationError`.
  @discardableResult
  package func transaction<Value: Sendable>(
    _ isolation: IsolationLevel = .readCommitted, _ body: @Sendable (borrowing Session) throws -> Value
  ) async throws -> Value {
    try await run { session in try session.transaction(isolation, body) }
  }

  /// Whether the connection can be used for something else; false once it was lost or a statement was cancelled.
  package nonisolated var isReusable: Bool {
    isBroken.withLock { !$0 }
  }

  /// Asks the server whether it is still there.
  package func isAlive() async -> Bool {
    (try? await run { session in try session.query("SELECT 1").count == 1 }) ?? false
  }

  private func perform<Value>(
    _ interruption: Interruption, _ body: (borrowing Session) throws -> Value
  ) throws -> Value {
    guard isReusable else {
      throw PostgresError(
        .connectionLost, operation: "use a connection", message: "it was lost or cancelled before")
    }
    try interruption.begin()
    session.state.interruption = interruption
    let result = Result { try body(session) }
    session.state.interruption = nil

    let wasCancelled = interruption.end()
    if wasCancelled || !session.isReusable {
      isBroken.withLock { $0 = true }
    }
    // The server's answer to the request isn't an error of its own.
    if wasCancelled, case .failure(let error as PostgresError) = result, error.sqlState == .queryCanceled {
      throw CancellationError()
    }
    return try result.get()
  }
}
