import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

@Suite struct GitHubActionsTests {
  private let commit = String(repeating: "ab", count: 20)
  /// 2026-01-10 00:00 UTC.
  private let now: Double = 1_768_003_200

  private func run(_ id: Int, ago: Double, endedAgo: Double? = nil) -> GitHubWorld.Run {
    GitHubWorld.Run(id: id, commit: commit, createdAt: now - ago, updatedAt: now - (endedAgo ?? max(0, ago - 600)))
  }

  private func job(_ id: Int, run: Int, ago: Double?, _ change: (inout GitHubWorld.Job) -> Void = { _ in }) -> GitHubWorld.Job {
    var job = GitHubWorld.Job(id: id, run: run, completedAt: ago.map { now - $0 })
    change(&job)
    return job
  }

  /// All pages of a listing.
  private func all(_ actions: GitHubActions, since ago: Double, branch: String? = nil) async throws -> (
    builds: [Build], unfinished: Double?
  ) {
    var builds: [Build] = []
    var unfinished: Double?
    var cursor: String?
    repeat {
      let page = try await actions.builds(of: "o/r", BuildQuery(since: now - ago, branch: branch), after: cursor)
      builds += page.builds
      unfinished = [unfinished, page.oldestUnfinished].compactMap { $0 }.min()
      cursor = page.next
    } while cursor != nil
    return (builds, unfinished)
  }

  @Test func everyJobOfEveryAttemptIsABuild() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { world in
      var run = run(7, ago: 3_600)
      (run.attempt, run.branch, run.pulls) = (2, "topic", [17])
      world.runs = [run]
      world.jobs = [
        job(71, run: 7, ago: 3_000) { $0.name = "test (linux, 3.12)" },
        job(72, run: 7, ago: 2_900) { $0.conclusion = "success" },
        job(73, run: 7, ago: 2_900) { ($0.name, $0.conclusion) = ("deploy", "skipped") },
        job(74, run: 7, ago: 2_000) { ($0.name, $0.attempt, $0.conclusion) = ("test (linux, 3.12)", 2, "success") },
      ]
    }
    let actions = GitHubActions(try fixture.client(now: now))
    let listed = try await all(actions, since: 86_400)
    #expect(listed.builds.map(\.externalID) == ["71", "72", "74"])
    #expect(listed.unfinished == nil)
    #expect(
      listed.builds.first
        == Build(
          provider: "github", repository: "o/r", externalID: "71", attempt: 1, run: "7", commit: commit, branch: "topic",
          pullRequest: 17, workflow: "CI", job: "test (linux, 3.12)", outcome: .failure, url: "https://github.com/o/r/actions/runs/7/job/71", finishedAt: now - 3_000
        ))
    #expect(listed.builds.last.map { [$0.attempt] } == [2] && listed.builds.last?.outcome == .success)
    #expect(try await actions.builds(ofRun: "7", of: "o/r") == listed.builds)
  }

  @Test func aRunWithMoreThanAPageOfJobsIsListedWhole() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { world in
      world.runs = [run(7, ago: 3_600)]
      world.jobs = (0..<256).map { index in job(1_000 + index, run: 7, ago: 3_000) { $0.name = "test (\(index))" } }
    }
    let builds = try await GitHubActions(fixture.client(now: now)).builds(ofRun: "7", of: "o/r")
    #expect(Set(builds.map(\.externalID)).count == 256)
  }

  @Test func moreThanAThousandRunsAreListedInPartsOfTime() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { world in
      // 1,345 runs in a day, most of them within an hour.
      world.runs = (0..<1_345).map { index in
        let ago = index < 1_200 ? Double(index) * 3 : Double(index - 1_180) * 240
        return run(index + 1, ago: ago)
      }
      world.jobs = world.runs.map { run in job(run.id * 10, run: run.id, ago: 0) }
    }
    let listed = try await all(GitHubActions(fixture.client(now: now)), since: 86_400)
    #expect(listed.builds.count == 1_345)
    #expect(Set(listed.builds.map(\.externalID)).count == 1_345)
    let listings = fixture.world.requests.filter { $0.path.last == "runs" }
    #expect(listings.count < 60, "\(listings.count) listings")
    #expect(listings.allSatisfy { ($0.query["page"].flatMap { Int($0) } ?? 0) <= 10 })
  }

  @Test func onlyTheBranchAskedForIsListed() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { world in
      world.runs = [run(1, ago: 600), run(2, ago: 600)]
      world.runs[1].branch = "release/2"
      world.jobs = [job(10, run: 1, ago: 0), job(20, run: 2, ago: 0)]
    }
    #expect(
      try await all(GitHubActions(fixture.client(now: now)), since: 3_600, branch: "release/2").builds.map(\.externalID) == ["20"])
  }

  /// GitHub lists runs by when they were created; a second attempt comes days later.
  @Test func anOldRunThatWasRunAgainIsFound() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { world in
      world.runs = [run(1, ago: 2 * 86_400, endedAgo: 60), run(2, ago: 2 * 86_400, endedAgo: 86_400)]
      world.runs[0].attempt = 2
      world.jobs = [
        job(10, run: 1, ago: 2 * 86_400 - 600), job(11, run: 1, ago: 60) { ($0.attempt, $0.conclusion) = (2, "success") },
        job(20, run: 2, ago: 86_400),
      ]
    }
    let builds = try await all(GitHubActions(fixture.client(now: now)), since: 3_600).builds
    #expect(builds.map(\.externalID) == ["11"])
    #expect(!fixture.world.requests.contains { $0.path.contains("2") })
  }

  @Test func whatHasNotFinishedIsToldSoThatALaterListingFindsIt() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { world in
      world.runs = [run(1, ago: 600)]
      (world.runs[0].status, world.runs[0].conclusion) = ("in_progress", nil)
      world.jobs = [job(10, run: 1, ago: 60), job(11, run: 1, ago: nil) { ($0.status, $0.conclusion) = ("in_progress", nil) }]
    }
    let actions = GitHubActions(try fixture.client(now: now), reach: 300)
    let first = try await all(actions, since: 900)
    #expect(first.builds.map(\.externalID) == ["10"])
    #expect(first.unfinished == now - 600 + 300)
    // Two days later, listed from there on, it is found.
    fixture.world.set { world in
      (world.runs[0].status, world.runs[0].conclusion, world.runs[0].updatedAt) = ("completed", "failure", now + 172_800)
      (world.jobs[1].status, world.jobs[1].conclusion, world.jobs[1].completedAt) = ("completed", "failure", now + 172_800)
    }
    let later = GitHubActions(try fixture.client(now: now + 172_900), reach: 300)
    let since = try #require(first.unfinished)
    let page = try await later.builds(of: "o/r", BuildQuery(since: since), after: nil)
    var builds = page.builds
    var cursor = page.next
    while let next = cursor {
      let page = try await later.builds(of: "o/r", BuildQuery(since: since), after: next)
      builds += page.builds
      cursor = page.next
    }
    #expect(builds.map(\.externalID).contains("11"))
  }

  @Test func aWorkflowThatNeverStartedIsAFailureWithoutALog() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { world in
      world.runs = [run(7, ago: 600)]
      (world.runs[0].conclusion, world.runs[0].name) = ("startup_failure", ".github/workflows/ci.yml")
    }
    let actions = GitHubActions(try fixture.client(now: now))
    let build = try #require(try await actions.builds(ofRun: "7", of: "o/r").first)
    #expect(build.externalID == "run-7" && build.outcome == .failure && build.job == ".github/workflows/ci.yml")
    await #expect { try await actions.logs(of: build) } throws: { ($0 as? ProviderError)?.reason == .gone }
    await #expect { try await actions.rerun(build) } throws: { ($0 as? ProviderError)?.reason == .refused }
  }

  @Test func whatIsNoCursorOrRepositoryIsRefused() async throws {
    let fixture = try await GitHubFixture()
    let actions = GitHubActions(try fixture.client(now: now))
    await #expect { try await actions.builds(of: "o/r", BuildQuery(since: 0), after: "x") } throws: {
      ($0 as? ProviderError)?.reason == .malformed
    }
    for project in ["o", "o/r/../x", "../r", ""] {
      await #expect { try await actions.builds(of: project, BuildQuery(since: now), after: nil) } throws: {
        ($0 as? ProviderError)?.reason == .malformed
      }
    }
    #expect(fixture.world.requests.isEmpty)
  }

  private func build(_ id: String) -> Build {
    Build(
      provider: "github", repository: "o/r", externalID: id, attempt: 1, commit: commit, branch: "main", pullRequest: nil,
      workflow: "CI",
      job: "test", outcome: .failure, url: nil, finishedAt: nil)
  }

  @Test func jobsAreRunAgain() async throws {
    let fixture = try await GitHubFixture()
    let actions = GitHubActions(try fixture.client(now: now))
    try await actions.rerun(build("71"))
    try await actions.rerunFailedJobs(ofRun: 7, of: "o/r")
    #expect(fixture.world.state.withLock(\.reruns) == ["jobs/71/rerun", "runs/7/rerun-failed-jobs"])
  }

  @Test(arguments: [
    ("Unable to retry this workflow run because it was created over a month ago", ProviderError.Reason.refused),
    ("The workflow run containing this job is already running", .refused),
    ("Resource not accessible by integration", .forbidden), ("Must have admin rights to Repository.", .forbidden),
  ]) func aRefusalToRunAgainIsToldInGitHubsWords(words: String, reason: ProviderError.Reason) async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { $0.rerunRefusal = words }
    await #expect { try await GitHubActions(fixture.client(now: now)).rerun(build("71")) } throws: {
      ($0 as? ProviderError)?.reason == reason && ($0 as? ProviderError)?.detail.contains(words) == true
    }
  }
}
