import Foundation
import FuzzSupport
import Model
import Postgres
import Store
import Synchronization
import TestSupport
import Testing

/// Real processes under load: many deliveries at once, many builds for several workers, kills. Small by default; `CULPRIT_LOAD=50` is
/// 10,000 deliveries and 5,000 builds, and the figures are printed.
@Suite(.serialized) struct LoadTests {
  private static let load = max(1, ProcessInfo.processInfo.environment["CULPRIT_LOAD"].flatMap { Int($0) } ?? 1)
  private static let flaky = Array(
    ("fetching\n" + String(repeating: "a line of a log\n", count: 600) + "connection reset by peer\n").utf8)

  /// Every job of a commit fails in a flaky way, and is told of, some of them twice.
  @Test(.timeLimit(.minutes(30))) func aBurstOfDeliveriesIsAnsweredAndEndsInOnePostPerChange() async throws {
    let (commits, jobs) = (20 * Self.load, 10)
    try await Deployment.with { deployment in
      deployment.makeCommits(commits)
      deployment.world.set { $0.makesLog = { _ in Self.flaky } }
      let (process, sender) = try await deployment.serve("--quiet")
      let isOver = Mutex(false)
      let pulse = Task { try await Self.pulse(of: sender) { isOver.withLock(\.self) } }
      var deliveries = (0..<commits * jobs).map { ($0, "d\($0)") }
      deliveries += deliveries.filter { $0.0 % 10 == 0 }
      var random = SplitMix64(seed: 5)
      deliveries.shuffle(using: &random)
      let began = ContinuousClock.now
      let answers = try await Self.each(deliveries, atOnce: 32) { number, id in
        let body = WebhookBody.jobCompleted("job \(number % jobs)", id: number + 1, commit: Deployment.commit(number / jobs))
        let sent = ContinuousClock.now
        let status = try await sender.post("workflow_job", body, id: id)
        return (status, sent.duration(to: .now))
      }
      let burst = began.duration(to: .now)
      #expect(answers.count { $0.0 == 202 } == commits * jobs)
      #expect(answers.count { $0.0 == 200 } == deliveries.count - commits * jobs)
      try await deployment.until("SELECT count(*) FROM build", is: commits * jobs)
      try await deployment.untilAllIsDone()
      let whole = began.duration(to: .now)
      isOver.withLock { $0 = true }
      let pulses = try await pulse.value
      let statuses = deployment.statuses()
      #expect(statuses.count == commits)
      for (commit, said) in statuses {
        #expect(said.last == "success: 10 failures, none of them new: 10 flaky", "\(commit)")
        #expect(zip(said, said.dropFirst()).allSatisfy { $0 != $1 }, "\(commit): \(said)")
      }
      #expect(deployment.fetches().count == commits * jobs)
      #expect(deployment.fetches().values.allSatisfy { $0 == 1 })
      let ended = try await deployment.stop(process)
      #expect(ended.status == 0, "\(ended.errors.suffix(500))")
      print(
        """
        \(deliveries.count) deliveries in \(burst): \(Self.spread(answers.map(\.1))); all done after \(whole); \
        \(statuses.values.map(\.count).reduce(0, +)) posts on \(commits) commits; /health meanwhile: \(Self.spread(pulses))
        """)
    }
  }

  @Test(.timeLimit(.minutes(30))) func twoWorkersShareTheBuildsAndNoneIsDoneTwice() async throws {
    let builds = 100 * Self.load
    try await Deployment.with { deployment in
      deployment.makeCommits(builds / 10)
      deployment.world.set { $0.makesLog = { _ in Self.flaky } }
      let workers = try (0..<2).map { _ in try deployment.start("work") }
      // Both are there before the work is.
      try await deployment.until("SELECT count(*) FROM worker", is: 2)
      let began = ContinuousClock.now
      try await deployment.enter(builds)
      try await deployment.untilAllIsDone()
      let whole = began.duration(to: .now)
      var fetched: [Int] = []
      for worker in workers {
        let ended = try await deployment.stop(worker)
        #expect(ended.status == 0, "\(ended.errors.suffix(500))")
        fetched.append(ended.errors.components(separatedBy: "fetched a log").count - 1)
      }
      #expect(fetched.reduce(0, +) == builds)
      #expect(fetched.allSatisfy { $0 * 5 > builds }, "\(fetched)")
      #expect(deployment.fetches().count == builds)
      #expect(deployment.fetches().values.allSatisfy { $0 == 1 })
      try Self.expectGreen(deployment, commits: builds / 10)
      print("\(builds) builds in \(whole) by two workers: \(fetched) logs each")
    }
  }

  /// Logs of 1 MB, each other than all before.
  @Test(.timeLimit(.minutes(30))) func memoryStaysFlatOverManyLogs() async throws {
    let logs = 200 * Self.load
    try await Deployment.with { deployment in
      deployment.makeCommits(logs / 10)
      let line = String(repeating: "a line of a log that is like many others ", count: 2) + "\n"
      let body = Array(String(repeating: line, count: (1 << 20) / line.utf8.count).utf8) + Array("connection reset by peer\n".utf8)
      deployment.world.set { $0.makesLog = { id in Array("log \(id)\n".utf8) + body } }
      let worker = try deployment.start("work", "--quiet")
      var peaks: [Int] = []
      for quarter in 1...4 {
        try await deployment.enter(logs / 4, from: logs / 4 * (quarter - 1))
        try await deployment.untilAllIsDone()
        peaks.append(try #require(worker.peakBytes))
      }
      #expect(try await deployment.stop(worker).status == 0)
      #expect(peaks[3] < peaks[0] * 5 / 4 + (16 << 20), "\(peaks)")
      print("\(logs) logs of 1 MB: a peak of \(peaks.map { "\($0 >> 20) MB" }) after each quarter")
    }
  }

  /// Workers are killed at random, and so is PostgreSQL; others go on.
  @Test(.timeLimit(.minutes(30))) func killsLoseNothingAndDoubleNothing() async throws {
    let builds = 100 * Self.load
    let cluster = PrivateCluster(folder: TestCluster.makeFolder(), options: TestCluster.options)
    do {
      let lease = try await cluster.acquire()
      try await Migrator(Migration.load(folder: TestLedger.repositoryRoot + "/sql")).migrate(
        Connection.connect(lease.configuration))
      let deployment = try Deployment(lease.configuration, url: lease.url)
      deployment.makeCommits(builds / 10)
      deployment.world.set { $0.makesLog = { _ in Self.flaky } }
      var workers = try (0..<2).map { _ in try deployment.start("work", "--quiet") }
      try await deployment.until("SELECT count(*) FROM worker", is: 2)
      try await deployment.enter(builds)
      var random = SplitMix64(seed: 7)
      var kills = 0
      for round in 1...8 {
        // The moment is what is random here; nothing is waited for.
        try await Task.sleep(for: .milliseconds(Int.random(in: 50..<600, using: &random)))
        if round % 4 == 0, case .running(let process, _, _) = try await cluster.status() {
          kill(process, SIGKILL)
          _ = try await cluster.keep()
        } else {
          let victim = Int.random(in: 0..<2, using: &random)
          kill(workers[victim].processIdentifier, SIGKILL)
          _ = try await Command.finish(workers[victim])
          workers[victim] = try deployment.start("work", "--quiet")
          kills += 1
        }
      }
      try await deployment.untilAllIsDone()
      for worker in workers { #expect(try await deployment.stop(worker).status == 0) }
      try Self.expectGreen(deployment, commits: builds / 10)
      #expect(try await deployment.count("SELECT count(*) AS count FROM finding") == builds)
      #expect(try await deployment.count("SELECT count(*) AS count FROM status_post WHERE phase = 'sending'") == 0)
      print("\(builds) builds, \(kills) workers killed, the server twice: \(deployment.fetches().values.reduce(0, +)) fetches")
    } catch {
      try? await cluster.destroy(force: true)
      throw error
    }
    try await cluster.destroy(force: true)
  }

  /// A log hangs, so the lane that fetches it can't finish: it is given back, and the process ends by itself.
  @Test(.timeLimit(.minutes(20)), arguments: ["work", "serve"]) func aSignalStopsWhatHangs(_ command: String) async throws {
    try await Deployment.with { deployment in
      deployment.makeCommits(1)
      let gate = LoopbackServer.Gate()
      defer { gate.open() }
      var stalled = GitHubWorld.Answer(200, body: Self.flaky)
      stalled.stallsAt = gate
      let answer = stalled
      deployment.world.set { state in
        state.makesLog = { _ in Self.flaky }
        state.faults = [.init("STORE GET /job/1", answer)]
      }
      try await deployment.enter(1)
      let process = command == "work" ? try deployment.start("work") : try await deployment.serve().process
      while deployment.world.storeRequests.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
      let began = ContinuousClock.now
      let ended = try await deployment.stop(process)
      #expect(ended.status == 0, "\(ended.errors.suffix(500))")
      #expect(
        try await deployment.count(
          "SELECT count(*) AS count FROM log WHERE fetch_state = 'pending' AND lease_token IS NULL AND fetch_attempts = 0") == 1)
      print("\(command) ended \(began.duration(to: .now)) after SIGTERM")
    }
  }

  // MARK: - Helpers

  private static func expectGreen(_ deployment: Deployment, commits: Int) throws {
    let statuses = deployment.statuses()
    #expect(statuses.count == commits)
    for (commit, said) in statuses {
      #expect(said.last == "success: 10 failures, none of them new: 10 flaky", "\(commit)")
      #expect(zip(said, said.dropFirst()).allSatisfy { $0 != $1 }, "\(commit): \(said)")
    }
  }

  /// Runs something for each of many, some at a time.
  private static func each<Result: Sendable>(
    _ all: [(Int, String)], atOnce: Int, _ body: @Sendable @escaping (Int, String) async throws -> Result
  ) async throws -> [Result] {
    try await withThrowingTaskGroup(of: Result.self) { group in
      var rest = all[...]
      var results: [Result] = []
      for (number, id) in rest.prefix(atOnce) { group.addTask { try await body(number, id) } }
      rest = rest.dropFirst(atOnce)
      while let result = try await group.next() {
        results.append(result)
        if let (number, id) = rest.popFirst() { group.addTask { try await body(number, id) } }
      }
      return results
    }
  }

  /// How long the server took to say that it is there, asked all the time.
  private static func pulse(of sender: WebhookSender, until isOver: @Sendable () -> Bool) async throws -> [Duration] {
    var all: [Duration] = []
    while !isOver() {
      let asked = ContinuousClock.now
      #expect(try await sender.get("/health") == 200)
      all.append(asked.duration(to: .now))
      try await Task.sleep(for: .milliseconds(20))
    }
    return all
  }

  private static func spread(_ all: [Duration]) -> String {
    guard !all.isEmpty else { return "none" }
    let sorted = all.sorted()
    return "median \(sorted[sorted.count / 2]), 99 % within \(sorted[sorted.count * 99 / 100]), longest \(sorted[sorted.count - 1])"
  }
}

extension Deployment {
  /// Enters failed builds, ten of each commit.
  fileprivate func enter(_ count: Int, from first: Int = 0) async throws {
    let pool = ConnectionPool(database, limit: 1)
    defer { pool.close() }
    let store = Store(pool: pool, coolOff: 1)
    let builds = (first..<first + count).map { number in
      Build(
        provider: "github", repository: "o/r", externalID: String(number + 1), attempt: 1, commit: Self.commit(number / 10),
        branch: "topic", pullRequest: nil, workflow: "CI", job: "job \(number % 10)", outcome: .failure, url: nil, finishedAt: nil)
    }
    for start in stride(from: 0, to: count, by: 500) {
      try await store.apply(Store.Effects(builds: Array(builds[start..<min(start + 500, count)])))
    }
  }
}
