import Foundation
import Pipeline
import Postgres
import Store
import TestSupport
import Testing

/// Whatever goes wrong meanwhile: everything is done in the end, and once.
@Suite struct FaultTests {
  private static let flaky = "connection reset\n"
  private static let green = "success: 3 failures, none of them new: 3 flaky"

  /// Three failures, and faults between them and their status; after each pause everything may be tried again.
  private func recovers(pauses: Int = 4, _ breakIt: (Flow) -> Void, mend: (Flow) -> Void = { _ in }) async throws {
    try await Flow.with { flow in
      breakIt(flow)
      for id in 1...3 { try await flow.finish("job \(id)", id: id, Self.flaky) }
      try await flow.worker().drain()
      mend(flow)
      for _ in 0..<pauses {
        flow.clock.advance(120)
        try await flow.hurry()
        try await flow.worker().drain()
      }
      #expect(flow.statuses().last == Self.green)
      #expect(flow.statuses().count { $0 == Self.green } == 1)
      #expect(try await flow.rows("SELECT fetch_state AS text FROM log") == ["stored", "stored", "stored"])
      #expect(try await flow.rows("SELECT phase AS text FROM status_post WHERE phase = 'sending'") == [])
    }
  }

  @Test func limitsAreWaitedFor() async throws {
    try await recovers { flow in
      flow.world.set { state in
        let secondary = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        state.faults = [
          .init("GET /repos/o/r/actions/jobs/1/logs", .error(429, "slow down", headers: ["Retry-After": "60"])),
          .init("GET /repos/o/r/actions/jobs/2/logs", .error(403, secondary, headers: ["Retry-After": "90"])),
          .init("POST /repos/o/r/statuses", .error(403, secondary)),
          .init("GET /repos/o/r/compare", .error(429, "slow down", headers: ["Retry-After": "5"])),
        ]
      }
    }
  }

  @Test func aServerThatIsDownForAMinuteIsWaitedFor() async throws {
    try await recovers { flow in
      flow.world.set { $0.broken = ["": 500] }
    } mend: { flow in
      #expect(flow.statuses() == [])
      flow.world.set { $0.broken = [:] }
    }
  }

  @Test func bodiesThatAreCutAreFetchedAgain() async throws {
    try await recovers { flow in
      flow.world.set { state in
        let log = Array(Self.flaky.utf8)
        state.faults = (1...3).flatMap { id in
          [3, 9].map { .init("STORE GET /job/\(id)", .init(200, body: log, breaksAfter: $0)) }
        }
      }
    }
  }

  /// The answer to a status that arrived is lost; so is one of a status that didn't.
  @Test func answersThatAreLostDoubleNothing() async throws {
    for arrives in [true, false] {
      try await recovers { flow in
        flow.world.set { state in
          state.faults = [.init("POST /repos/o/r/statuses", .init(201, body: Array("{}".utf8), breaksAfter: 1))]
          if arrives {
            state.statuses.append(
              .init(
                id: 7, subject: Flow.head,
                json: Array(
                  #"{"state":"success","context":"culprit","description":"3 failures, none of them new: 3 flaky","created_at":"2026-01-02T03:04:05Z"}"#
                    .utf8),
                author: "ada"))
          }
        }
      }
    }
  }

  /// A process was killed while it posted: its request may be on its way still, so nobody looks at once whether it arrived.
  @Test func whatMayStillArriveIsLookedUpLater() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "error: x\n")
      try await flow.worker().drain()
      try await flow.ledger.pool.run { session in
        try session.executeScript("UPDATE status_post SET phase = 'sending', answered_at = NULL", name: "the kill")
      }
      try await flow.finish("mac", id: 2, "error: y\n")
      let before = flow.world.requests.count { $0.path.last == "statuses" }
      try await flow.worker(posting: PostStage.Settings()).drain()
      #expect(flow.world.requests.count { $0.path.last == "statuses" } == before)
      #expect(try await flow.rows("SELECT attempts::text AS text FROM commit_due WHERE next_at > now()") == ["0"])
      try await flow.ledger.pool.run { session in
        try session.executeScript("UPDATE status_post SET created_at = now() - interval '16 s'", name: "later")
      }
      try await flow.hurry()
      try await flow.worker(posting: PostStage.Settings()).drain()
      #expect(
        flow.statuses() == ["failure: 1 of 1 failure needs attention: new", "failure: 2 of 2 failures need attention: 2 new"])
    }
  }

  @Test func aWorkerThatIsStoppedWhileALogHangsGivesItBack() async throws {
    try await Flow.with { flow in
      let gate = LoopbackServer.Gate()
      var stalled = GitHubWorld.Answer(200, body: Array(Self.flaky.utf8))
      stalled.stallsAt = gate
      let answer = stalled
      flow.world.set { $0.faults = [.init("STORE GET /job/1", answer)] }
      try await flow.finish("linux", id: 1, Self.flaky)
      let work = Task { await flow.worker().run() }
      try await flow.until("SELECT count(*) FROM log WHERE lease_token IS NOT NULL", is: 1)
      while flow.world.storeRequests.isEmpty { await Task.yield() }
      work.cancel()
      await work.value
      #expect(
        try await flow.rows(
          "SELECT fetch_state || ' ' || fetch_attempts || ' ' || (lease_token IS NULL) AS text FROM log") == ["pending 0 true"])
      gate.open()
      try await flow.worker().drain()
      #expect(flow.statuses() == ["success: 1 failure, not new: flaky"])
    }
  }

  /// As when PostgreSQL is restarted: the worker's own sign of life is gone, too.
  @Test(.timeLimit(.minutes(20))) func aWorkerThatLosesItsConnectionsGoesOn() async throws {
    try await Flow.with { flow in
      let work = Task { await flow.worker().run() }
      for round in 1...3 {
        // Whose connection was among those that are gone is told so, and sends it again.
        while (try? await flow.finish("job \(round)", id: round, Self.flaky)) == nil {}
        try await flow.until("SELECT count(*) FROM log", is: round)
        let others: SQL =
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        let admin = try await flow.ledger.database.connect()
        _ = try await admin.run { session in try session.query(others).count }
      }
      try await flow.until("SELECT count(*) FROM log WHERE lines IS NOT NULL", is: 3)
      let admin = try await flow.ledger.database.connect()
      try await admin.run { session in
        try session.executeScript("UPDATE commit_due SET due_at = now(); NOTIFY culprit_work, 'commits'", name: "the end")
      }
      try await flow.until("SELECT count(*) FROM commit_due", is: 0)
      work.cancel()
      await work.value
      #expect(flow.statuses() == [Self.green])
    }
  }

  /// All lanes hang, and so does the database: whoever asks the server is answered all the same, for nothing blocks Swift's threads.
  @Test(.timeLimit(.minutes(20))) func theServerAnswersWhileEverythingHangs() async throws {
    try await Flow.with { flow in
      let gate = LoopbackServer.Gate()
      var stalled = GitHubWorld.Answer(200, body: Array(Self.flaky.utf8))
      stalled.stallsAt = gate
      let answer = stalled
      flow.world.set { state in state.faults = (1...8).map { .init("STORE GET /job/\($0)", answer) } }
      for id in 1...8 { try await flow.finish("job \(id)", id: id, Self.flaky) }
      let work = Task { await flow.worker().run() }
      while flow.world.storeRequests.count < 8 { await Task.yield() }
      let blocker = try await flow.ledger.database.connect()
      let backend = try await blocker.run { session in
        try session.executeScript("BEGIN; LOCK TABLE log, delivery, commit_due", name: "block")
        return session.backend
      }
      let reading = Task { try await flow.ledger.store.due() }
      for _ in 0..<20 { #expect(try await flow.endpoint.sender.get("/health") == 200) }
      gate.open()
      let admin = try await flow.ledger.database.connect()
      try await admin.run { session in _ = try session.query("SELECT pg_terminate_backend(\(backend), 10000)").count }
      _ = try await reading.value
      try await flow.until("SELECT count(*) FROM log WHERE lines IS NOT NULL", is: 8)
      work.cancel()
      await work.value
    }
  }
}
