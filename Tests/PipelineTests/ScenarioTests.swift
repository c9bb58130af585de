import Model
import Pipeline
import Store
import TestSupport
import Testing

/// What happens at GitHub, delivered as signed webhooks over HTTP, and every status that it must end in, with its exact text.
@Suite struct ScenarioTests {
  struct Scenario: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// State and text of each status on the head, in their order.
    let statuses: [String]
    let happens: @Sendable (Flow) async throws -> Void

    init(_ name: String, _ statuses: [String], _ happens: @Sendable @escaping (Flow) async throws -> Void) {
      testDescription = name
      self.statuses = statuses
      self.happens = happens
    }
  }

  private static let flaky = "fetching\ncurl: (56) connection reset by peer\n"

  /// As if all tries were over.
  private static var impatient: RetryPlan {
    var plan = RetryPlan()
    plan.firstWait = 0
    return plan
  }

  static let scenarios: [Scenario] = [
    Scenario("all flaky", ["success: 3 failures, none of them new: 3 flaky"]) { flow in
      for id in 1...3 { try await flow.finish("job \(id)", id: id, flaky) }
    },
    Scenario("one failure, new", ["failure: 1 of 1 failure needs attention: new"]) { flow in
      try await flow.finish("linux", id: 1, "error: no such type\n")
    },
    Scenario("one failure, infrastructure", ["success: 1 failure, not new: infrastructure"]) { flow in
      try await flow.finish("linux", id: 1, "no space left on device\n")
    },
    Scenario("twelve failures", ["failure: 5 of 12 failures need attention: 3 new, 2 unknown (4 flaky, 3 infrastructure)"]) {
      flow in
      for id in 1...12 {
        let log =
          switch id {
          case 1...3: "error: \(id)\n"
          case 4...5: "something odd\nexit code 1\n"
          case 6...9: flaky
          default: "no space left\n"
          }
        try await flow.finish("job \(id)", id: id, log)
      }
    },
    Scenario("twelve new failures", ["failure: 12 of 12 failures need attention: 12 new"]) { flow in
      for id in 1...12 { try await flow.finish("job \(id)", id: id, "error: \(id)\n") }
    },
    Scenario(
      "flaky and real in one log, which counts as real", ["failure: 1 of 2 failures needs attention: 1 new (1 flaky)"]
    ) { flow in
      try await flow.finish("linux", id: 1, flaky + "error: no such type\n" + flaky)
      try await flow.finish("mac", id: 2, flaky)
    },
    Scenario("known", ["success: 2 failures, none of them new: 2 known problems"]) { flow in
      _ = try await flow.ledger.store.add(
        KnownProblem(repository: "o/r", jobs: ["linux*"], reason: "the mirror is down", who: "ada"))
      for id in 1...2 { try await flow.finish("linux \(id)", id: id, "error: \(id)\n") }
    },
    Scenario("upstream", ["failure: 1 of 2 failures needs attention: 1 new (1 upstream)"]) { flow in
      try await flow.finish("linux", id: 1, "error: broken main\n", commit: Flow.base, branch: "main")
      try await flow.finish("linux", id: 2, "error: broken main\n")
      try await flow.finish("mac", id: 3, "error: broken here\n")
    },
    Scenario("the base fails in another way", ["failure: 1 of 1 failure needs attention: new"]) { flow in
      try await flow.finish("linux", id: 1, "error: broken main\n", commit: Flow.base, branch: "main")
      try await flow.finish("linux", id: 2, "error: broken here\n")
    },
    Scenario("an attempt that a later one replaced", ["success: 1 failure, not new: flaky"]) { flow in
      try await flow.finish("linux", id: 2, flaky, attempt: 2)
      try await flow.finish("linux", id: 1, "error: no such type\n", attempt: 1)
    },
    Scenario("an attempt that a passing one replaced, never posted on", []) { flow in
      try await flow.finish("linux", id: 1, "error: no such type\n", attempt: 1)
      try await flow.finish("linux", id: 2, "fine\n", conclusion: "success", attempt: 2)
    },
    Scenario("a log that is gone", ["failure: 1 of 2 failures needs attention: 1 unread (1 flaky)"]) { flow in
      try await flow.finish("linux", id: 1, nil)
      try await flow.finish("mac", id: 2, flaky)
    },
    Scenario("a scan that is inconclusive", ["failure: 1 of 1 failure needs attention: unread"]) { flow in
      try await flow.sync(more: [.test("a/evil", match: "(a+)+$")])
      try await flow.finish("linux", id: 1, String(repeating: "a", count: 5_000) + "b\n" + flaky)
    },
    Scenario("a real failure beside an inconclusive scan", ["failure: 1 of 1 failure needs attention: new"]) { flow in
      try await flow.sync(more: [.test("a/evil", match: "(a+)+$")])
      try await flow.finish("linux", id: 1, String(repeating: "a", count: 5_000) + "b\nerror: x\n")
    },
    // GitHub gives an empty body for a log that isn't written yet; after all tries nobody can say what was in it.
    Scenario(
      "an empty log",
      ["failure: 1 of 1 failure needs attention: unread"]
    ) { flow in
      try await flow.finish("linux", id: 1, "")
      for _ in 0..<3 { try await flow.worker(plan: impatient).drain() }
    },
    Scenario("nothing matches", ["failure: 1 of 1 failure needs attention: unknown"]) { flow in
      try await flow.finish("linux", id: 1, "all went well, it seems\n")
    },
    Scenario(
      "reading", ["pending: Reading 3 failed builds", "success: 3 failures, none of them new: 3 flaky"]
    ) { flow in
      flow.world.set { $0.broken = ["GET /repos/o/r/actions/jobs": 404] }
      for id in 1...3 { try await flow.finish("job \(id)", id: id, flaky) }
      try await flow.worker().drain()
      flow.world.set { $0.broken = [:] }
      try await flow.hurry()
    },
    Scenario(
      "some read, some not",
      ["pending: 2 of 2 failures need attention: 1 new, 1 unread", "failure: 1 of 2 failures needs attention: 1 new (1 flaky)"]
    ) { flow in
      flow.world.set { $0.broken = ["GET /repos/o/r/actions/jobs/2/logs": 404] }
      try await flow.finish("linux", id: 1, "error: x\n")
      try await flow.finish("mac", id: 2, flaky)
      try await flow.worker().drain()
      flow.world.set { $0.broken = [:] }
      try await flow.hurry()
    },
    Scenario(
      "its token may not read logs",
      ["error: Culprit can't judge: github does not let it read the logs", "success: 1 failure, not new: flaky"]
    ) { flow in
      flow.world.set { state in
        state.faults = [
          GitHubWorld.Fault("GET /repos/o/r/actions/jobs/1/logs", .error(403, "Resource not accessible by integration"))
        ]
      }
      try await flow.finish("linux", id: 1, flaky)
      try await flow.worker().drain()
      try await flow.hurry()
    },
    Scenario("no patterns", ["error: Culprit can't judge: it has no patterns"]) { flow in
      try await flow.ledger.sync([])
      try await flow.finish("linux", id: 1, flaky)
    },
    Scenario("no failures, and nothing was said", []) { flow in
      for id in 1...3 { try await flow.finish("job \(id)", id: id, "fine\n", conclusion: "success") }
    },
    Scenario("no failures any more", ["failure: 1 of 1 failure needs attention: new", "success: No failures"]) { flow in
      try await flow.finish("linux", id: 1, "error: x\n")
      try await flow.worker().drain()
      try await flow.finish("linux", id: 2, "fine\n", conclusion: "success", attempt: 2)
    },
    Scenario("canceled", []) { flow in
      try await flow.finish("linux", id: 1, "error: x\n", conclusion: "cancelled")
    },
    Scenario("timed out", ["failure: 1 of 1 failure needs attention: unknown"]) { flow in
      try await flow.finish("linux", id: 1, "it takes long\n", conclusion: "timed_out")
    },
    Scenario("the head moved on", []) { flow in
      try await flow.pull(head: Flow.head)
      try await flow.worker().drain()
      try await flow.finish("linux", id: 1, "error: x\n")
      try await flow.pull(head: Flow.next)
    },
    Scenario("a build that names a pull request of another repository", ["failure: 1 of 1 failure needs attention: new"]) { flow in
      flow.world.set { $0.logs[1] = Array("error: x\n".utf8) }
      let build = Build(
        provider: "github", repository: "o/r", externalID: "1", attempt: 1, commit: Flow.head, branch: "topic", pullRequest: 4_711,
        workflow: "CI", job: "linux", outcome: .failure, url: nil, finishedAt: nil)
      try await flow.ledger.store.apply(Store.Effects(builds: [build]))
    },
  ]

  @Test(arguments: scenarios) func endsInItsStatuses(_ scenario: Scenario) async throws {
    try await Flow.with { flow in
      try await scenario.happens(flow)
      try await flow.worker().drain()
      #expect(flow.statuses() == scenario.statuses)
      for status in flow.statuses() {
        let text = status.drop { $0 != ":" }.dropFirst(2)
        #expect(text.utf16.count <= 140)
      }
      // Nothing happened since, so there is nothing to say.
      try await flow.worker().drain()
      #expect(flow.statuses() == scenario.statuses)
    }
  }

  /// Many events within the cool-off make one post, and none comes before it is over.
  @Test func theCoolOffIsOnePost() async throws {
    try await Flow.with { flow in
      for id in 1...20 { try await flow.finish("job \(id)", id: id, Self.flaky) }
      let work = Task { await flow.worker().run() }
      // Everything but the post is done without waiting for it.
      try await flow.until("SELECT count(*) FROM log WHERE lines IS NOT NULL", is: 20)
      #expect(flow.statuses() == [])
      #expect(try await flow.rows("SELECT count(*)::text AS text FROM commit_due WHERE due_at > now()") == ["1"])
      try await flow.ledger.pool.run { session in
        try session.executeScript("UPDATE commit_due SET due_at = now(); NOTIFY culprit_work, 'commits'", name: "the end")
      }
      try await flow.until("SELECT count(*) FROM commit_due", is: 0)
      work.cancel()
      await work.value
      #expect(flow.statuses() == ["success: 20 failures, none of them new: 20 flaky"])
    }
  }
}
