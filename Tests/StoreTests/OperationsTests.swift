import Foundation
import Model
import Store
import TestSupport
import Testing

/// What operators are told of queues, limits and troubles.
@Suite struct OperationsTests {
  private func state(_ ledger: TestLedger, _ kind: Store.WorkKind) async throws -> Store.QueueDepth {
    try #require(try await ledger.store.queueDepths().first { $0.kind == kind })
  }

  @Test func queuesTellWhatWaitsWhatIsDueAndForHowLong() async throws {
    try await TestLedger.with { ledger in
      for number in 0..<5 {
        _ = try await ledger.store.store(provider: "github", externalID: "\(number)", event: "push", headers: [:], body: [])
      }
      let connection = try await ledger.database.connect()
      try await connection.run { session in
        try session.execute("UPDATE delivery SET next_at = now() + interval '1 hour' WHERE external_id = '4'")
        try session.execute("UPDATE delivery SET next_at = now() - interval '20 minutes' WHERE external_id = '1'")
        try session.execute("UPDATE delivery SET state = 'done' WHERE external_id = '0'")
      }
      var state = try await state(ledger, .deliveries)
      #expect((state.waiting, state.due, state.leased) == (4, 3, 0))
      #expect(abs((state.oldestSeconds ?? 0) - 1_200) < 60)

      let lifeline = try await ledger.database.connect()
      let worker = try await lifeline.run { session in try Store.register(host: "here", pid: 7, session) }
      _ = try await ledger.store.claimDeliveries(worker: worker, most: 1, leaseSeconds: 300)
      state = try await self.state(ledger, .deliveries)
      // What someone works on is late no more.
      #expect((state.waiting, state.due, state.leased) == (4, 3, 1))
      #expect((state.oldestSeconds ?? 0) < 60)
      #expect(try await ledger.store.workers().map(\.leases) == [[.deliveries: 1]])
      _ = await lifeline.isAlive()
    }
  }

  @Test func hoursTellWhatWasScanned() async throws {
    try await TestLedger.with { ledger in
      try await ledger.sync([.test("a/one", match: "one"), .test("a/two", match: "two"), .test("a/three", match: "three")])
      for number in 0..<3 { try await ledger.enter("one\ntwo\n", TestLedger.build("\(number)")) }
      func scanned() async throws -> [Int] {
        let rates = try await ledger.store.hourlyRates(hours: 2)
        return [rates.map(\.scannedLogs), rates.map(\.scannedBytes), rates.map(\.pairs)].map { $0.reduce(0, +) }
      }
      #expect(try await scanned() == [0, 0, 0])
      _ = try await ledger.rescan()
      #expect(try await scanned() == [3, 24, 9])
      // What is tried already isn't tried again.
      try await ledger.sync([
        .test("a/one", match: "one"), .test("a/two", match: "two"), .test("a/three", match: "three"),
        .test("a/four", match: "four"),
      ])
      _ = try await ledger.rescan()
      #expect(try await scanned() == [6, 48, 12])
    }
  }

  /// A commit whose code host refuses for a while is nobody's fault until that time has come; a job that is to run again is work, too.
  @Test func whatBacksOffIsNotOverdueAndRerunsAreTold() async throws {
    try await TestLedger.with { ledger in
      try await ledger.enter("x\n", TestLedger.build("1"))
      let connection = try await ledger.database.connect()
      try await connection.run { session in
        try session.execute(
          """
          INSERT INTO commit_due (repository_id, commit, due_at, next_at)
          SELECT repository_id, commit, now() - interval '1 hour', now() + interval '1 hour' FROM build
          ON CONFLICT (repository_id, commit) DO UPDATE SET due_at = excluded.due_at, next_at = excluded.next_at
          """)
        try session.execute(
          "INSERT INTO rerun (build_id, who, next_at) SELECT id, 'ada', now() - interval '1 hour' FROM build")
      }
      let commits = try await state(ledger, .commits)
      #expect((commits.waiting, commits.due) == (1, 0) && commits.oldestSeconds == nil)
      let reruns = try await state(ledger, .reruns)
      #expect((reruns.waiting, reruns.due) == (1, 1) && (reruns.oldestSeconds ?? 0) > 3_500)
    }
  }

  @Test func hoursAreThoseOfUTCWhereverTheServerIs() async throws {
    try await TestLedger.with { ledger in
      let connection = try await ledger.database.connect()
      try await connection.run { session in
        let name = try session.query("SELECT current_database() AS name").only().decode(String.self, "name")
        try session.execute("ALTER DATABASE \(identifier: name) SET TimeZone TO 'Asia/Kolkata'")
      }
      // The store connects only now, and what connects takes the database's time zone.
      try await ledger.enter("x\n", TestLedger.build("1"))
      let zone = try await ledger.pool.run { try $0.query("SHOW TimeZone").only().decode(String.self, "TimeZone") }
      #expect(zone == "Asia/Kolkata")
      let hours = try await ledger.store.hourlyRates(hours: 2)
      #expect(hours.map(\.builds) == [1] && hours.allSatisfy { $0.hour.truncatingRemainder(dividingBy: 3_600) == 0 })
    }
  }

  @Test func whatGoesWrongIsTold() async throws {
    try await TestLedger.with { ledger in
      for id in ["1", "2", "3"] {
        _ = try await ledger.store.store(provider: "github", externalID: id, event: "push", headers: [:], body: [])
      }
      let connection = try await ledger.database.connect()
      try await connection.run { session in
        try session.execute("UPDATE delivery SET state = 'failed', outcome = 'not JSON' WHERE external_id = '2'")
        try session.execute(
          "UPDATE delivery SET state = 'failed', outcome = 'old', received_at = now() - interval '3 days' WHERE external_id = '3'")
      }
      let troubles = try await ledger.store.troubles()
      #expect(troubles.map { "\($0.what) \($0.subject): \($0.reason)" } == ["delivery github push: not JSON"])
    }
  }

  @Test func ofAHostTheNewestLimitCounts() async throws {
    try await TestLedger.with { ledger in
      func limit(_ host: String, _ remaining: Int, at: Double) -> Store.ProviderLimit {
        Store.ProviderLimit(host: host, granted: 5_000, remaining: remaining, resetsAt: host == "b" ? nil : 2_000, toldAt: at)
      }
      try await ledger.store.record([limit("b", 10, at: 1_000), limit("a", 20, at: 1_000)])
      try await ledger.store.record([limit("a", 30, at: 900), limit("b", 9, at: 1_100)])
      #expect(try await ledger.store.providerLimits() == [limit("a", 20, at: 1_000), limit("b", 9, at: 1_100)])
    }
  }
}
