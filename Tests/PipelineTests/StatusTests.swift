import Foundation
import Model
import Pipeline
import Store
import TestSupport
import Testing

/// From a notification to the status on the commit: the real stages, a real database, and a GitHub on loopback.
@Suite struct StatusTests {
  @Test func aFlakyFailureIsGreen() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "a\nconnection reset by peer\n")
      try await flow.worker().drain()
      #expect(flow.statuses() == ["success: 1 failure, not new: flaky"])
      // Nothing happened since: nothing is posted.
      try await flow.worker().drain()
      #expect(flow.statuses().count == 1)
    }
  }

  @Test func mixedFailuresAreTold() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "connection reset\n")
      try await flow.finish("mac", id: 2, "error: no such type\n")
      try await flow.finish("docs", id: 3, "something odd\nexit code 1\n")
      try await flow.finish("disk", id: 4, "no space left\n")
      try await flow.finish("lint", id: 5, nil)
      try await flow.finish("style", id: 6, "fine\n", conclusion: "success")
      try await flow.worker().drain()
      #expect(
        flow.statuses() == ["failure: 3 of 5 failures need attention: 1 new, 1 unknown, 1 unread (1 flaky, 1 infrastructure)"])
    }
  }

  @Test func deliveriesMayComeTwiceAndInAnyOrder() async throws {
    try await Flow.with { flow in
      for delivery in ["x", "x", "y"] { try await flow.finish("linux", id: 1, "connection reset\n", delivery: delivery) }
      try await flow.worker().drain()
      #expect(flow.statuses() == ["success: 1 failure, not new: flaky"])
    }
  }

  @Test func aFailureThatPassesOnANewAttemptIsTakenBack() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "error: x\n")
      try await flow.worker().drain()
      try await flow.finish("linux", id: 2, "fine\n", conclusion: "success", attempt: 2)
      try await flow.worker().drain()
      #expect(flow.statuses() == ["failure: 1 of 1 failure needs attention: new", "success: No failures"])
    }
  }

  /// What passing builds say, too, is no excuse.
  @Test func sampledPassingBuildsMakeAPatternSuspect() async throws {
    try await Flow.with { flow in
      var rules = HealthRules()
      (rules.sampledShare, rules.suspectSamples) = (1, 5)
      try await flow.finish("linux", id: 1, "connection reset\n")
      try await flow.worker(health: rules).drain()
      #expect(flow.statuses() == ["success: 1 failure, not new: flaky"])
      for id in 2...6 {
        try await flow.finish(
          "nightly", id: id, "connection reset\nwell \(id)\n", conclusion: "success", commit: Flow.base, attempt: id)
      }
      try await flow.worker(health: rules).drain()
      #expect(flow.statuses().last == "failure: 1 of 1 failure needs attention: new")
      #expect(flow.statuses(Flow.base).isEmpty, "nothing failed there")
    }
  }

  @Test func nothingIsSaidWhereNothingFailed() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "fine\n", conclusion: "success")
      try await flow.worker().drain()
      #expect(flow.statuses() == [])
    }
  }

  @Test func theSameFailureAtTheBaseIsUpstream() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "error: broken main\n", commit: Flow.base, branch: "main")
      try await flow.worker().drain()
      #expect(flow.statuses(Flow.base) == ["failure: 1 of 1 failure needs attention: new"])
      try await flow.finish("linux", id: 2, "error: broken main\n")
      try await flow.finish("mac", id: 3, "error: something of its own\n")
      try await flow.worker().drain()
      #expect(flow.statuses() == ["failure: 1 of 2 failures needs attention: 1 new (1 upstream)"])
    }
  }

  /// The base's failure may be known later than the head's.
  @Test func whatTheBaseTellsLaterCounts() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 2, "error: broken main\n")
      try await flow.worker().drain()
      try await flow.finish("linux", id: 1, "error: broken main\n", commit: Flow.base, branch: "main")
      try await flow.worker().drain()
      #expect(flow.statuses() == ["failure: 1 of 1 failure needs attention: new", "success: 1 failure, not new: upstream"])
    }
  }

  /// A base that is known in part excuses nothing; one that passes on another attempt excuses nothing any more.
  @Test func aBaseExcusesOnlyWhatItProves() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "error: broken main\n", commit: Flow.base, branch: "main")
      try await flow.worker().drain()
      try await flow.ledger.pool.run { session in
        try session.executeScript("UPDATE log SET fetch_state = 'too_large'", name: "cut")
      }
      try await flow.finish("linux", id: 2, "error: broken main\n")
      try await flow.worker().drain()
      #expect(flow.statuses() == ["failure: 1 of 1 failure needs attention: new"])
      try await flow.finish("linux", id: 3, "error: broken main\n", commit: Flow.base, attempt: 2, branch: "main")
      try await flow.worker().drain()
      #expect(flow.statuses().last == "success: 1 failure, not new: upstream")
      try await flow.finish("linux", id: 4, "fine\n", conclusion: "success", commit: Flow.base, attempt: 3, branch: "main")
      try await flow.worker().drain()
      #expect(flow.statuses().last == "failure: 1 of 1 failure needs attention: new")
    }
  }

  /// The nearest commit where the job ran is farther away than the base.
  @Test func anAncestorThatPassesExcusesNothingAnyMore() async throws {
    let first = String(repeating: "a", count: 40)
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "error: broken main\n", commit: first, branch: "main")
      try await flow.finish("linux", id: 2, "error: broken main\n")
      try await flow.worker().drain()
      #expect(flow.statuses() == ["success: 1 failure, not new: upstream"])
      // Another job of it changes nothing.
      try await flow.finish("mac", id: 3, "fine\n", conclusion: "success", commit: first, branch: "main")
      try await flow.worker().drain()
      #expect(flow.statuses().count == 1)
      try await flow.finish("linux", id: 4, "fine\n", conclusion: "success", commit: first, attempt: 2, branch: "main")
      try await flow.worker().drain()
      #expect(flow.statuses().last == "failure: 1 of 1 failure needs attention: new")
    }
  }

  /// The last finding is the base's, one before it is not.
  @Test func aFailureBesideOneOfTheBaseIsNew() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "error: broken main\n", commit: Flow.base, branch: "main")
      try await flow.finish("linux", id: 2, "error: broken here\nerror: broken main\n")
      try await flow.worker().drain()
      #expect(flow.statuses() == ["failure: 1 of 1 failure needs attention: new"])
    }
  }

  /// A push and a pull request run the same workflow on the same commit, but not on the same code.
  @Test func whatPassedInAnotherRunProvesNothing() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "connection reset\n", run: 1)
      try await flow.finish("linux", id: 2, "fine\n", conclusion: "success", attempt: 2, run: 1)
      try await flow.finish("linux", id: 3, "error: broken here\n", run: 2)
      try await flow.worker().drain()
      #expect(flow.statuses() == ["failure: 1 of 1 failure needs attention: new"])
    }
  }

  @Test func aKnownProblemExcusesItsJobsFromItsCommitOn() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "error: x\n")
      try await flow.finish("mac", id: 2, "error: y\n")
      try await flow.worker().drain()
      let id = try await flow.ledger.store.add(
        KnownProblem(
          repository: "o/r", jobs: ["li*"], branch: "main", fromCommit: Flow.base, reason: "the mirror is down", who: "ada"))
      // A problem that begins later covers nothing here.
      _ = try await flow.ledger.store.add(
        KnownProblem(repository: "o/r", jobs: ["mac"], fromCommit: Flow.next, reason: "not yet", who: "ada"))
      try await flow.worker().drain()
      try await flow.ledger.store.resolveKnownProblem(id, untilCommit: Flow.head, who: "ada")
      try await flow.worker().drain()
      #expect(
        flow.statuses() == [
          "failure: 2 of 2 failures need attention: 2 new", "failure: 1 of 2 failures needs attention: 1 new (1 known problem)",
          "failure: 2 of 2 failures need attention: 2 new",
        ])
    }
  }

  @Test func aPersonsWordStands() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "error: x\n")
      try await flow.worker().drain()
      try await flow.ledger.store.overrule(
        Store.CommitName(repository: "o/r", commit: Flow.head), job: "CI/linux", kind: .flaky, who: "ada", reason: "seen on main")
      try await flow.worker().drain()
      #expect(flow.statuses().last == "success: 1 failure, not new: flaky")
    }
  }

  @Test func aHeadThatMovedOnIsLeftAlone() async throws {
    try await Flow.with { flow in
      try await flow.pull(head: Flow.head)
      try await flow.worker().drain()
      try await flow.pull(head: Flow.next)
      try await flow.finish("linux", id: 1, "error: x\n")
      try await flow.finish("linux", id: 2, "connection reset\n", commit: Flow.next)
      try await flow.worker().drain()
      #expect(flow.statuses() == [])
      #expect(flow.statuses(Flow.next) == ["success: 1 failure, not new: flaky"])
    }
  }

  // MARK: - Faults

  @Test func whatFailsIsTriedAgain() async throws {
    try await Flow.with { flow in
      flow.world.set { state in
        state.faults = [
          GitHubWorld.Fault("GET /repos/o/r/actions/jobs/1/logs", .init(200, body: Array("half".utf8), breaksAfter: 2)),
          GitHubWorld.Fault("POST /repos/o/r/statuses", .error(500, "broken")),
        ]
      }
      try await flow.finish("linux", id: 1, "connection reset\n")
      // Waits are over at once.
      var plan = RetryPlan()
      plan.firstWait = 0
      try await flow.worker(plan: plan).drain()
      try await flow.worker(plan: plan).drain()
      #expect(flow.statuses() == ["success: 1 failure, not new: flaky"])
    }
  }

  /// A worker died between sending a status and writing down that it was sent.
  @Test func aStatusThatArrivedIsNotSentAgain() async throws {
    try await Flow.with { flow in
      try await flow.finish("linux", id: 1, "connection reset\n")
      try await flow.worker().drain()
      try await flow.ledger.pool.run { session in
        _ = try session.execute("UPDATE status_post SET phase = 'sending', answered_at = NULL")
      }
      try await flow.finish("mac", id: 2, "fine\n", conclusion: "success")
      try await flow.worker().drain()
      #expect(flow.statuses().count == 1)
      // One that never arrived is sent.
      flow.world.set { $0.statuses = [] }
      try await flow.ledger.pool.run { session in
        _ = try session.execute("UPDATE status_post SET phase = 'sending', answered_at = NULL")
      }
      try await flow.finish("windows", id: 3, "fine\n", conclusion: "success")
      try await flow.worker().drain()
      #expect(flow.statuses() == ["success: 1 failure, not new: flaky"])
    }
  }

  @Test func oneCommentIsEditedInPlace() async throws {
    try await Flow.with { flow in
      var posting = Flow.posting
      posting.comments = RepositoryList("o/*")
      try await flow.pull(head: Flow.head)
      try await flow.finish("linux", id: 1, "error: `x` | <b>@everyone</b>\n")
      try await flow.worker(posting: posting).drain()
      #expect(flow.comments().count == 1)
      #expect(flow.comments()[0].contains("1 of 1 failure needs attention: new"))
      try await flow.finish("mac", id: 2, "connection reset\n")
      try await flow.worker(posting: posting).drain()
      #expect(flow.comments().count == 1)
      #expect(flow.comments()[0].contains("1 of 2 failures needs attention: 1 new (1 flaky)"))
    }
  }
}
