import Analysis
import Foundation
import Logging
import Model
import Pipeline
import ServiceLifecycle
import Store
import TestSupport
import Testing
import Web

/// Trials for people in a browser: bounded, shared, and resumed.
@Suite struct TrialDeskTests {
  private func desk(
    _ ledger: TestLedger, _ settings: TrialDesk.Settings = TrialDesk.Settings()
  ) -> TrialDesk {
    TrialDesk(store: ledger.store, archive: ledger.archive, settings: settings) { CalendarDay("2026-01-01")! }
  }

  private func order(_ expression: String) throws -> TrialDesk.Order {
    TrialDesk.Order(candidate: try Candidate.expression(expression), since: nil, source: expression, isFile: false)
  }

  private func fill(_ ledger: TestLedger, from first: Int = 0, _ count: Int = 20) async throws {
    for number in first..<(first + count) {
      let commit = String(number, radix: 16)
      try await ledger.enter(
        "connection to host\(number % 2) refused\n",
        TestLedger.build("\(number)", commit: String(repeating: "0", count: 40 - commit.count) + commit))
    }
  }

  @Test func whoLooksSeesTheEndAndAskedAgainItTriesWhatIsNew() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger)
      try await ledger.sync([.test("a/other", match: "something else")])
      _ = try await ledger.rescan()
      let desk = desk(ledger)
      let key = try await desk.begin(order("host(?<n>1) refused"), owner: "ann")
      var last: TrialDesk.State?
      for await state in try #require(await desk.states(key)) { last = state }
      #expect(last?.phase == .finished)
      #expect(last?.report?.findings == 10 && last?.report?.triedLogs == 20)
      #expect(last?.report?.changes.map { "\($0.key.before) \($0.key.after) \($0.value)" } == ["unknown new 10"])

      try await fill(ledger, from: 20, 4)
      #expect(try await desk.begin(order("host(?<n>1) refused"), owner: "ann") == key)
      for await state in try #require(await desk.states(key)) { last = state }
      #expect(last?.report?.findings == 12)
      // It was tried on the new logs only.
      #expect(last?.report?.cost.logs == 24)
      await desk.close()
    }
  }

  @Test func nobodyRunsMoreThanTheirShareAndAllTogetherHaveALimit() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger)
      var settings = TrialDesk.Settings()
      settings.mostRunning = 2
      settings.mostKept = 3
      let desk = desk(ledger, settings)
      // No trial gets anywhere as long as this is held. The connection waits on a thread of its own.
      let connection = try await ledger.database.connect()
      let release = DispatchSemaphore(value: 0)
      let (holding, held) = AsyncStream.makeStream(of: Void.self)
      let holder = Task {
        try await connection.transaction { session in
          try session.execute("LOCK TABLE trial IN ACCESS EXCLUSIVE MODE")
          held.finish()
          release.wait()
        }
      }
      for await _ in holding {}
      let first = try await desk.begin(order("a1"), owner: "ann")
      #expect(try await desk.begin(order("a1"), owner: "bob") == first)
      await #expect(throws: TrialDesk.Refusal.busyWithYours(1)) { _ = try await desk.begin(order("a2"), owner: "ann") }
      let second = try await desk.begin(order("a2"), owner: "bob")
      await #expect(throws: TrialDesk.Refusal.busy(2)) { _ = try await desk.begin(order("a3"), owner: "cyd") }
      await desk.stop(second)
      release.signal()
      try await holder.value
      for key in [first, second] { for await _ in try #require(await desk.states(key)) {} }
      #expect(await desk.state(first)?.phase == .finished)
      // Of those that have ended only so many are kept.
      for text in ["b1", "b2", "b3"] {
        let key = try await desk.begin(order(text), owner: "ann")
        for await _ in try #require(await desk.states(key)) {}
      }
      #expect(await desk.state(first) == nil)
      #expect(await desk.states(first) == nil)
      await desk.close()
    }
  }

  /// Expressions are compiled and held against examples on a thread of the desk's own, and few people wait for it.
  @Test func checkingHoldsNoneOfTheThreadsThatAllShare() async throws {
    try await TestLedger.with { ledger in
      let desk = desk(ledger)
      let release = DispatchSemaphore(value: 0)
      let (refusals, refused) = AsyncStream.makeStream(of: (any Error).self)
      let waiting = (0..<9).map { number in
        Task {
          do {
            _ = try await desk.check(for: "person \(number)") {
              release.wait()
              return try Candidate.expression("x")
            }
          } catch {
            refused.yield(error)
          }
        }
      }
      // That anything goes on while they all wait shows that they hold none of the threads.
      for await error in refusals {
        #expect(error as? Places.Full == Places.Full(most: 8, isOwn: false))
        break
      }
      for _ in waiting { release.signal() }
      for task in waiting { await task.value }
    }
  }

  @Test func whatWentWrongIsToldToTheLogOnly() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, 1)
      try await ledger.pool.run { try $0.execute("ALTER TABLE trial RENAME TO hidden") }
      let (troubles, trouble) = AsyncStream.makeStream(of: String.self)
      let desk = TrialDesk(store: ledger.store, archive: ledger.archive, trouble: { trouble.yield("\($0)") }) {
        CalendarDay("2026-01-01")!
      }
      let key = try await desk.begin(order("refused"), owner: "ann")
      var last: TrialDesk.State?
      for await state in try #require(await desk.states(key)) { last = state }
      #expect(last?.phase == .stopped("something went wrong; the log of the server tells more"))
      trouble.finish()
      var told: [String] = []
      for await text in troubles { told.append(text) }
      #expect(told.count == 1 && told[0].contains("trial"))
    }
  }

  @Test func whenTheServerStopsItsTrialsDo() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, 1)
      let backend = Backend(
        store: ledger.store, archive: ledger.archive, database: ledger.database.configuration, logger: Logger(label: "test"))
      let group = ServiceGroup(configuration: .init(services: [backend.desks], logger: Logger(label: "test")))
      let running = Task { try await group.run() }
      let connection = try await ledger.database.connect()
      let release = DispatchSemaphore(value: 0)
      let (holding, held) = AsyncStream.makeStream(of: Void.self)
      let holder = Task {
        try await connection.transaction { session in
          try session.execute("LOCK TABLE trial IN ACCESS EXCLUSIVE MODE")
          held.finish()
          release.wait()
        }
      }
      for await _ in holding {}
      let key = try await backend.trials.begin(order("refused"), owner: "ann")
      await group.triggerGracefulShutdown()
      release.signal()
      try await holder.value
      try await running.value
      guard case .stopped = await backend.trials.state(key)?.phase else {
        Issue.record("\(String(describing: await backend.trials.state(key)?.phase))")
        return
      }
    }
  }

  @Test func whatTakesTooLongIsStopped() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger)
      var settings = TrialDesk.Settings()
      settings.longestRun = .zero
      let desk = desk(ledger, settings)
      let key = try await desk.begin(order("refused"), owner: "ann")
      var last: TrialDesk.State?
      for await state in try #require(await desk.states(key)) { last = state }
      guard case .stopped(let why) = last?.phase else {
        Issue.record("\(String(describing: last?.phase))")
        return
      }
      #expect(why.contains("longer"))
      await desk.close()
    }
  }
}
