import Foundation
import Model
import Pipeline
import Store
import TestSupport
import Testing

/// Suggestions for people in a browser: made once, however many ask for whatever span of time.
@Suite struct SuggestDeskTests {
  private func desk(_ ledger: TestLedger, _ trouble: @Sendable @escaping (any Error) -> Void = { _ in }) -> SuggestDesk {
    SuggestDesk(
      store: ledger.store, archive: ledger.archive, settings: SuggestStage.Settings(), trouble: trouble, now: { 1_700_000_000 })
  }

  @Test func oneIsMadeAtATime() async throws {
    try await TestLedger.with { ledger in
      let desk = desk(ledger)
      let connection = try await ledger.database.connect()
      let release = DispatchSemaphore(value: 0)
      let (holding, held) = AsyncStream.makeStream(of: Void.self)
      let holder = Task {
        try await connection.transaction { session in
          try session.execute("LOCK TABLE tally_due IN ACCESS EXCLUSIVE MODE")
          held.finish()
          release.wait()
        }
      }
      for await _ in holding {}
      func waiting() async throws -> Int {
        try await ledger.pool.run { session in
          try session.query(
            "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation = 'tally_due'::regclass"
          ).only().decode("n")
        }
      }
      _ = await desk.suggestions(days: 14, patience: .zero)
      for days in 1...20 {
        guard case .running(0, 0) = await desk.suggestions(days: days, patience: .zero) else {
          Issue.record("\(days) days")
          continue
        }
      }
      while try await waiting() == 0 { await Task.yield() }
      #expect(try await waiting() == 1)
      release.signal()
      try await holder.value
      // What was begun is kept, and then the others have their turn.
      for days in [14, 7] {
        guard case .ready(_, at: 1_700_000_000) = await desk.suggestions(days: days, patience: .seconds(120)) else {
          Issue.record("\(days) days")
          continue
        }
      }
      await desk.close()
    }
  }

  @Test func whatWentWrongIsToldToTheLogOnly() async throws {
    try await TestLedger.with { ledger in
      try await ledger.pool.run { try $0.execute("ALTER TABLE tally_due RENAME TO hidden") }
      let (troubles, trouble) = AsyncStream.makeStream(of: String.self)
      let desk = desk(ledger) { trouble.yield("\($0)") }
      guard
        case .failed("something went wrong; the log of the server tells more") = await desk.suggestions(
          days: 14, patience: .seconds(120))
      else {
        Issue.record("it did not fail")
        return
      }
      trouble.finish()
      var told: [String] = []
      for await text in troubles { told.append(text) }
      #expect(told.count == 1 && told[0].contains("tally_due"))
    }
  }
}
