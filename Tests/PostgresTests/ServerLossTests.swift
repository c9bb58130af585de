import Foundation
import TestSupport
import Testing

@testable import Postgres

/// What becomes of connections when their server is killed.
@Suite struct ServerLossTests {
  @Test func connectionsAreLostAndThePoolRecovers() async throws {
    try await OwnCluster.with { cluster in
      let lease = try await cluster.acquire()
      let pool = ConnectionPool(try lease.configuration, limit: 2)
      try await pool.run { session in
        try session.executeScript("CREATE TABLE t (n bigint); INSERT INTO t VALUES (7)", name: "t")
      }
      let sleeping = Task { try await pool.run { session in try session.execute("SELECT pg_sleep(60)") } }
      let sleepers: SQL = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
      while try await pool.run({ try $0.query(sleepers).isEmpty }) {}

      kill(try await cluster.process(), SIGKILL)
      // A connection's process ends when it finds out, which one that sleeps does late.
      try endOrphans(of: cluster)
      let error = await #expect(throws: PostgresError.self) { try await sleeping.value }
      #expect(error?.isConnectionLost == true && error?.isRetryable == true)

      // The same lease: somebody else starts the server again.
      let other = try await cluster.acquire()
      #expect(other.url == lease.url)
      // Each of the pool's two connections can fail once before it is dropped.
      var numbers: [Int] = []
      for _ in 0..<3 {
        try? await numbers.append(pool.run { try $0.query("SELECT n FROM t").only().decode("n") })
      }
      #expect(numbers.last == 7)
      pool.close()
      try await other.release()
      try await lease.release()
    }
  }

  private func endOrphans(of cluster: PrivateCluster) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
      let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/cwd")
      guard let process = pid_t(name), folder == cluster.dataFolder else { continue }
      kill(process, SIGKILL)
    }
  }
}
