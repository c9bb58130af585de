import Testing

@testable import Postgres

@Suite struct PoolStateTests {
  private typealias State = PoolState<String, String>
  private let start = ContinuousClock.now

  @Test func placesThenWaiting() {
    var state = State(limit: 1, trust: .seconds(15))
    guard case .place = state.checkOut(now: start) else { return unexpected() }
    guard case .wait = state.checkOut(now: start) else { return unexpected() }
    state.enqueue("first", id: 1)
    state.enqueue("second", id: 2)
    guard case .hand("a", "first") = state.checkIn("a", now: start) else { return unexpected() }
    #expect(state.removeWaiter(id: 1) == nil)
    guard case .letConnect("second") = state.freePlace() else { return unexpected() }
    guard case .none = state.checkIn("b", now: start) else { return unexpected() }
    #expect(state.idleCount == 1 && state.connectionCount == 1)
  }

  @Test func trustEndsWithTimeAndWithSuspicion() {
    var state = State(limit: 2, trust: .seconds(15))
    _ = state.checkOut(now: start)
    _ = state.checkIn("a", now: start)
    guard case .connection("a", needsCheck: false) = state.checkOut(now: start + .seconds(15)) else {
      return unexpected()
    }
    _ = state.checkIn("a", now: start)
    guard case .connection("a", needsCheck: true) = state.checkOut(now: start + .seconds(16)) else {
      return unexpected()
    }
    _ = state.checkIn("a", now: start)
    state.suspectAll()
    guard case .connection("a", needsCheck: true) = state.checkOut(now: start) else {
      return unexpected()
    }
  }

  @Test func closingReturnsEverything() {
    var state = State(limit: 2, trust: .zero)
    _ = state.checkOut(now: start)
    _ = state.checkOut(now: start)
    state.enqueue("waiter", id: 1)
    guard case .close(let connections, let waiters) = state.close() else { return unexpected() }
    #expect(connections.isEmpty && waiters == ["waiter"])
    guard case .close(["a"], _) = state.checkIn("a", now: start) else { return unexpected() }
    guard case .none = state.freePlace() else { return unexpected() }
    #expect(state.connectionCount == 0)
    guard case .closed = state.checkOut(now: start) else { return unexpected() }
  }
}

private func unexpected(sourceLocation: SourceLocation = #_sourceLocation) {
  Issue.record("the pool decided otherwise", sourceLocation: sourceLocation)
}
