import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Postgres

@Suite struct PoolTests {
  @Test func connectionsAreSharedAndBounded() async throws {
    let pool = ConnectionPool(try await TestCluster.shared.configuration, limit: 3)
    let backends = try await withThrowingTaskGroup { group in
      for _ in 0..<30 {
        group.addTask { try await pool.run { $0.backend } }
      }
      return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
    }
    #expect((1...3).contains(backends.count))
    #expect(pool.connectionCount <= 3)
    pool.close()
  }

  @Test func whoWaitsLongestComesFirst() async throws {
    let pool = ConnectionPool(try await TestCluster.shared.configuration, limit: 1)
    let order = Order()
    try await withThrowingTaskGroup { group in
      try await pool.withConnection { _ in
        for number in 0..<5 {
          group.addTask {
            try await pool.withConnection { _ in order.numbers.withLock { $0.append(number) } }
          }
          await eventually { pool.waiterCount == number + 1 }
        }
      }
      try await group.waitForAll()
    }
    #expect(order.numbers.withLock { $0 } == [0, 1, 2, 3, 4])
  }

  @Test func whoIsCancelledDoesNotWait() async throws {
    let pool = ConnectionPool(try await TestCluster.shared.configuration, limit: 1)
    try await pool.withConnection { _ in
      let waiting = Task { try await pool.run { $0.backend } }
      await eventually { pool.waiterCount == 1 }
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
      #expect(pool.waiterCount == 0)
    }
    #expect(try await pool.run { $0.backend } > 0)
  }

  @Test func aClosedPoolGivesNothing() async throws {
    let pool = ConnectionPool(try await TestCluster.shared.configuration, limit: 1)
    try await pool.withConnection { _ in
      let waiting = Task { try await pool.run { $0.backend } }
      await eventually { pool.waiterCount == 1 }
      pool.close()
      let error = await #expect(throws: PostgresError.self) { try await waiting.value }
      #expect(error?.kind == .poolClosed)
    }
    await #expect(throws: PostgresError.self) { try await pool.run { $0.backend } }
    #expect(pool.connectionCount == 0)
  }

  @Test func aTerminatedConnectionIsReplaced() async throws {
    let configuration = try await TestCluster.shared.configuration
    // Trusted for so long that it isn't checked first, however slow the machine is.
    let pool = ConnectionPool(configuration, limit: 1, trust: .seconds(3_600))
    let admin = try await Connection.connect(configuration)
    let backend = try await pool.run { $0.backend }
    try await admin.run { session in try session.execute("SELECT pg_terminate_backend(\(backend), 10000)") }

    let error = await #expect(throws: PostgresError.self) { try await pool.run { try $0.execute("SELECT 1") } }
    #expect(error?.isConnectionLost == true && error?.isRetryable == true)
    #expect(try await pool.run { $0.backend } != backend)
    pool.close()
  }

  @Test func anIdleConnectionIsCheckedFirst() async throws {
    let configuration = try await TestCluster.shared.configuration
    let pool = ConnectionPool(configuration, limit: 1, trust: .zero)
    let admin = try await Connection.connect(configuration)
    let backend = try await pool.run { $0.backend }
    try await admin.run { session in try session.execute("SELECT pg_terminate_backend(\(backend), 10000)") }
    let other = try await pool.run { session in
      try session.execute("SELECT 1")
      return session.backend
    }
    #expect(other != backend)
  }

  @Test func aServerThatIsNotThereFreesThePlace() async throws {
    let pool = ConnectionPool(try ConnectionConfiguration(url: "postgresql://localhost:1/x"), limit: 1)
    for _ in 0..<3 {
      await #expect(throws: PostgresError.self) { try await pool.run { $0.backend } }
    }
    #expect(pool.connectionCount == 0)
  }
}

/// Who came when.
private final class Order: Sendable {
  let numbers = Mutex<[Int]>([])
}

/// Yields until the condition holds: for what another task is about to do.
func eventually(_ condition: () -> Bool) async {
  while !condition() { await Task.yield() }
}
