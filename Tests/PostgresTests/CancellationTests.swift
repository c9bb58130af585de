import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite struct CancellationTests {
  @Test func aRunningStatementIsGivenUp() async throws {
    let pool = ConnectionPool(try await TestCluster.shared.configuration, limit: 2)
    let admin = try await Connection.connect(TestCluster.shared.configuration)
    let sleeping = Task {
      try await pool.run { session in
        try session.execute("SELECT set_config('application_name', 'sleeper', false)")
        try session.execute("SELECT pg_sleep(36000)")
      }
    }
    try await waitForSleeper(admin)
    sleeping.cancel()
    await #expect(throws: CancellationError.self) { try await sleeping.value }
    // That connection is gone, and the pool works on.
    #expect(pool.connectionCount == 0)
    #expect(try await pool.run { $0.backend } > 0)
  }

  @Test func aCancelledTransactionLeavesNothing() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      try await connection.run { session in try session.execute("CREATE TABLE t (n bigint)") }
      // Cancelled between two statements: the next one doesn't begin.
      let task = Task {
        try await connection.transaction { session in
          try session.execute("INSERT INTO t VALUES (1)")
          withUnsafeCurrentTask { $0?.cancel() }
          try session.execute("INSERT INTO t VALUES (2)")
        }
      }
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(!connection.isReusable)
      let count = try await database.connect().run { session in
        try session.query("SELECT count(*) AS n FROM t").only().decode(Int.self, "n")
      }
      #expect(count == 0)
    }
  }

  @Test func whoWaitsForTheConnectionDoesNotDisturbItsUser() async throws {
    let connection = try await Connection.connect(TestCluster.shared.configuration)
    let mayEnd = DispatchSemaphore(value: 0)
    let (busy, isBusy) = AsyncStream.makeStream(of: Void.self)
    let first = Task {
      try await connection.run { session in
        isBusy.finish()
        // The connection's own thread.
        mayEnd.wait()
        return try session.query("SELECT 7 AS n").only().decode(Int.self, "n")
      }
    }
    for await _ in busy {}
    let second = Task { try await connection.run { try $0.execute("SELECT 1") } }
    second.cancel()
    mayEnd.signal()
    #expect(try await first.value == 7)
    await #expect(throws: CancellationError.self) { try await second.value }
    #expect(connection.isReusable)
  }

  private func waitForSleeper(_ admin: Connection) async throws {
    let sleepers: SQL = """
      SELECT 1 FROM pg_stat_activity WHERE application_name = 'sleeper' AND wait_event = 'PgSleep'
      """
    while try await admin.run({ try $0.query(sleepers).isEmpty }) {}
  }
}
