import Foundation
import Model
import Pipeline
import Store
import TestSupport
import Testing

/// The buttons of the check run: what a press does, once, whoever dies meanwhile.
@Suite struct ButtonTests {
  private static let flaky = "connection reset\n"

  private static let posting: PostStage.Settings = {
    var settings = Flow.posting
    settings.postsCheckRuns = true
    return settings
  }()

  /// Two flaky builds, one of a full disk and one that is the change's own, told on a check run.
  private func withFailures(_ body: (Flow) async throws -> Void) async throws {
    try await Flow.with(isApp: true) { flow in
      try await flow.finish("linux", id: 1, Self.flaky)
      try await flow.finish("mac", id: 2, Self.flaky)
      try await flow.finish("disk", id: 3, "no space left\n")
      try await flow.finish("lint", id: 4, "error: x\n")
      try await drain(flow)
      try await body(flow)
    }
  }

  private func drain(_ flow: Flow) async throws { try await flow.worker(posting: Self.posting).drain() }

  private func reruns(_ flow: Flow) -> [String] { flow.world.state.withLock(\.reruns) }

  private func phases(_ flow: Flow) async throws -> [String] {
    try await flow.rows("SELECT b.job || ' ' || n.phase AS text FROM rerun n JOIN build b ON b.id = n.build_id ORDER BY n.id")
  }

  private func actions(_ flow: Flow) -> [String] {
    let checks = flow.world.state.withLock(\.checks)
    #expect(checks.count == 1)
    return (checks.first?.object["actions"] as? [[String: Any]] ?? []).map { "\($0["identifier"] ?? "")" }
  }

  @Test func theButtonsFitTheVerdict() async throws {
    try await withFailures { flow in
      #expect(actions(flow) == ["rerun-flaky", "mark-known", "report-wrong"])
    }
    try await Flow.with(isApp: true) { flow in
      try await flow.finish("lint", id: 4, "error: x\n")
      try await drain(flow)
      #expect(actions(flow) == ["mark-known", "report-wrong"])
    }
  }

  @Test func flakyBuildsAreRunAgainOnceHoweverOftenThePressIsTold() async throws {
    try await withFailures { flow in
      for id in ["p1", "p1", "p2"] { try await flow.press("rerun-flaky", id: id) }
      try await drain(flow)
      try await flow.press("rerun-flaky", id: "p3")
      try await drain(flow)
      #expect(reruns(flow).sorted() == ["jobs/1/rerun", "jobs/2/rerun", "jobs/3/rerun"])
      let audit = try await flow.rows("SELECT who || ': ' || action AS text FROM audit WHERE action LIKE 'run again%' ORDER BY id")
      #expect(audit.count { $0 == "grace: run again: asked for" } == 3)
      #expect(audit.count { $0 == "grace: run again: sent" } == 3)
      // What ran again and failed again in the same way may be run again.
      try await flow.finish("linux", id: 11, Self.flaky, attempt: 2)
      try await drain(flow)
      try await flow.press("rerun-flaky", id: "p4")
      try await drain(flow)
      #expect(reruns(flow).count == 4 && reruns(flow).last == "jobs/11/rerun")
    }
  }

  /// A worker was killed between the request and the note that it was sent.
  @Test func aRequestThatMayHaveArrivedIsNotSentAgain() async throws {
    try await withFailures { flow in
      try await flow.press("rerun-flaky", id: "p1")
      let worker = flow.worker(posting: Self.posting)
      try await worker.drain()
      try await flow.ledger.pool.run { session in
        try session.executeScript("UPDATE rerun SET phase = 'sending', lease_token = 1, lease_worker = -1", name: "the kill")
      }
      try await drain(flow)
      #expect(reruns(flow).count == 3)
      #expect(Set(try await phases(flow)) == ["linux unknown", "mac unknown", "disk unknown"])
      // A new press is a new wish.
      try await flow.press("rerun-flaky", id: "p2")
      try await drain(flow)
      #expect(reruns(flow).count == 6)
    }
  }

  @Test func whatFailsWithoutAnAnswerIsNotSentAgain() async throws {
    try await withFailures { flow in
      flow.world.set { $0.broken = ["POST /repos/o/r/actions/jobs/1/rerun": 502] }
      try await flow.press("rerun-flaky", id: "p1")
      try await drain(flow)
      flow.world.set { $0.broken = [:] }
      try await flow.hurry()
      try await drain(flow)
      #expect(reruns(flow).sorted() == ["jobs/2/rerun", "jobs/3/rerun"])
      #expect(flow.world.requests.count { $0.line == "POST /repos/o/r/actions/jobs/1/rerun" } == 1)
      #expect(try await phases(flow).sorted() == ["disk sent", "linux unknown", "mac sent"])
    }
  }

  /// GitHub runs another job of a run again only once the run has ended.
  @Test func whatIsRefusedForNowIsAskedForLater() async throws {
    try await withFailures { flow in
      flow.world.set { $0.rerunRefusal = "The workflow run containing this job is already running" }
      try await flow.press("rerun-flaky", id: "p1")
      try await drain(flow)
      #expect(reruns(flow).isEmpty)
      #expect(Set(try await phases(flow)) == ["linux pending", "mac pending", "disk pending"])
      // Meanwhile one passed on another attempt, and another proved to be the change's own.
      try await flow.finish("linux", id: 11, "fine\n", conclusion: "success", attempt: 2)
      try await flow.finish("mac", id: 12, "error: y\n", attempt: 2)
      flow.world.set { $0.rerunRefusal = nil }
      try await drain(flow)
      try await flow.hurry()
      try await drain(flow)
      #expect(reruns(flow) == ["jobs/3/rerun"])
      #expect(try await phases(flow).sorted() == ["disk sent", "linux needless", "mac needless"])
    }
  }

  @Test func failuresAreMarkedAsKnownByWhoPressed() async throws {
    try await withFailures { flow in
      try await flow.press("mark-known", by: "grace", id: "p1")
      try await drain(flow)
      #expect(flow.statuses().last == "success: 4 failures, none of them new: 2 flaky, 1 infrastructure, 1 known problem")
      #expect(try await flow.rows("SELECT kind || ' ' || who AS text FROM overrule") == ["known grace"])
      #expect(try await flow.rows("SELECT who AS text FROM audit WHERE action = 'verdict overruled'") == ["grace"])
      // It is about this commit's failures only.
      try await flow.finish("lint", id: 5, "error: x\n", commit: Flow.next)
      try await drain(flow)
      #expect(flow.statuses(Flow.next) == ["failure: 1 of 1 failure needs attention: new"])
    }
  }

  @Test func aWrongVerdictIsKept() async throws {
    try await withFailures { flow in
      for id in ["p1", "p1"] { try await flow.press("report-wrong", id: id) }
      try await drain(flow)
      // Of the two builds that the same pattern decided, one counts.
      #expect(
        try await flow.rows("SELECT pattern_id || ' ' || kind || ' ' || who AS text FROM wrong_report ORDER BY 1") == [
          "build/error new grace", "disk/full infrastructure grace", "net/reset flaky grace",
        ])
      #expect(try await flow.rows("SELECT DISTINCT who AS text FROM audit WHERE action = 'verdict reported as wrong'") == ["grace"])
      #expect(flow.statuses().count == 1)
    }
  }

  /// GitHub shows a check run as queued from the press of its own button until we update it.
  @Test func aCheckRunThatIsAskedForAnewIsUpdatedThoughNothingChanged() async throws {
    try await withFailures { flow in
      func updates() -> Int { flow.world.requests.count { $0.method == "PATCH" && $0.path.contains("check-runs") } }
      #expect(updates() == 0)
      try await flow.press("", action: "rerequested", id: "p1")
      try await drain(flow)
      #expect(updates() == 1)
      #expect(flow.statuses().count == 1)
      #expect(flow.world.state.withLock(\.checks).count == 1)
      try await drain(flow)
      #expect(updates() == 1)
      // All of an app's checks again, delivered twice.
      for _ in 0..<2 {
        try await flow.deliver(
          "check_suite",
          """
          {"action":"rerequested","check_suite":{"id":9,"head_sha":"\(Flow.head)","status":"queued","conclusion":null,
          "app":{"id":4242,"slug":"culprit-app"}},"sender":{"login":"grace"},"repository":{"full_name":"o/r"}}
          """, id: "s1")
      }
      try await drain(flow)
      #expect(updates() == 2)
      #expect(flow.statuses().count == 1)
    }
  }

  @Test func otherButtonsAndCommitsAreIgnored() async throws {
    try await withFailures { flow in
      try await flow.press("format-disk", id: "p1")
      try await flow.press("rerun-flaky", commit: String(repeating: "9", count: 40), id: "p2")
      try await drain(flow)
      #expect(reruns(flow).isEmpty)
      #expect(
        try await flow.rows(
          "SELECT state || ': ' || outcome AS text FROM delivery WHERE external_id LIKE 'p_' ORDER BY external_id") == [
            "ignored: a button that isn't ours", "ignored: no build of commit \(String(repeating: "9", count: 40)) is known",
          ])
    }
  }
}
