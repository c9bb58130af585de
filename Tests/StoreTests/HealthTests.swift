import Analysis
import Foundation
import Model
import Pipeline
import Postgres
import Store
import TestSupport
import Testing

/// Which patterns are believed; docs/patterns.md.
@Suite struct HealthTests {
  private static let today = CalendarDay("2027-01-10")!
  private static let noise = Pattern.test("net/noise", match: "retrying", verdict: .flaky, reviewBy: CalendarDay("2099-01-01"))
  private static let error = Pattern.test("build/error", match: "error: (?<what>\\w+)")

  /// A failed build that only the noise explains, and passing builds, of which so many have the noise, too.
  private func fill(_ ledger: TestLedger, passing: Int, noisy: Int, job: String = "linux") async throws {
    try await ledger.enter("retrying\nsomething else went wrong\n", TestLedger.build("failed"))
    for number in 0..<passing {
      try await ledger.enter(
        number < noisy ? "retrying\nall is well\n" : "all is well \(number)\n",
        TestLedger.build("passed-\(number)", commit: String(repeating: "b", count: 40), job: job, outcome: .success))
    }
  }

  private func verdict(_ ledger: TestLedger, commit: String = "aaaaaaaa") async throws -> BuildVerdict {
    let judged = try await JudgeStage(store: ledger.store).judge(commit: commit, repository: nil, today: Self.today)
    return try #require(judged.verdict.builds.first).verdict
  }

  private func health(_ ledger: TestLedger, _ id: PatternID = noise.id) async throws -> PatternHealth {
    while try await ledger.store.tally(today: Self.today) != nil {}
    return try #require(try await ledger.store.patternHealth(id: id).first)
  }

  @Test func whatTooManyPassingBuildsSayExcusesNothing() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, passing: 20, noisy: 2)
      try await ledger.sync([Self.noise, Self.error])
      _ = try await ledger.rescan()
      var health = try await health(ledger)
      #expect(health.trust.sampled == 20 && health.trust.hit == 2 && !health.trust.isSuspect, "a tenth is not too much")
      #expect(try await verdict(ledger).kind == .flaky)

      try await ledger.enter(
        "retrying\n", TestLedger.build("one more", commit: String(repeating: "b", count: 40), outcome: .success))
      _ = try await ledger.rescan()
      health = try await self.health(ledger)
      #expect(health.trust.sampled == 21 && health.trust.hit == 3 && health.trust.isSuspect)
      let verdict = try await verdict(ledger)
      #expect(verdict.kind == .new)
      #expect(verdict.why == "net/noise excuses nothing since it is suspect: found in 3 of 21 passing builds")
      #expect(try await !self.health(ledger, Self.error.id).trust.isSuspect)

      // Good builds don't take the mark away.
      for number in 0..<30 {
        try await ledger.enter(
          "well \(number)\n", TestLedger.build("good-\(number)", commit: String(repeating: "b", count: 40), outcome: .success))
      }
      _ = try await ledger.rescan()
      health = try await self.health(ledger)
      #expect(health.trust.hit == 3 && health.trust.sampled == 51 && health.trust.isSuspect)
    }
  }

  @Test func aFewPassingBuildsProveNothing() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, passing: 19, noisy: 19)
      try await ledger.sync([Self.noise])
      _ = try await ledger.rescan()
      #expect(try await !health(ledger).trust.isSuspect)
      #expect(try await health(ledger).trust.hit == 19)
      // Neither does what another engine has found.
      let newer = Store(pool: ledger.pool, engine: Engine.version + 1)
      let unknown = try #require(try await newer.patternHealth(id: Self.noise.id).first)
      #expect(unknown.trust.hit == 0 && unknown.trust.sampled == 0)
    }
  }

  @Test func onlyAPersonTakesTheMarkAwayAndItStaysAway() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, passing: 20, noisy: 20)
      try await ledger.sync([Self.noise])
      _ = try await ledger.rescan()
      #expect(try await health(ledger).trust.isSuspect)

      try await ledger.store.clearSuspect(Self.noise.id, who: "ada", reason: "these retries did not help")
      #expect(try await verdict(ledger).kind == .flaky)
      _ = try await ledger.rescan()
      let health = try await health(ledger)
      #expect(!health.trust.isSuspect)
      #expect(health.trust.suspicion?.cleared?.who == "ada")
      await #expect(throws: StoreError.notSuspect("net/noise")) {
        try await ledger.store.clearSuspect(Self.noise.id, who: "ada", reason: "again")
      }

      // Another definition is another matter, and is measured anew.
      try await ledger.sync([.test("net/noise", match: "retr[y]ing", verdict: .flaky, reviewBy: CalendarDay("2099-01-01"))])
      #expect(try await self.health(ledger).trust.sampled == 0)
      _ = try await ledger.rescan()
      #expect(try await self.health(ledger).trust.isSuspect)
      // And the one before is what it was.
      try await ledger.sync([Self.noise])
      #expect(try await !self.health(ledger).trust.isSuspect)
    }
  }

  @Test func pagesSayTheSame() async throws {
    try await TestLedger.with { ledger in
      func kind() async throws -> String? {
        while try await ledger.store.tally(today: Self.today) != nil {}
        return try await ledger.pool.run { session in
          try session.query("SELECT kind FROM tally WHERE failed").only().decode(String?.self, "kind")
        }
      }
      try await fill(ledger, passing: 19, noisy: 19)
      try await ledger.sync([Self.noise])
      _ = try await ledger.rescan()
      #expect(try await kind() == "flaky")
      try await ledger.enter(
        "well\n", TestLedger.build("one more", commit: String(repeating: "b", count: 40), outcome: .success))
      _ = try await ledger.rescan()
      #expect(try await kind() == "new")
      let (health, trust) = (try await health(ledger), try await ledger.store.patternTrust(of: Self.noise.id))
      #expect(
        trust.hit == 19 && trust.sampled == 20 && trust.suspicion == health.trust.suspicion && trust.cost == health.trust.cost)
      try await ledger.store.clearSuspect(Self.noise.id, who: "ada", reason: "harmless")
      #expect(try await kind() == "flaky")
    }
  }

  @Test func commitsThatWerePostedOnBecomeDue() async throws {
    try await TestLedger.with { ledger in
      try await fill(ledger, passing: 20, noisy: 0)
      try await ledger.sync([Self.noise])
      _ = try await ledger.rescan()
      try await ledger.pool.run { session in
        try session.executeScript(
          """
          INSERT INTO status_post (repository_id, commit, kind, place, state, text, digest)
          SELECT id, '\(String(repeating: "a", count: 40))', 'status', 'culprit', 'success', 'x', sha256('') FROM repository;
          DELETE FROM commit_due
          """, name: "post")
      }
      for number in 0..<3 {
        try await ledger.enter(
          "retrying\n", TestLedger.build("late-\(number)", commit: String(repeating: "b", count: 40), outcome: .success))
      }
      _ = try await ledger.rescan()
      let due = try await ledger.pool.run { session in
        try session.query("SELECT commit FROM commit_due").map { try $0.decode(String.self, "commit") }
      }
      #expect(due == [String(repeating: "a", count: 40)])
    }
  }

  /// On builds of other jobs it was never tried.
  @Test func aPatternOfOneJobIsMeasuredOnThatJob() async throws {
    try await TestLedger.with { ledger in
      var scoped = Self.noise
      scoped.definition.scope = Scope([.job: "^deploy$"])
      try await fill(ledger, passing: 300, noisy: 0)
      for number in 0..<20 {
        try await ledger.enter(
          number < 5 ? "retrying\n" : "well \(number)\n",
          TestLedger.build("deploy-\(number)", commit: String(repeating: "b", count: 40), job: "deploy", outcome: .success))
      }
      try await ledger.sync([scoped, Self.error])
      _ = try await ledger.rescan()
      let health = try await health(ledger)
      #expect(health.trust.hit == 5 && health.trust.sampled == 20 && health.trust.isSuspect)
      #expect(try await self.health(ledger, Self.error.id).trust.sampled == 320)
    }
  }

  @Test func reportsOfSeveralBuildsCountAgainstAPattern() async throws {
    try await TestLedger.with { ledger in
      let reports = WrongReports(store: ledger.store)
      let commits = ["1", "2", "3", "4"].map { String(repeating: $0, count: 40) }
      for commit in commits { try await ledger.enter("retrying\n", TestLedger.build(commit, commit: commit)) }
      try await ledger.enter("error: x\n", TestLedger.build("new", commit: String(repeating: "5", count: 40)))
      try await ledger.enter("words of no pattern\n", TestLedger.build("unknown", commit: String(repeating: "6", count: 40)))
      try await ledger.sync([Self.noise, Self.error])
      _ = try await ledger.rescan()

      func report(_ commit: String, _ who: String) async throws -> WrongReports.Reported {
        try await reports.report(
          commit: commit, repository: nil, job: "linux", who: who, reason: "it was our change", today: Self.today)
      }
      let reported = try await report(commits[0], "ada")
      #expect(reported.verdict == Store.ReportedVerdict(kind: .flaky, pattern: Self.noise.id))
      await #expect(throws: StoreError.nothingDecided("linux")) { _ = try await report(String(repeating: "6", count: 40), "ada") }
      // Whoever says it again, and whoever else says it of the same build, adds nothing.
      _ = try await report(commits[0], "ada")
      _ = try await report(commits[0], "bob")
      #expect(try await health(ledger).trust.wrongReports == 1)
      #expect(try await ledger.store.wrongReports(against: Self.noise.id, most: 10).count == 2)
      // What is taken back doesn't count, and neither do reports of what was not excused.
      _ = try await report(commits[1], "ada")
      #expect(try await reports.withdraw(commit: commits[1], repository: nil, job: "linux", who: "ada"))
      for who in ["ada", "bob", "eve"] { _ = try await report(String(repeating: "5", count: 40), who) }
      _ = try await report(commits[2], "eve")
      #expect(try await !health(ledger).trust.isSuspect)
      #expect(try await verdict(ledger, commit: commits[3]).kind == .flaky)

      _ = try await report(commits[3], "eve")
      #expect(try await health(ledger).trust.isSuspect)
      #expect(
        try await verdict(ledger, commit: commits[3]).why
          == "net/noise excuses nothing since it is suspect: its verdict on 3 builds was reported as wrong")
      #expect(try await !health(ledger, Self.error.id).trust.isSuspect)
    }
  }

  @Test func buildsAreSampledByWhatTheyAre() async throws {
    func sampled(share: Double, outcome: Build.Outcome = .success) async throws -> Set<String> {
      try await TestLedger.with { ledger in
        var rules = HealthRules()
        rules.sampledShare = share
        let store = Store(pool: ledger.pool, health: rules)
        let builds = (0..<400).map {
          Build(
            provider: "github", repository: "acme/engine", externalID: "\($0)", attempt: 1,
            commit: String(repeating: "b", count: 40), branch: "main", pullRequest: nil, workflow: "ci", job: "linux",
            outcome: outcome, url: nil, finishedAt: 1_700_000_000)
        }
        try await store.apply(Store.Effects(builds: builds))
        // The same again chooses nothing else.
        try await store.apply(Store.Effects(builds: builds))
        return try await ledger.pool.run { session in
          Set(
            try session.query("SELECT external_id FROM build WHERE list_state = 'pending'").map {
              try $0.decode(String.self, "external_id")
            })
        }
      }
    }
    let (few, more) = (try await sampled(share: 0.05), try await sampled(share: 0.25))
    #expect((8...40).contains(few.count))
    #expect((70...130).contains(more.count))
    #expect(few.isSubset(of: more), "a larger share has all of a smaller one")
    #expect(try await sampled(share: 0).isEmpty)
    #expect(try await sampled(share: 1).count == 400)
    #expect(try await sampled(share: 0, outcome: .failure).count == 400)
  }

  @Test func whatAPatternIsGoodForIsTold() async throws {
    try await TestLedger.with { ledger in
      let day = 86_400.0
      let now = Double(Self.today.secondsSince1970)
      try await ledger.enter("error: x\nretrying\n", TestLedger.build("old", finishedAt: now - 100 * day))
      try await ledger.enter("error: y\nretrying\n", TestLedger.build("older", job: "mac", finishedAt: now - 200 * day))
      try await ledger.sync([
        Self.error, .test("build/shadowed", match: "retrying", priority: 10, reviewBy: CalendarDay("2026-01-01")),
        .test("build/never", match: "never"),
      ])
      _ = try await ledger.rescan()
      while try await ledger.store.tally(today: Self.today) != nil {}
      let all = try await ledger.store.patternHealth()
      #expect(all.map(\.id.rawValue) == ["build/error", "build/never", "build/shadowed"])
      #expect(all[0].failedBuilds == 2 && all[0].explained == 2 && all[0].findings == 2 && all[0].shadowedBy == nil)
      #expect(all[0].firstSeen == now - 200 * day && all[0].lastSeen == now - 100 * day && all[0].isUnseen(Self.today))
      #expect(all[1].hasNeverFired && !all[1].isUnseen(Self.today) && all[1].shadowedBy == nil)
      #expect(all[2].failedBuilds == 2 && all[2].explained == 0 && all[2].shadowedBy == PatternID("build/error"))
      #expect(all[2].isReviewOverdue(Self.today) && !all[1].isReviewOverdue(Self.today))
    }
  }

  /// Nobody who mends the suspect one is left with another to mend.
  @Test func whatOnlyASuspectShadowsIsNotShadowed() async throws {
    try await TestLedger.with { ledger in
      try await ledger.enter("error: x\nretrying\n", TestLedger.build("1"))
      try await ledger.sync([Self.error, .test("build/honest", match: "retrying", priority: 10)])
      _ = try await ledger.rescan()
      while try await ledger.store.tally(today: Self.today) != nil {}
      let honest = PatternID("build/honest")
      #expect(try await health(ledger, honest).shadowedBy == Self.error.id)
      try await ledger.pool.run { session in
        try session.execute(
          """
          INSERT INTO suspect (revision_id, reason, hit, sampled)
          SELECT revision_id, 'found in all passing builds', 3, 3 FROM pattern WHERE id = \(Self.error.id.rawValue)
          """)
      }
      let shadowedBy = try await health(ledger, honest).shadowedBy
      #expect(shadowedBy == nil)
    }
  }

  @Test func costsAreMeasuredOnAShareOfTheLogs() async throws {
    try await TestLedger.with { ledger in
      // Of so many texts some have a digest that is chosen.
      for number in 0..<200 { try await ledger.enter("error: x\nline \(number)\n", TestLedger.build("\(number)")) }
      try await ledger.sync([Self.error, .test("build/never", match: "neverthere")])
      #expect(try await ledger.rescan().findings == 200)
      let (error, never) = (
        try await health(ledger, Self.error.id).trust.cost, try await health(ledger, PatternID("build/never")).trust.cost
      )
      #expect((1..<40).contains(error.logs))
      #expect(error.searches == error.logs, "one line of each log has the text")
      #expect(error.nanoseconds > 0 && error.millisecondsPerMegabyte != nil)
      #expect(never.logs == error.logs && never.bytes == error.bytes && never.searches == 0 && never.nanoseconds == 0)
    }
  }
}
