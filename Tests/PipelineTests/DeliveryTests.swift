import Foundation
import FuzzSupport
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
