import Foundation
import FuzzSupport
import Model
import Pipeline
import Store
import TestSupport
import Testing

/// Webhooks as they come: doubled, out of order, forged, of all kinds.
@Suite struct DeliveryTests {
  @Test func whatIsNotSignedWithOurSecretIsRefusedAndNotKept() async throws {
    try await Flow.with { flow in
      let body = Array(#"{"action":"completed"}"#.utf8)
      #expect(try await flow.endpoint.sender.post("workflow_job", body, id: "1", key: "guess") == 401)
      #expect(try await flow.endpoint.sender.post("workflow_job", body, id: "2", key: "") == 401)
      #expect(try await flow.endpoint.sender.post("workflow_job", body, id: "3") == 202)
      #expect(try await flow.endpoint.sender.post("workflow_job", body, id: "3") == 200)
      #expect(try await flow.endpoint.sender.post("workflow_job", Array("{".utf8), id: "4") == 202)
      #expect(try await flow.endpoint.sender.post("workflow_job", Array(repeating: 0x20, count: (25 << 20) + 1), id: "5") == 413)
      #expect(try await flow.rows("SELECT external_id AS text FROM delivery ORDER BY 1") == ["3", "4"])
      // What isn't understood ends as that.
      try await flow.worker().drain()
      #expect(try await flow.rows("SELECT DISTINCT state AS text FROM delivery") == ["failed"])
    }
  }

  /// Somebody mends what was wrong and has it sent again.
  @Test func whatFailedAndIsSentAgainIsReadAgain() async throws {
    try await Flow.with { flow in
      let body = WebhookBody.jobCompleted("linux", id: 1, commit: Flow.head)
      flow.world.set { $0.logs[1] = Array("connection reset\n".utf8) }
      #expect(try await flow.endpoint.sender.post("workflow_job", body, id: "1") == 202)
      try await flow.ledger.pool.run { session in
        _ = try session.execute("UPDATE delivery SET state = 'failed', attempts = 12, outcome = 'the token is not accepted'")
      }
      #expect(try await flow.endpoint.sender.post("workflow_job", body, id: "1") == 202)
      try await flow.worker().drain()
      #expect(try await flow.rows("SELECT state || attempts AS text FROM delivery") == ["done1"])
      #expect(flow.statuses().count == 1)
      #expect(try await flow.endpoint.sender.post("workflow_job", body, id: "1") == 200)
    }
  }

  /// Whoever makes a build may choose its numbers.
  @Test func numbersOutOfRangeEndNoWorker() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "connection reset\n", attempt: 4_000_000_000)
      try await flow.pull(head: Flow.head, number: 4_000_000_000)
      try await flow.ledger.store.apply(
        Store.Effects(builds: [
          Build(
            provider: "buildkite", repository: "o/r", externalID: "1", attempt: .max, commit: Flow.next, branch: "",
            pullRequest: .max, workflow: "", job: "x", outcome: .success, url: nil, finishedAt: nil)
        ]))
      try await flow.receive()
      #expect(try await flow.rows("SELECT attempt::text AS text FROM build") == ["2147483647", "2147483647"])
      #expect(try await flow.rows("SELECT number::text AS text FROM pull_request") == [])
      #expect(try await flow.rows("SELECT DISTINCT state AS text FROM delivery") == ["done"])
    }
  }

  /// One that the database refuses, and one that ends whoever reads it: what stands behind them goes on.
  @Test func aDeliveryThatCannotBeReadKeepsNoOtherBack() async throws {
    try await Flow.with { flow in
      try await flow.ledger.pool.run { session in
        try session.executeScript("ALTER TABLE build ADD CHECK (job <> 'odd')", name: "refuse")
      }
      for (id, job) in ["odd", "linux", "mac"].enumerated() { try await flow.finish(job, id: id + 1, "x\n") }
      try await flow.receive()
      #expect(try await flow.rows("SELECT state AS text FROM delivery ORDER BY id") == ["pending", "done", "done"])

      // Workers take three, and die each time before they settle one.
      try await flow.ledger.pool.run { session in
        _ = try session.execute("UPDATE delivery SET state = 'pending', next_at = now(), claims = 0")
      }
      let connection = try await flow.ledger.database.connect()
      let worker = try await connection.run { session in try Store.register(host: "h", pid: 1, session) }
      for _ in 0..<5 {
        let claim = try await flow.ledger.store.claimDeliveries(worker: worker, most: 20, leaseSeconds: 60)
        #expect(claim?.deliveries.count == 3)
        try await flow.ledger.pool.run { session in
          _ = try session.execute("UPDATE delivery SET lease_until = now() - interval '1 s'")
        }
      }
      let alone = try #require(try await flow.ledger.store.claimDeliveries(worker: worker, most: 20, leaseSeconds: 60))
      #expect(alone.deliveries.map(\.externalID) == ["job-1-1"])
      // It ends that worker, too, and isn't taken again at once.
      try await flow.ledger.pool.run { session in
        _ = try session.execute("UPDATE delivery SET lease_until = now() - interval '1 s'")
      }
      #expect(
        try await flow.ledger.store.claimDeliveries(worker: worker, most: 20, leaseSeconds: 60)?.deliveries.map(\.externalID)
          == ["job-2-1"])
      _ = await connection.isAlive()
    }
  }

  /// A limit that says itself when it ends is nobody's failure.
  @Test func waitingForALimitIsNoTry() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "x\n")
      let connection = try await flow.ledger.database.connect()
      let worker = try await connection.run { session in try Store.register(host: "h", pid: 1, session) }
      for (counts, attempts) in [(false, 0), (true, 1), (false, 1)] {
        let claim = try #require(try await flow.ledger.store.claimDeliveries(worker: worker, most: 1, leaseSeconds: 60))
        let delivery = try #require(claim.deliveries.first)
        _ = try await flow.ledger.store.settle(delivery.id, of: claim, .retry("wait", afterSeconds: 0, counts: counts))
        #expect(try await flow.rows("SELECT attempts::text AS text FROM delivery") == ["\(attempts)"])
      }
      _ = await connection.isAlive()
    }
  }

  /// Deliveries of two repositories' worth of events, in several orders: what is posted in the end doesn't depend on it.
  @Test(.enabled(if: Examples.exist, "there is no shared data"))
  func realExamplesInAnyOrderEndInTheSameStatuses() async throws {
    var ends: [[String: String]] = []
    for seed in [1, 2, 3] as [UInt64] { ends.append(try await statuses(seed: seed)) }
    #expect(ends[0].count >= 2)
    #expect(ends.allSatisfy { $0 == ends[0] })
  }

  /// The last status of each commit, after all examples were delivered twice in an order of its own, some with forged copies.
  private func statuses(seed: UInt64) async throws -> [String: String] {
    try await Flow.with { flow in
      let examples = try Examples.load()
      flow.world.set { state in
        state.repository = "Codertocat/Hello-World"
        for example in examples {
          if let id = example.job { state.logs[id] = Array("connection reset\n".utf8) }
          for commit in example.commits where !state.commits.contains(where: { $0.sha == commit }) {
            state.commits.append((commit, [Flow.base]))
          }
        }
      }
      var random = SplitMix64(seed: seed)
      for example in (examples + examples).shuffled(using: &random) {
        if Int.random(in: 0..<4, using: &random) == 0 {
          #expect(try await flow.endpoint.sender.post(example.event, example.body, id: "forged", key: "guess") == 401)
        }
        try await flow.deliver(example.event, String(decoding: example.body, as: UTF8.self), id: example.name)
        // Now and then work is done in between.
        if Int.random(in: 0..<40, using: &random) == 0 { try await flow.worker(plan: Self.impatient).drain() }
      }
      try await flow.finish("linux", id: 1, "error: x\n", commit: Flow.head)
      try await flow.worker(plan: Self.impatient).drain()
      #expect(try await flow.rows("SELECT external_id AS text FROM delivery WHERE state = 'pending'") == [])
      #expect(try await flow.rows("SELECT count(*)::text AS text FROM delivery") == ["\(examples.count + 1)"])
      var ends: [String: String] = [:]
      for posted in flow.world.state.withLock(\.statuses) {
        let said = "\(posted.object["state"] ?? "?"): \(posted.object["description"] ?? "?")"
        #expect(ends[posted.subject] != said, "the same was said twice of \(posted.subject)")
        ends[posted.subject] = said
      }
      return ends
    }
  }

  private static var impatient: RetryPlan {
    var plan = RetryPlan()
    plan.firstWait = 0
    return plan
  }
}

/// The examples of GitHub's own documentation that lie in the shared data.
private struct Examples {
  let name: String
  let event: String
  let body: [UInt8]
  /// The id of the job that it is about.
  var job: Int?
  /// Commits that it names as something's head.
  var commits: Set<String> = []

  private static let folder = SharedData.file("api/github-webhooks/payload-examples/api.github.com")

  static var exist: Bool { folder != nil }

  /// Those that contradict each other are left out: of the same attempt of a job one says that it failed, one that it passed.
  static func load() throws -> [Examples] {
    let folder = try #require(folder).path
    var all: [Examples] = []
    for event in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(event)").sorted()
      where file.hasSuffix(".json") && !file.hasPrefix("completed.success") {
        let data = try Data(contentsOf: URL(filePath: "\(folder)/\(event)/\(file)"))
        var example = Examples(name: "\(event)/\(file)", event: event, body: Array(data))
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        example.job = (object["workflow_job"] as? [String: Any])?["id"] as? Int
        for key in ["workflow_job", "check_run", "workflow_run"] {
          if let commit = (object[key] as? [String: Any])?["head_sha"] as? String { example.commits.insert(commit) }
        }
        all.append(example)
      }
    }
    return all
  }
}
