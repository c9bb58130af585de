import Synchronization

/// A bounded set of connections that tasks share.
///
/// Who waits longest gets the next one. A connection that broke, or whose statement was cancelled, is dropped, and
/// another one is made when somebody wants it; so the pool recovers by itself when the server comes back.
package final class ConnectionPool: Sendable {
  private enum Lease {
    case connection(Connection, needsCheck: Bool)
    case place
  }

  private typealias Waiter = CheckedContinuation<Lease, any Error>
  private typealias State = PoolState<Connection, Waiter>

  private let configuration: ConnectionConfiguration
  private let state: Mutex<State>
  private let nextWaiter = Atomic<UInt64>(0)

  /// - Parameters:
  ///   - configuration: how to reach the database. No connection is made yet.
  ///   - limit: the greatest number of connections; at least 1.
  ///   - trust: for how long an idle connection is used without asking the server whether it is still there.
  package init(_ configuration: ConnectionConfiguration, limit: Int = 8, trust: Duration = .seconds(15)) {
    precondition(limit >= 1, "a pool needs at least one connection")
    self.configuration = configuration
    state = Mutex(State(limit: limit, trust: trust))
  }

  /// Lends a connection to the closure.
  /// - Throws: what the closure throws, `PostgresError` when there is no connection to be had, or `CancellationError`.
  package func withConnection<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> Value
  ) async throws -> Value {
    let connection = try await checkOut()
    defer { checkIn(connection) }
    return try await body(connection)
  }

  /// Runs statements on a connection of the pool; see `Connection.run`.
  @discardableResult
  package func run<Value: Sendable>(_ body: @Sendable (borrowing Session) throws -> Value) async throws -> Value {
    try await withConnection { connection in try await connection.run(body) }
  }

  /// Runs a transaction on a connection of the pool; see `Connection.transaction`.
  @discardableResult
  package func transaction<Value: Sendable>(
    _ isolation: IsolationLevel = .readCommitted, _ body: @Sendable (borrowing Session) throws -> Value
  ) async throws -> Value {
    try await withConnection { connection in try await connection.transaction(isolation, body) }
  }

  /// Closes what is idle, fails who waits, and closes what is in use once it comes back.
  package func close() {
    perform(state.withLock { $0.close() })
  }

  /// How many tasks wait for a connection.
  package var waiterCount: Int {
    state.withLock { $0.waiterCount }
  }

  /// How many connections there are or are being made.
  package var connectionCount: Int {
    state.withLock { $0.connectionCount }
  }

  private func checkOut() async throws -> Connection {
    try Task.checkCancellation()
    switch state.withLock({ $0.checkOut(now: .now) }) {
    case .connection(let connection, let needsCheck):
      return try await use(.connection(connection, needsCheck: needsCheck))
    case .place: return try await use(.place)
    case .wait: return try await use(try await wait())
    case .closed: throw Self.closed
    }
  }

  private func use(_ lease: Lease) async throws -> Connection {
    switch lease {
    case .connection(let connection, needsCheck: false): connection
    case .connection(let connection, needsCheck: true): try await checked(connection)
    case .place: try await connect()
    }
  }

  private func wait() async throws -> Lease {
    let id = nextWaiter.add(1, ordering: .relaxed).newValue
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enqueue(continuation, id: id)
      }
    } onCancel: {
      state.withLock { $0.removeWaiter(id: id) }?.resume(throwing: CancellationError())
    }
  }

  private func enqueue(_ waiter: Waiter, id: UInt64) {
    // A connection may have come free since, and a cancellation may have come before there was anyone to take out.
    let outcome: Result<Lease, any Error>? = state.withLock { state in
      if Task.isCancelled { return .failure(CancellationError()) }
      switch state.checkOut(now: .now) {
      case .connection(let connection, let needsCheck):
        return .success(.connection(connection, needsCheck: needsCheck))
      case .place: return .success(.place)
      case .closed: return .failure(Self.closed)
      case .wait:
        state.enqueue(waiter, id: id)
        return nil
      }
    }
    if let outcome { waiter.resume(with: outcome) }
  }

  /// Makes a connection in a place that was taken.
  private func connect() async throws -> Connection {
    do {
      return try await Connection.connect(configuration)
    } catch {
      perform(state.withLock { $0.freePlace() })
      throw error
    }
  }

  private func checked(_ connection: Connection) async throws -> Connection {
    if await connection.isAlive() { return connection }
    if Task.isCancelled {
      checkIn(connection)
      throw CancellationError()
    }
    state.withLock { $0.suspectAll() }
    return try await connect()
  }

  private func checkIn(_ connection: Connection) {
    perform(
      state.withLock { state in
        if connection.isReusable { return state.checkIn(connection, now: .now) }
        state.suspectAll()
        return state.freePlace()
      })
  }

  private func perform(_ action: State.Action) {
    switch action {
    case .none: break
    case .hand(let connection, let waiter): waiter.resume(returning: .connection(connection, needsCheck: false))
    case .letConnect(let waiter): waiter.resume(returning: .place)
    // A connection closes when nobody refers to it any more.
    case .close(_, let waiters):
      for waiter in waiters { waiter.resume(throwing: Self.closed) }
    }
  }

  private static var closed: PostgresError {
    PostgresError(.poolClosed, operation: "take a connection", message: "the pool was closed")
  }
}
