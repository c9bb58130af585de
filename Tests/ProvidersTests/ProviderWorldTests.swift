import Curl
import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

/// What holds of every CI system, asked in its own words.
@Suite struct ProviderWorldTests {
  private func with(_ system: CIWorld.System, _ body: (CIWorld, any Provider) async throws -> Void) async throws {
    let world = CIWorld(system)
    let servers = try world.serve()
    let access = try Access(base: servers.api.url + system.basePath, token: CIWorld.token)
    let provider: any Provider =
      switch system {
      case .github:
        GitHubActions(GitHubClient(.impatient(), base: access.base, credential: .token(CIWorld.token)) { world.read(\.now) })
      case .circleci: CircleCI(.impatient(), access)
      case .gitlab: GitLab(.impatient(), access)
      case .buildkite: Buildkite(.impatient(), access)
      case .jenkins: Jenkins(.impatient(), access)
      case .travis: Travis(.impatient(), access)
      }
    try await body(world, provider)
    withExtendedLifetime(servers) {}
  }

  private static let time: Double = 1_767_320_000

  /// Which attempt a build is must not depend on who asks.
  @Test(arguments: CIWorld.System.allCases) func aRunAndAListingGiveTheSameBuilds(system: CIWorld.System) async throws {
    try await with(system) { world, provider in
      for run in 1...30 {
        world.finish("linux", run: run, at: Self.time + Double(run))
        world.finish("mac", run: run, .success, at: Self.time + Double(run))
      }
      let first = try #require(world.read { $0.jobs.first?.id })
      let again = world.rerun(first, at: Self.time + 100)
      world.end(again, .failure, log: "x", at: Self.time + 200)
      if !system.restartsInPlace {
        let third = world.rerun(again, at: Self.time + 300)
        world.end(third, .success, log: "x", at: Self.time + 400)
      }
      let listed = try await provider.allBuilds(of: system.project, since: Self.time - 86_400).builds
      #expect(listed.count == world.read { $0.jobs.count })
      #expect(Set(listed.map { "\($0.externalID) \($0.attempt)" }).count == listed.count)
      let linux = listed.filter { $0.job == "linux" && $0.commit.hasSuffix("00001") }.sorted { $0.attempt < $1.attempt }
      #expect(linux.map(\.outcome) == (system.restartsInPlace ? [.failure] : [.failure, .failure, .success]))
      guard let run = world.runID(1) else { return }
      let told = try await provider.builds(ofRun: run, of: CIWorld.repository)
      #expect(told.sorted(by: order) == listed.filter { $0.commit.hasSuffix("00001") }.sorted(by: order))
    }
  }

  private func order(_ one: Build, _ other: Build) -> Bool { (one.externalID, one.attempt) < (other.externalID, other.attempt) }

  @Test(arguments: CIWorld.System.allCases) func onlyABranchIsListedIfOneIsWanted(system: CIWorld.System) async throws {
    try await with(system) { world, provider in
      for (run, branch) in ["main", "topic", "main"].enumerated() {
        let job = world.begin("linux", run: run + 1, branch: branch, at: Self.time)
        world.end(job, .failure, log: "x", at: Self.time + 60)
      }
      let listed = try await provider.allBuilds(of: system.project, since: Self.time - 86_400, branch: "topic").builds
      #expect(listed.map(\.branch) == ["topic"])
    }
  }

  @Test(arguments: CIWorld.System.allCases) func aTokenThatIsNotTakenIsToldAsThat(system: CIWorld.System) async throws {
    try await with(system) { world, provider in
      let answer = system == .travis ? WorldAnswer.json(403, ["error_type": "login_required"]) : .json(401, ["message": "no"])
      world.set { $0.faults = [WorldFault("GET", answer)] }
      let reason = try await reason { _ = try await provider.builds(of: system.project, BuildQuery(since: 0), after: nil) }
      #expect(reason == (system == .travis ? .forbidden : .unauthorized))
    }
  }

  @Test(arguments: CIWorld.System.allCases.filter(\.reruns)) func whatRunsIsNotRunAgain(system: CIWorld.System) async throws {
    try await with(system) { world, provider in
      world.finish("linux", at: Self.time)
      let build = try #require(try await provider.allBuilds(of: system.project, since: Self.time - 86_400).builds.first)
      try await provider.rerun(build)
      let count = world.read { $0.jobs.count }
      #expect(count == (system.restartsInPlace ? 1 : 2))
      // GitHub takes it, as it would for another job of the run.
      guard system != .github else { return }
      let reason = try await reason { try await provider.rerun(build) }
      #expect(reason == .refused)
      #expect(world.read { $0.jobs.count } == count)
    }
  }
}
