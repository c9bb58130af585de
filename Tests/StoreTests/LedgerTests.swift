import Analysis
import Foundation
import Model
import Pipeline
import Postgres
import Store
import Testing
import TestSupport

/// The ledger's promises; see docs/ledger.md.
@Suite struct LedgerTests {
  private func filled(_ ledger: TestLedger, logs: Int = 6) async throws {
    for number in 0..<logs {
      try await ledger.enter("one\nerror \(number)\nwarning: disk\n", TestLedger.build("\(number)"))
    }
  }

  @Test func everyPairIsDueOnceAndThenDone() async throws {
    try await TestLedger.with { ledger in
      try await filled(ledger)
      let synced = try await ledger.sync([.test("a/error", match: "error"), .test("a/disk", match: "disk")])
      #expect(synced.due == 12)
      let done = try await ledger.rescan()
      #expect(done.pairs == 12)
      #expect(done.logs == 6)
      #expect(done.findings == 12)
      #expect(try await ledger.store.due().pairs == 0)
      #expect(try await ledger.rescan().pairs == 0)
      #expect(try await ledger.findings().count == 12)
    }
  }

  @Test func editingAPatternMakesItsOwnPairsDueAndEditingATitleNone() async throws {
    try await TestLedger.with { ledger in
      try await filled(ledger)
      try await ledger.sync([.test("a/error", match: "error"), .test("a/disk", match: "disk")])
      _ = try await ledger.rescan()

      let reworded = try await ledger.sync([
        .test("a/error", match: "error", title: "Another title", verdict: .flaky, priority: 9), .test("a/disk", match: "disk"),
      ])
      #expect(reworded.changes.reworded == [PatternID("a/error")])
      #expect(reworded.due == 0)

      let redefined = try await ledger.sync([.test("a/error", match: "error [0-2]"), .test("a/disk", match: "disk")])
      #expect(redefined.changes.redefined == [PatternID("a/error")])
      #expect(redefined.due == 6)
      #expect(try await ledger.rescan().findings == 3)
      #expect(try await ledger.findings().count == 9)

      // The definition that was there before is the revision that it was: nothing has to be done again.
      let back = try await ledger.sync([.test("a/error", match: "error"), .test("a/disk", match: "disk")])
      #expect(back.due == 0)
      #expect(try await ledger.findings().count == 12)
    }
  }

  @Test func aRenamedJobIsDueForThePatternsThatLookAtItsName() async throws {
    try await TestLedger.with { ledger in
      var linux = Pattern.test("a/linux", match: "error")
      linux.definition.scope = Scope([.job: "^linux$"])
      var main = Pattern.test("a/main", match: "error")
      main.definition.scope = Scope([.branch: "^main$"])
      try await filled(ledger)
      try await ledger.sync([linux, main, .test("a/any", match: "error")])
      _ = try await ledger.rescan()
      #expect(try await ledger.findings().count == 18)

      _ = try await ledger.enter("one\nerror 3\nwarning: disk\n", TestLedger.build("3", job: "mac"))
      #expect(try await ledger.store.due().pairs == 1)
      #expect(try await ledger.rescan().findings == 0)
      #expect(try await ledger.findings().filter { $0.hasPrefix("3 ") }.count == 2)

      _ = try await ledger.enter("one\nerror 3\nwarning: disk\n", TestLedger.build("3"))
      #expect(try await ledger.rescan().findings == 1)
      #expect(try await ledger.findings().count == 18)
    }
  }

  @Test func aRevivedPatternIsTriedOnlyOnWhatItMissed() async throws {
    try await TestLedger.with { ledger in
      let error = Pattern.test("a/error", match: "error")
      let disk = Pattern.test("a/disk", match: "disk")
      try await filled(ledger)
      try await ledger.sync([error, disk])
      _ = try await ledger.rescan()

      let gone = try await ledger.sync([disk])
      #expect(gone.changes.retired == [error.id])
      #expect(gone.due == 0)
      try await ledger.enter("error in a new log\n", TestLedger.build("new"))
      #expect(try await ledger.rescan().pairs == 1)
      try await ledger.sync([disk, .test("a/new", match: "log")])
      #expect(try await ledger.rescan().pairs == 7)

      let revived = try await ledger.sync([error, disk, .test("a/new", match: "log")])
      #expect(revived.changes.revived == [error.id])
      #expect(revived.due == 1)
      #expect(try await ledger.rescan().findings == 1)
    }
  }

  @Test func anIncrementalRescanEndsInTheFindingsOfOneFromScratch() async throws {
    let patterns = (0..<5).map { Pattern.test("p/\($0)", match: "(error|warning): \($0)") }
    let text = (0..<40).map { "\($0 % 3 == 0 ? "error" : "warning"): \($0 % 7)" }.joined(separator: "\n")
    let incremental = try await TestLedger.with { ledger in
      for step in 0..<5 {
        try await ledger.enter(text + "\n\(step)", TestLedger.build("\(step)"))
        try await ledger.sync(Array(patterns.prefix(step + 1).shuffled()))
        if step % 2 == 0 { _ = try await ledger.rescan() }
      }
      _ = try await ledger.rescan()
      return try await ledger.findings()
    }
    let scratch = try await TestLedger.with { ledger in
      for step in 0..<5 { try await ledger.enter(text + "\n\(step)", TestLedger.build("\(step)")) }
      try await ledger.sync(patterns)
      _ = try await ledger.rescan()
      return try await ledger.findings()
    }
    #expect(incremental == scratch)
    #expect(!scratch.isEmpty)
  }

  @Test func anotherEngineMakesAllDueAndReplacesWhatWasFound() async throws {
    try await TestLedger.with { ledger in
      try await filled(ledger)
      try await ledger.sync([.test("a/error", match: "error")])
      _ = try await ledger.rescan()
      let newer = Store(pool: ledger.pool, engine: Engine.version + 1)
      #expect(try await newer.due().pairs == 6)
      let before = try await ledger.findings()
      let worker = try await self.worker(ledger)
      while let claim = try await newer.claim(RescanScope(), worker: worker.id, most: 4, mostBytes: 1 << 20, leaseSeconds: 60) {
        let revisions = try await newer.revisions(in: claim.missing)
        let results = claim.logs.map { log in
          Store.LogResult(
            log: log.id, lines: 3,
            findings: [
              (revisions[0].id, Finding(pattern: revisions[0].pattern, line: 1, segment: 0, start: 0, end: 1, text: "other"))
            ])
        }
        #expect(try await newer.record(results, of: claim, suspendAfter: 10).count == claim.logs.count)
      }
      #expect(try await newer.due().pairs == 0)
      let after = try await ledger.findings()
      #expect(after.count == 6)
      #expect(after != before)
      _ = await worker.lifeline.isAlive()
    }
  }

  private func worker(_ ledger: TestLedger) async throws -> (id: Store.WorkerID, lifeline: Connection) {
    let lifeline = try await ledger.database.connect()
    let id = try await lifeline.run { try Store.register(host: "test", pid: 1, $0) }
    return (id, lifeline)
  }

  @Test func aLogIsClaimedByOneWorkerAndComesBackWhenItDies() async throws {
    try await TestLedger.with { ledger in
      try await filled(ledger)
      try await ledger.sync([.test("a/error", match: "error")])
      var first: (id: Store.WorkerID, lifeline: Connection)? = try await worker(ledger)
      let second = try await worker(ledger)
      func claim(_ id: Store.WorkerID, seconds: Double = 600) async throws -> Store.Claim? {
        try await ledger.store.claim(RescanScope(), worker: id, most: 100, mostBytes: 1 << 30, leaseSeconds: seconds)
      }
      let held = try #require(try await claim(first!.id))
      #expect(held.logs.count == 6)
      #expect(try await claim(second.id) == nil)
      #expect(held.logs.map(\.id.rawValue) == held.logs.map(\.id.rawValue).sorted(by: >), "the newest come first")

      let backend = try await first!.lifeline.run { $0.backend }
      first = nil
      try await second.lifeline.run { session in
        // The server notices a closed connection in its own time; the test doesn't wait for it but tells it.
        _ = try session.query("SELECT pg_terminate_backend(\(backend), 10000)")
      }
      let taken = try #require(try await claim(second.id))
      #expect(taken.logs.count == 6)
      #expect(taken.token != held.token)

      // The first worker, had it only hung, can't write any more.
      let late = held.logs.map { Store.LogResult(log: $0.id, lines: 1, findings: []) }
      #expect(try await ledger.store.record(late, of: held, suspendAfter: 10).isEmpty)
      #expect(try await ledger.store.due().pairs == 6)
    }
  }

  /// A claim of many slow logs takes longer than its lease; as long as something is recorded, its worker lives.
  @Test func recordingProlongsTheLeaseOfTheRest() async throws {
    try await TestLedger.with { ledger in
      try await filled(ledger)
      try await ledger.sync([.test("a/error", match: "error")])
      let slow = try await worker(ledger)
      let claim = try #require(
        try await ledger.store.claim(RescanScope(), worker: slow.id, most: 100, mostBytes: 1 << 30, leaseSeconds: 10))
      let done = [Store.LogResult(log: claim.logs[0].id, lines: 1, findings: [])]
      #expect(try await ledger.store.record(done, of: claim, suspendAfter: 10, leaseSeconds: 1_000).count == 1)
      let prolonged = try await ledger.pool.run { session in
        try session.query("SELECT count(*) AS n FROM log WHERE lease_until > now() + interval '900 s'").only().decode(Int.self, "n")
      }
      #expect(prolonged == 5)
    }
  }

  @Test func aLeaseRunsOutThoughItsWorkerLives() async throws {
    try await TestLedger.with { ledger in
      try await filled(ledger)
      try await ledger.sync([.test("a/error", match: "error")])
      let hung = try await worker(ledger)
      let other = try await worker(ledger)
      let claim = try await ledger.store.claim(
        RescanScope(), worker: hung.id, most: 100, mostBytes: 1 << 30, leaseSeconds: -1)
      #expect(claim?.logs.count == 6)
      let taken = try await ledger.store.claim(
        RescanScope(), worker: other.id, most: 100, mostBytes: 1 << 30, leaseSeconds: 60)
      #expect(taken?.logs.count == 6)
      _ = await (hung.lifeline.isAlive(), other.lifeline.isAlive())
    }
  }

  /// Right after a kill the server may not have noticed yet that the worker is gone.
  @Test func aRescanWaitsForWhatADyingWorkerHas() async throws {
    try await TestLedger.with { ledger in
      try await filled(ledger)
      try await ledger.sync([.test("a/error", match: "error")])
      let dying = try await worker(ledger)
      let held = try await ledger.store.claim(
        RescanScope(), worker: dying.id, most: 100, mostBytes: 1 << 30, leaseSeconds: 600)
      #expect(held?.logs.count == 6)
      let backend = try await dying.lifeline.run { $0.backend }
      let rescan = Task { try await ledger.rescan() }
      let admin = try await ledger.database.connect()
      while try await admin.run({ try $0.query("SELECT id FROM worker").count }) < 2 {}
      // What is entered later isn't waited for.
      try await ledger.enter("error\n", TestLedger.build("later"))
      try await admin.run { _ = try $0.query("SELECT pg_terminate_backend(\(backend), 10000)").count }
      #expect(try await rescan.value.logs >= 6)
      #expect(try await ledger.rescan().logs <= 1)
      #expect(try await ledger.store.due().pairs == 0)
    }
  }

  @Test func manyWorkersShareTheLogsAndNoneIsDoneTwice() async throws {
    try await TestLedger.with { ledger in
      try await filled(ledger, logs: 60)
      try await ledger.sync((0..<7).map { .test("p/\($0)", match: "error \($0)") })
      let done = try await withThrowingTaskGroup(of: RescanStage.Progress.self) { group in
        for _ in 0..<4 { group.addTask { try await ledger.rescan() } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(done.reduce(0) { $0 + $1.pairs } == 420)
      #expect(try await ledger.store.due().pairs == 0)
      // Of 0…59, "error 3" is found in 3 and 30…39.
      #expect(try await ledger.findings().count { $0.contains("p/3") } == 11)
    }
  }

  @Test func aLogWhoseBytesChangedHasBeenTriedOnNothing() async throws {
    try await TestLedger.with { ledger in
      try await ledger.sync([.test("a/error", match: "error")])
      try await ledger.enter("error\n", TestLedger.build("1"))
      _ = try await ledger.rescan()
      #expect(try await ledger.enter("error\n", TestLedger.build("1")) == Store.Entered())
      #expect(try await ledger.store.due().pairs == 0)

      #expect(try await ledger.enter("fine\n", TestLedger.build("1")).changed == 1)
      #expect(try await ledger.store.due().pairs == 1)
      #expect(try await ledger.findings().isEmpty)
      _ = try await ledger.rescan()
      #expect(try await ledger.findings().isEmpty)
    }
  }

  @Test func notConclusiveIsNeverNoMatch() async throws {
    try await TestLedger.with { ledger in
      try await ledger.enter(String(repeating: "a", count: 5_000) + "b\nerror\n", TestLedger.build("1"))
      try await ledger.sync([.test("a/evil", match: "(a+)+$"), .test("a/error", match: "error")])
      let done = try await ledger.rescan()
      #expect(done.inconclusive == 1)
      #expect(done.findings == 1)
      #expect(try await ledger.store.due().pairs == 0)
      let facts = try await ledger.store.facts(ofCommit: String(repeating: "a", count: 40))
      #expect(facts.builds[0].logs[0].inconclusive.map(\.id) == [PatternID("a/evil")])
    }
  }

  @Test func aPatternThatIsInconclusiveTooOftenIsSuspended() async throws {
    try await TestLedger.with { ledger in
      for number in 0..<8 {
        try await ledger.enter(String(repeating: "a", count: 3_000) + "b\n\(number)\n", TestLedger.build("\(number)"))
      }
      try await ledger.sync([.test("a/evil", match: "(a+)+$"), .test("a/fine", match: "b")])
      var settings = RescanStage.Settings()
      settings.lanes = 1
      settings.logsPerClaim = 2
      settings.suspendAfter = 3
      _ = try await RescanStage(
        store: ledger.store, archive: ledger.archive, database: ledger.database.configuration, settings: settings
      ).run()
      let evil = try #require(try await ledger.store.patterns(id: PatternID("a/evil")).first)
      #expect(evil.isSuspended)
      #expect(evil.inconclusive == 4)
      #expect(try await ledger.store.patterns(id: PatternID("a/fine")).first?.builds == 8)
      #expect(try await ledger.store.due().pairs == 0)

      // What it was not tried on is not known, whatever else was found.
      let facts = try await ledger.store.facts(ofCommit: String(repeating: "a", count: 40))
      #expect(facts.builds.allSatisfy { $0.logs[0].inconclusive.map(\.id) == [PatternID("a/evil")] })
      #expect(try await ledger.store.retry(PatternID("a/evil")) == 4)
      #expect(try await ledger.store.due().pairs == 8)
      let revived = try #require(try await ledger.store.patterns(id: PatternID("a/evil")).first)
      #expect(!revived.isSuspended)
      #expect(revived.inconclusive == 0)
    }
  }

  @Test func aLogThatTheArchiveLostCountsAsUnread() async throws {
    try await TestLedger.with { ledger in
      try await ledger.enter("error\n", TestLedger.build("1"))
      try await ledger.sync([.test("a/error", match: "error")])
      // With the whole archive out of reach nothing is lost yet.
      let archive = ledger.folder + "/archive"
      try FileManager.default.moveItem(atPath: archive, toPath: archive + "-away")
      await #expect(throws: (any Error).self) { _ = try await ledger.rescan() }
      #expect(try await ledger.store.facts(ofCommit: String(repeating: "a", count: 40)).builds[0].logs[0].state == .stored)
      try FileManager.default.moveItem(atPath: archive + "-away", toPath: archive)
      for shard in try FileManager.default.contentsOfDirectory(atPath: archive) where shard.count == 2 && shard != "id" {
        try FileManager.default.removeItem(atPath: "\(archive)/\(shard)")
      }
      let done = try await ledger.rescan()
      #expect(done.lost.count == 1)
      #expect(done.pairs == 0)
      let facts = try await ledger.store.facts(ofCommit: String(repeating: "a", count: 40))
      #expect(facts.builds[0].logs[0].state == .failed)
      #expect(try await ledger.rescan().lost.isEmpty)
    }
  }

  @Test func aRescanCanBeLimited() async throws {
    try await TestLedger.with { ledger in
      try await ledger.enter("error\n", TestLedger.build("old", finishedAt: 1_000_000_000))
      try await ledger.enter("error\n", TestLedger.build("new", finishedAt: 1_700_000_000))
      try await ledger.sync([.test("a/error", match: "error"), .test("a/e", match: "e")])
      #expect(try await ledger.rescan(RescanScope(pattern: PatternID("a/e"), since: 1_600_000_000)).pairs == 1)
      #expect(try await ledger.rescan(RescanScope(build: "old")).pairs == 2)
      #expect(try await ledger.store.due().pairs == 1)
      #expect(try await ledger.rescan().pairs == 1)
    }
  }

  @Test func findingsHoldWhatPostgreSQLWouldRefuse() async throws {
    try await TestLedger.with { ledger in
      let stored = try ledger.archive.store(bytes: [0x65, 0x72, 0x72, 0x00, 0xFF, 0x41, 0x0A])
      _ = try await ledger.store.enter([
        Store.Entry(build: TestLedger.build("1"), step: "", digest: stored.digest.bytes, bytes: stored.size)
      ])
      try await ledger.sync([.test("a/err", match: "err(\\x00)?")])
      #expect(try await ledger.rescan().findings == 1)
      #expect(try await ledger.findings() == ["1 1:0:0-4 a/err err\u{2400}\u{FFFD}A"])
    }
  }
}
