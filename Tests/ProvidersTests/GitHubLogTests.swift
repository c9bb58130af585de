import ArchiveFixtures
import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Providers

@Suite struct GitHubLogTests {
  private let build = Build(
    provider: "github", repository: "o/r", externalID: "71", attempt: 1, commit: String(repeating: "ab", count: 20), branch: "main",
    pullRequest: nil, workflow: "CI", job: "ci / test (linux)", outcome: .failure, url: nil, finishedAt: nil)
  private let text = Array(String(repeating: "2026-01-02T03:04:05.1234567Z a line of a log\n", count: 5_000).utf8)

  private final class Sink: Sendable {
    let bytes = Mutex<[UInt8]>([])
    var taken: [UInt8] { bytes.withLock { $0 } }
    func take(_ piece: UnsafeRawBufferPointer) { bytes.withLock { $0.append(contentsOf: piece) } }
  }

  private func fetch(_ fixture: GitHubFixture) async throws -> [UInt8] {
    let actions = GitHubActions(try fixture.client())
    let logs = try await actions.logs(of: build)
    #expect(logs == [LogReference(step: "", locator: "71")])
    let sink = Sink()
    try await actions.fetch(logs[0], of: build) { sink.take($0) }
    return sink.taken
  }

  private func reason(_ fixture: GitHubFixture) async -> ProviderError? {
    do {
      _ = try await fetch(fixture)
      return nil
    } catch {
      return error as? ProviderError
    }
  }

  /// The job and its run, without a log.
  private func known(_ fixture: GitHubFixture) {
    fixture.world.set { world in
      world.runs = [GitHubWorld.Run(id: 7, commit: build.commit, createdAt: 1_767_000_000)]
      world.jobs = [GitHubWorld.Job(id: 71, run: 7, completedAt: 1_767_000_600)]
      world.jobs[0].name = build.job
    }
  }

  @Test func theLogComesFromAnotherHostThatNeverSeesTheToken() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { $0.logs[71] = text }
    #expect(try await fetch(fixture) == text)
    let store = try #require(fixture.world.storeRequests.first)
    #expect(store.headers["authorization"] == nil && store.query["sig"] == "secret-signature")
    #expect(fixture.world.requests.first?.headers["authorization"] == "Bearer token")
  }

  @Test func anExpiredLinkIsToldWithoutItsSignature() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { world in
      world.logs[71] = text
      world.linksHold = false
    }
    let error = try #require(await reason(fixture))
    #expect(error.reason == .linkExpired && error.isTransient)
    #expect(error.detail.contains("AuthenticationFailed") && !error.description.contains("secret"))
    // The next try asks for a new link.
    fixture.world.set { $0.linksHold = true }
    #expect(try await fetch(fixture) == text)
  }

  @Test func aLogThatIsNotKeptAnyMoreIsGone() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { $0.goneLogs = [71] }
    #expect(await reason(fixture)?.reason == .gone)
  }

  @Test func aLogThatIsNotThereYetIsNotFound() async throws {
    let fixture = try await GitHubFixture()
    known(fixture)
    let error = try #require(await reason(fixture))
    #expect(error.reason == .notFound && error.isTransient)
  }

  @Test func theLogOfAJobThatRunsIsNotReady() async throws {
    let fixture = try await GitHubFixture()
    known(fixture)
    fixture.world.set { ($0.jobs[0].status, $0.jobs[0].conclusion) = ("in_progress", nil) }
    #expect(await reason(fixture)?.reason == .notReady)
  }

  @Test func anEmptyLogIsNoLog() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { $0.logs[71] = [] }
    #expect(await reason(fixture)?.reason == .empty)
  }

  /// 202: it is being made. 206: a part of it.
  @Test(arguments: [202, 206]) func whatIsPromisedOrAPartIsNoLog(_ status: Int) async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { world in
      world.logs[71] = text
      world.faults = [GitHubWorld.Fault("STORE", GitHubWorld.Answer(status, body: Array("{}".utf8)))]
    }
    #expect(await reason(fixture)?.reason == .notReady)
  }

  @Test func whatTheFileStoreSaysOfAMissingFileIsNoLog() async throws {
    let fixture = try await GitHubFixture()
    known(fixture)
    fixture.world.set { world in
      world.logs[71] = Array("\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>BlobNotFound</Code></Error>".utf8)
    }
    #expect(await reason(fixture)?.reason == .notFound)
    // With its proper status, too.
    fixture.world.set { $0.faults = [GitHubWorld.Fault("STORE", GitHubWorld.Answer(404, body: $0.logs[71] ?? []))] }
    #expect(await reason(fixture)?.detail.contains("BlobNotFound") == true)
    // A log of one short line, and one that begins like the error, are logs.
    for log in ["x", "<?xml version=\"1.0\"?><testsuite/>"] {
      fixture.world.set { $0.logs[71] = Array(log.utf8) }
      #expect(try await fetch(fixture) == Array(log.utf8))
    }
  }

  @Test func theRunsZipStandsInForAJobsLog() async throws {
    let fixture = try await GitHubFixture()
    known(fixture)
    let bytes = ZipBuilder.archive([
      .init("0_ci _ test (macos).txt", Array("another job".utf8)), .init("1_ci _ test (linux).txt", text),
      .init("ci _ test (linux)/1_Set up job.txt", Array("a step".utf8)),
    ])
    fixture.world.set { $0.zips["7/1"] = bytes }
    #expect(try await fetch(fixture) == text)
    #expect(fixture.world.storeRequests.allSatisfy { $0.headers["authorization"] == nil })
  }

  @Test func aZipThatDoesNotHoldTheJobHelpsNot() async throws {
    let fixture = try await GitHubFixture()
    known(fixture)
    let bytes = ZipBuilder.archive([.init("0_ci _ test (macos).txt", Array("another job".utf8))])
    fixture.world.set { $0.zips["7/1"] = bytes }
    #expect(await reason(fixture)?.reason == .notFound)
    fixture.world.set { $0.zips["7/1"] = Array("no zip at all".utf8) }
    #expect(await reason(fixture)?.reason == .malformed)
  }

  @Test func whatTheSinkThrowsEndsTheTransferAndComesBack() async throws {
    struct Full: Error {}
    let fixture = try await GitHubFixture()
    fixture.world.set { $0.logs[71] = text }
    await #expect(throws: Full.self) {
      try await GitHubActions(fixture.client()).fetch(LogReference(step: "", locator: "71"), of: build) { _ in throw Full() }
    }
  }

  @Test func aCutLogIsAnError() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { world in
      world.logs[71] = text
      // As often as a client may try.
      world.faults = (0..<10).map { _ in GitHubWorld.Fault("STORE", GitHubWorld.Answer(200, body: text, breaksAfter: 100_000)) }
    }
    #expect(await reason(fixture)?.reason == .cutShort)
  }
}
