import Foundation
import LogArchive
import Model
import Pipeline
import Providers
import Store
import TestSupport
import Testing

/// From a build that failed to its logs in the archive, with each CI system and all that can go wrong between.
@Suite struct FetchingTests {
  private typealias System = CIWorld.System

  /// The step that a system's only log belongs to.
  private func step(_ system: CIWorld.System) -> String { system == .circleci ? "Test" : "" }

  private func stored(_ flow: CIFlow, _ job: String, _ text: String) -> CIFlow.Fetched {
    CIFlow.Fetched(job: job, step: step(flow.world.system), state: "stored", reason: nil, text: text)
  }

  /// What the line of a request for a log holds.
  private static func logRequest(_ system: CIWorld.System) -> String {
    switch system {
    case .github, .circleci: "STORE GET /job"
    case .gitlab: "/trace"
    case .buildkite: "/log"
    case .jenkins: "/logText/progressiveText"
    case .travis: "/log.txt"
    }
  }

  @Test(arguments: CIWorld.System.allCases, [false, true]) func aFailedBuildEndsInTheArchive(
    system: CIWorld.System, byWebhook: Bool
  )
    async throws
  {
    guard system.hasWebhooks || !byWebhook else { return }
    try await CIFlow.with(system) { flow in
      let time = CIFlow.start - 3_600
      let jobs = [
        flow.world.finish("linux", .failure, log: "compiling\nerror: no such type é\n", at: time),
        flow.world.finish("mac", .success, log: "fine\n", at: time + 1),
        flow.world.finish("win", .timedOut, log: "slow\n", at: time + 2),
        flow.world.finish("bsd", .canceled, log: "stopped\n", at: time + 3),
      ]
      if byWebhook {
        for job in jobs.reversed() + jobs { try await flow.deliver(job) }
      } else {
        #expect(try await flow.backfill().entered == 4)
      }
      try await flow.drain()
      #expect(
        try await flow.fetched() == [stored(flow, "linux", "compiling\nerror: no such type é\n"), stored(flow, "win", "slow\n")])
      #expect(try await flow.builds().count == 4)
    }
  }

  @Test func allFailedStepsAreFetched() async throws {
    try await CIFlow.with(.circleci) { flow in
      let job = flow.world.finish("linux", log: "one\n", at: CIFlow.start - 60)
      flow.world.change(job) { $0.moreSteps = [("Lint", Array("two\n".utf8)), ("Test", Array("three\n".utf8))] }
      _ = try await flow.backfill()
      try await flow.drain()
      let logs = try await flow.fetched()
      #expect(logs.map(\.step) == ["Lint", "Test (step 104)", "Test (step 106)"])
      #expect(logs.map(\.text) == ["two\n", "one\n", "three\n"])
    }
  }

  // MARK: - What passes

  @Test(.timeLimit(.minutes(20)), arguments: CIWorld.System.allCases) func faultsPass(system: CIWorld.System) async throws {
    try await CIFlow.with(system) { flow in
      let text = String(repeating: "a line of a log\n", count: 5_000)
      flow.world.finish("linux", log: text, at: CIFlow.start - 60)
      let place = Self.logRequest(system)
      _ = try await flow.backfill()
      flow.world.set { state in
        state.faults = [
          .limited(place, seconds: 3), WorldFault(place, .json(500, ["message": "broken"])), WorldFault(place, .cut),
          WorldFault(place, WorldAnswer.nothing),
          WorldFault(place, .json(503, [:] as [String: String], headers: ["Retry-After": "2"])),
          WorldFault(place, .cut), WorldFault(place, .text([])), WorldFault(place, .json(502, [:] as [String: String])),
        ]
      }
      try await flow.drain()
      // What a file store's limit gives back until later.
      while !flow.world.read(\.faults).isEmpty { try await flow.again() }
      try await flow.again()
      #expect(try await flow.fetched() == [stored(flow, "linux", text)])
    }
  }

  /// A listing survives the same.
  @Test(arguments: CIWorld.System.allCases) func aListingThatFailsGoesOn(system: CIWorld.System) async throws {
    try await CIFlow.with(system) { flow in
      for run in 1...3 { flow.world.finish("linux", run: run, log: "\(run)\n", at: CIFlow.start - 600 + Double(run)) }
      flow.world.set { state in
        state.faults = [
          WorldFault("GET", .json(502, [:] as [String: String])), WorldFault("GET", .cut), .limited("GET", seconds: 1),
        ]
      }
      #expect(try await flow.backfill().entered == 3)
      try await flow.drain()
      #expect(try await flow.fetched().map(\.text) == ["1\n", "2\n", "3\n"])
    }
  }

  /// The file store refuses whoever brings the token.
  @Test(arguments: CIWorld.System.allCases) func aLogOnAnotherHostIsFetchedWithoutTheToken(system: CIWorld.System) async throws {
    try await CIFlow.with(system) { flow in
      flow.world.set { ($0.logsAreElsewhere, $0.linksHold) = (true, false) }
      flow.world.finish("linux", log: "far away\n", at: CIFlow.start - 60)
      _ = try await flow.backfill()
      try await flow.drain(RetryPlan())
      let waiting = try #require(try await flow.fetched().first)
      #expect((waiting.state, waiting.reason, waiting.text) == ("pending", "link_expired", nil))
      flow.world.set { $0.linksHold = true }
      try await flow.again()
      #expect(try await flow.fetched() == [stored(flow, "linux", "far away\n")])
      #expect(flow.world.storeRequests.count >= 2)
    }
  }

  @Test(arguments: CIWorld.System.allCases) func aLogThatGrowsIsWaitedFor(system: CIWorld.System) async throws {
    try await CIFlow.with(system) { flow in
      let job = flow.world.finish("linux", log: "the beg", at: CIFlow.start - 60)
      _ = try await flow.backfill()
      flow.world.change(job) { $0.isGrowing = true }
      try await flow.drain(RetryPlan())
      // CircleCI doesn't even tell which steps failed, yet.
      let waiting = try await flow.fetched().map { [$0.state, $0.reason, $0.text] }
      // Travis answers with an empty body until then.
      let reason = system == .travis ? "empty" : "not_ready"
      #expect(waiting == (system == .circleci ? [] : [["pending", reason, nil]]))
      flow.world.change(job) { ($0.isGrowing, $0.log) = (false, Array("the beginning and the end\n".utf8)) }
      try await flow.again()
      #expect(try await flow.fetched() == [stored(flow, "linux", "the beginning and the end\n")])
    }
  }

  // MARK: - What doesn't

  @Test(arguments: CIWorld.System.allCases) func aLogThatIsGoneIsToldAsThat(system: CIWorld.System) async throws {
    try await CIFlow.with(system) { flow in
      try await flow.ledger.sync([
        .test("net/reset", match: "connection reset", verdict: .flaky, reviewBy: CalendarDay("2099-01-01"))
      ])
      let job = flow.world.finish("linux", log: "connection reset\n", at: CIFlow.start - 60)
      _ = try await flow.backfill()
      flow.world.change(job) { $0.isGone = true }
      var plan = CIFlow.hasty
      plan.settlingTime = 0
      try await flow.drain(plan, scan: true)
      let gone = try await flow.fetched()
      #expect(gone.map(\.state) == ["gone"])
      #expect(gone.first?.text == nil)
      #expect(try await flow.kinds() == [.unread])
    }
  }

  /// What an excuse rests on must have been read whole: a log of which the middle is missing is never one.
  @Test(arguments: CIWorld.System.allCases) func ofALogThatIsTooLargeHeadAndTailAreKept(system: CIWorld.System) async throws {
    try await CIFlow.with(system) { flow in
      try await flow.ledger.sync([
        .test("net/reset", match: "connection reset", verdict: .flaky, reviewBy: CalendarDay("2099-01-01"))
      ])
      let middle = String(repeating: "the middle of a long log\n", count: 20_000)
      let whole = "connection reset at first\n" + middle + "connection reset at last\n"
      flow.world.finish("linux", log: whole, at: CIFlow.start - 60)
      flow.world.finish("small", log: "connection reset\n", at: CIFlow.start - 50)
      _ = try await flow.backfill()
      var limits = LogWriter.Limits()
      (limits.whole, limits.tail) = (100_000, 10_000)
      try await flow.drain(limits: limits, scan: true)
      let logs = try await flow.fetched()
      #expect(logs.map(\.state) == ["too_large", "stored"])
      let text = try #require(logs.first?.text)
      #expect(text.hasPrefix("connection reset at first\n") && text.hasSuffix("connection reset at last\n"))
      #expect(text.contains("bytes of this log are not kept]"))
      #expect(text.utf8.count < 100_100)
      #expect(try await flow.kinds() == [.unread, .flaky])
    }
  }

  /// What a system didn't keep may be what matters, too.
  @Test(arguments: [CIWorld.System.gitlab, .travis, .circleci]) func aLogThatTheSystemCutOffExcusesNothing(system: CIWorld.System)
    async throws
  {
    try await CIFlow.with(system) { flow in
      try await flow.ledger.sync([
        .test("net/reset", match: "connection reset", verdict: .flaky, reviewBy: CalendarDay("2099-01-01"))
      ])
      let last =
        switch system {
        case .gitlab: "\u{1B}[33;1mJob's log exceeded limit of 4194304 bytes.\u{1B}[0;m\n"
        case .travis: "\r\n\r\nThe job exceeded the maximum log length, and has been terminated.\r\n"
        default: ""
        }
      let text = "connection reset\n" + String(repeating: "more\n", count: 30_000) + last
      let job = flow.world.finish("linux", log: text, at: CIFlow.start - 60)
      flow.world.change(job) { $0.isTruncated = true }
      _ = try await flow.backfill()
      try await flow.drain(scan: true)
      #expect(try await flow.fetched().map { [$0.state, $0.text] } == [["too_large", text]])
      #expect(try await flow.kinds() == [.unread])
    }
  }

  @Test(arguments: CIWorld.System.allCases) func aRefusalIsGivenUpInTheEnd(system: CIWorld.System) async throws {
    try await CIFlow.with(system) { flow in
      flow.world.finish("linux", at: CIFlow.start - 60)
      _ = try await flow.backfill()
      let place = system == .circleci || system == .github ? "GET" : Self.logRequest(system)
      flow.world.set { $0.faults = (0..<40).map { _ in WorldFault(place, .json(403, ["message": "no"])) } }
      var plan = RetryPlan()
      plan.moreWhileRefused = 0
      try await flow.drain(plan)
      #expect(try await flow.logs().allSatisfy { $0.state == "pending" })
      for _ in 0..<20 { try await flow.again(plan) }
      #expect(try await flow.logs().allSatisfy { $0.state == "failed" && $0.problem.contains("not allowed") })
      #expect(try await flow.logs().allSatisfy { !$0.problem.contains("t0ken") })
    }
  }

  /// It isn't written yet; after ten minutes it won't be.
  @Test func anEmptyLogIsAskedForTenMinutes() {
    func next(_ reason: ProviderError.Reason, age: Double, attempts: Int = 2) -> NextTry {
      RetryPlan().next(after: ProviderError(reason, operation: "fetch"), attempts: attempts, age: age, now: 0)
    }
    #expect(next(.empty, age: 599).isAfter)
    #expect(next(.empty, age: 3_600, attempts: 1).isAfter, "the first looks may come late")
    #expect(!next(.empty, age: 600).isAfter)
    #expect(next(.notReady, age: 3_600).isAfter, "what runs still may take longer")
  }

  // MARK: - Once more

  @Test(arguments: CIWorld.System.allCases) func anAttemptHasALogOfItsOwn(system: CIWorld.System) async throws {
    try await CIFlow.with(system) { flow in
      let first = flow.world.finish("linux", log: "the first\n", at: CIFlow.start - 3_600)
      _ = try await flow.backfill()
      try await flow.drain()
      var second = flow.world.read { $0.nextJob }
      if system.reruns {
        // By its own API, as a button asks for it.
        let build = try #require(try await flow.known().first)
        flow.world.set { $0.now = CIFlow.start - 1_800 }
        try await flow.provider.rerun(build)
        second = system.restartsInPlace ? first : second
      } else {
        second = flow.world.rerun(first, at: CIFlow.start - 1_800)
      }
      flow.world.end(second, .failure, log: "the second\n", at: CIFlow.start - 1_200)
      #expect(try await flow.backfill().entered == 1)
      try await flow.drain()
      #expect(try await flow.fetched() == [stored(flow, "linux", "the first\n"), stored(flow, "linux", "the second\n")])
      #expect(try await flow.backfill().entered == 0)
      let attempts = try await flow.known().map(\.attempt)
      #expect(attempts.count == 2 && attempts[0] < attempts[1])
    }
  }

  /// Travis loses the log of what it restarts, and another's is never taken for it.
  @Test(arguments: [false, true]) func aRestartedJobHasLostItsLog(hasEnded: Bool) async throws {
    try await CIFlow.with(.travis) { flow in
      let job = flow.world.finish("linux", log: "the first\n", at: CIFlow.start - 3_600)
      _ = try await flow.backfill()
      flow.world.rerun(job, at: CIFlow.start - 1_800)
      if hasEnded { flow.world.end(job, .failure, log: "the second\n", at: CIFlow.start - 1_200) }
      try await flow.drain()
      #expect(try await flow.fetched().map { [$0.state, $0.text] } == [["gone", nil]])
      if !hasEnded { flow.world.end(job, .failure, log: "the second\n", at: CIFlow.start - 1_200) }
      _ = try await flow.backfill()
      try await flow.drain()
      #expect(try await flow.fetched().map { [$0.state, $0.text] } == [["gone", nil], ["stored", "the second\n"]])
    }
  }

  /// A job of Jenkins that was deleted and made anew counts from 1 again.
  @Test func aNumberThatComesAgainIsAnotherBuild() async throws {
    try await CIFlow.with(.jenkins) { flow in
      let job = flow.world.finish("linux", log: "the first\n", at: CIFlow.start - 3_600)
      _ = try await flow.backfill()
      try await flow.drain()
      let late = flow.world.finish("mac", log: "old\n", at: CIFlow.start - 3_000)
      _ = try await flow.backfill()
      for id in [job, late] {
        flow.world.change(id) {
          ($0.startedAt, $0.endedAt, $0.log) = (CIFlow.start - 600, CIFlow.start - 500, Array("another\n".utf8))
        }
      }
      _ = try await flow.backfill()
      try await flow.drain()
      let logs = try await flow.fetched().map { "\($0.job) \($0.state) \($0.text ?? "")" }
      #expect(logs == ["linux stored the first\n", "mac gone ", "linux stored another\n", "mac stored another\n"])
    }
  }

  // MARK: - Stopping

  @Test(.timeLimit(.minutes(20)), arguments: CIWorld.System.allCases) func aStalledLogIsGivenBackWhenTheWorkerStops(
    system: CIWorld.System
  ) async throws {
    let gate = LoopbackServer.Gate()
    defer { gate.open() }
    try await CIFlow.with(system) { flow in
      flow.world.finish("linux", log: String(repeating: "x\n", count: 1_000), at: CIFlow.start - 60)
      _ = try await flow.backfill()
      flow.world.set { $0.faults = [WorldFault(Self.logRequest(system), .stall(gate))] }
      let worker = Task { try await flow.drain() }
      while !flow.world.read(\.faults).isEmpty { await Task.yield() }
      worker.cancel()
      await #expect(throws: CancellationError.self) { try await worker.value }
      let logs = try await flow.logs()
      #expect(logs.map(\.state) == ["pending"] && logs.allSatisfy { !$0.isLeased })
      try await flow.drain()
      #expect(try await flow.fetched().map(\.state) == ["stored"])
    }
  }
}

extension NextTry {
  fileprivate var isAfter: Bool { if case .after = self { true } else { false } }
}
