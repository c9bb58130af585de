/// Who has which connection: the pool's bookkeeping, without any waiting or I/O, and told the time.
///
/// A connection takes a *place* from when it begins to be made until it is dropped; there are `limit` places. What comes
/// free goes to whoever waits longest.
struct PoolState<Connection, Waiter> {
  /// What someone who wants a connection gets.
  enum Checkout {
    /// An idle connection; to be checked first if it may be broken.
    case connection(Connection, needsCheck: Bool)
    /// A place, to make a connection in.
    case place
    /// Nothing yet: the waiter was put into the queue.
    case wait
    case closed
  }

  /// What the pool must do after a change.
  enum Action {
    case none
    /// Give the connection to the waiter.
    case hand(Connection, Waiter)
    /// Let the waiter make a connection.
    case letConnect(Waiter)
    /// Drop these connections and fail these waiters.
    case close([Connection], [Waiter])
  }

  private struct Idle {
    let connection: Connection
    let since: ContinuousClock.Instant
    var isSuspect = false
  }

  private let limit: Int
  private let trust: Duration
  private var places = 0
  private var idle: [Idle] = []
  private var waiters: [(id: UInt64, waiter: Waiter)] = []
  private(set) var isClosed = false

  /// - Parameters:
  ///   - limit: the greatest number of connections.
  ///   - trust: for how long an idle connection is taken for a good one.
  init(limit: Int, trust: Duration) {
    self.limit = limit
    self.trust = trust
  }

  var waiterCount: Int { waiters.count }
  var idleCount: Int { idle.count }
  var connectionCount: Int { places }

  /// Takes a connection or a place, unless all are taken.
  mutating func checkOut(now: ContinuousClock.Instant) -> Checkout {
    if isClosed { return .closed }
    // The one used last is the likeliest to be alive, and the others can idle away.
    if let last = idle.popLast() {
      return .connection(last.connection, needsCheck: last.isSuspect || now - last.since > trust)
    }
    guard places < limit else { return .wait }
    places += 1
    return .place
  }

  /// Puts someone into the queue.
  mutating func enqueue(_ waiter: Waiter, id: UInt64) {
    waiters.append((id, waiter))
  }

  /// Takes someone out of the queue who no longer wants to wait; nil when it was served already.
  mutating func removeWaiter(id: UInt64) -> Waiter? {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
    return waiters.remove(at: index).waiter
  }

  /// Takes back a connection that can be used again.
  mutating func checkIn(_ connection: Connection, now: ContinuousClock.Instant) -> Action {
    if isClosed {
      places -= 1
      return .close([connection], [])
    }
    guard waiters.isEmpty else { return .hand(connection, waiters.removeFirst().waiter) }
    idle.append(Idle(connection: connection, since: now))
    return .none
  }

  /// Frees the place of a connection that broke or could not be made.
  mutating func freePlace() -> Action {
    // Passed on to the first who waits.
    if !isClosed, !waiters.isEmpty { return .letConnect(waiters.removeFirst().waiter) }
    places -= 1
    return .none
  }

  /// One connection turned out to be lost, so the server may have gone, and with it the others.
  mutating func suspectAll() {
    for index in idle.indices { idle[index].isSuspect = true }
  }

  /// Gives nothing out any more.
  mutating func close() -> Action {
    isClosed = true
    defer {
      places -= idle.count
      idle = []
      waiters = []
    }
    return .close(idle.map(\.connection), waiters.map(\.waiter))
  }
}
