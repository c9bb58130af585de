import Foundation
import Model
import Pipeline
import Postgres
import Store
import TestSupport
import Testing

/// The tally is what counting everything anew would give, whatever happened in whatever order.
@Suite struct TallyTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func anySequenceOfChangesLeavesWhatCountingAnewGives(seed: UInt64) async throws {
    try await TestLedger.with { ledger in
      var history = TallyHistory(ledger, seed: seed)
      for round in 0..<8 {
        for _ in 0..<12 {
          try await history.change()
          // Sometimes a step in between, which takes only some of the marks.
          if history.chance(3) { _ = try await ledger.store.tally(today: history.today, most: 5) }
        }
        try await history.drain()
        #expect(try await ledger.store.tallyMarks() == 0)
        try await TallyExpectation(ledger, today: history.today).check("seed \(seed), round \(round)")
      }
    }
  }

  @Test func changesThatCommitWhileATallierIsAtItAreCounted() async throws {
    try await TestLedger.with { ledger in
      let today = CalendarDay(secondsSince1970: 1_700_000_000)
      try await ledger.sync([.test("a/one", match: "one"), .test("a/two", match: "two", verdict: .flaky)])
      let writers = (0..<3).map { writer in
        Task {
          for number in 0..<30 {
            // The same builds over and over, and attempts of the same jobs by all writers.
            try await ledger.enter(
              number % 2 == 0 ? "one\n" : "two \(number)\n",
              TestLedger.build(
                "\(number % 10)", job: "job\(number % 4)", attempt: writer + 1, outcome: number % 7 == 0 ? .success : .failure))
            if number % 10 == 9 { _ = try await ledger.rescan(lanes: 1) }
          }
        }
      }
      let isDone = Task {
        for writer in writers { try await writer.value }
      }
      let talliers = (0..<2).map { _ in
        Task {
          while !Task.isCancelled { _ = try await ledger.store.tally(today: today, most: 3) }
        }
      }
      try await isDone.value
      for tallier in talliers { tallier.cancel() }
      for tallier in talliers { _ = await tallier.result }
      _ = try await ledger.rescan()
      while try await ledger.store.tally(today: today, waits: true) != nil {}
      try await TallyExpectation(ledger, today: today).check("together")
    }
  }

  /// A step that has looked at the patterns and then marks builds, while somebody changes another pattern.
  @Test func whatChangesWhileAStepMarksIsNoticedByTheNext() async throws {
    try await TestLedger.with { ledger in
      let today = CalendarDay(secondsSince1970: 1_700_000_000)
      try await ledger.sync([.test("a/one", match: "one"), .test("a/two", match: "two")])
      try await ledger.enter("one\n", TestLedger.build("1"))
      try await ledger.enter("two\n", TestLedger.build("2"))
      _ = try await ledger.rescan()
      while try await ledger.store.tally(today: today) != nil {}
      try await ledger.pool.run { try $0.execute("UPDATE pattern SET verdict = 'flaky' WHERE id = 'a/one'") }
      // The step's first mark waits for this; what it then sees was changed while it was at it.
      let connection = try await ledger.database.connect()
      let release = DispatchSemaphore(value: 0)
      let (holding, held) = AsyncStream.makeStream(of: Void.self)
      let holder = Task {
        try await connection.transaction { session in
          try session.execute("LOCK TABLE tally_due IN SHARE MODE")
          held.finish()
          release.wait()
          try session.execute("UPDATE pattern SET verdict = 'infrastructure' WHERE id = 'a/two'")
          try session.execute(
            "UPDATE pattern_revision SET suspended_at = now() WHERE id = (SELECT revision_id FROM pattern WHERE id = 'a/one')")
        }
      }
      for await _ in holding {}
      let step = Task { try await ledger.store.tally(today: today) }
      try await ledger.pool.run { session in
        while try session.query(
          "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation = 'tally_due'::regclass"
        ).only().decode(Int.self, "n") == 0 {}
      }
      release.signal()
      try await holder.value
      _ = try await step.value
      while try await ledger.store.tally(today: today) != nil {}
      try await TallyExpectation(ledger, today: today).check("after")
    }
  }

  @Test func aStepThatIsGivenUpChangesNothing() async throws {
    try await TestLedger.with { ledger in
      let today = CalendarDay(secondsSince1970: 1_700_000_000)
      try await ledger.sync([.test("a/one", match: "one")])
      try await ledger.enter("one\n", TestLedger.build("1"))
      _ = try await ledger.rescan()
      // A row that can't be added to makes the step fail in its midst.
      try await ledger.pool.run { session in
        try session.execute("ALTER TABLE tally_commit ADD CONSTRAINT broken CHECK (failed < 0) NOT VALID")
      }
      await #expect(throws: PostgresError.self) { try await ledger.store.tally(today: today) }
      #expect(try await ledger.store.buildTotals(since: nil).builds == 0)
      try await ledger.pool.run { session in try session.execute("ALTER TABLE tally_commit DROP CONSTRAINT broken") }
      while try await ledger.store.tally(today: today) != nil {}
      try await TallyExpectation(ledger, today: today).check("after")
      #expect(try await ledger.store.buildTotals(since: nil).failed == 1)
    }
  }

  @Test func leasesMarkNothing() async throws {
    try await TestLedger.with { ledger in
      let today = CalendarDay(secondsSince1970: 1_700_000_000)
      try await ledger.sync([.test("a/one", match: "one")])
      try await ledger.enter("one\n", TestLedger.build("1"))
      while try await ledger.store.tally(today: today) != nil {}
      try await ledger.pool.run { session in
        try session.execute("UPDATE log SET lease_token = 1, lease_until = now() + interval '1 hour'")
        try session.execute("UPDATE build SET lease_token = 1")
      }
      #expect(try await ledger.store.tallyMarks() == 0)
    }
  }
}
