import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

/// What GitHub does on bad days, and what of it reaches the caller.
@Suite struct GitHubFaultTests {
  private func error(_ fixture: GitHubFixture, _ credential: GitHubCredential = .token("token")) async -> ProviderError? {
    do {
      _ = try await GitHubCodeHost(fixture.client(credential)).defaultBranch(of: "o/r")
      return nil
    } catch {
      return error as? ProviderError
    }
  }

  private func fixture(_ answers: GitHubWorld.Answer...) async throws -> GitHubFixture {
    let fixture = try await GitHubFixture()
    // As often as a client may try.
    fixture.world.set { $0.faults = (0..<10).flatMap { _ in answers.map { GitHubWorld.Fault("/repos/o/r", $0) } } }
    return fixture
  }

  @Test(arguments: [
    (429, ["Retry-After": "3600"], "slow down"),
    (403, ["Retry-After": "3600"], "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."),
    (403, ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"], "API rate limit exceeded for user ID 1."),
  ]) func limitsTellUntilWhen(status: Int, headers: [String: String], message: String) async throws {
    let error = try #require(await error(try await fixture(.error(status, message, headers: headers))))
    #expect(error.reason == .rateLimited && error.isTransient)
    #expect(try #require(error.retryAt) > Date().timeIntervalSince1970 + 3_000)
  }

  @Test func aServerThatComesBackIsAskedAgain() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set {
      $0.faults = [
        GitHubWorld.Fault("/repos", .error(502, "Bad Gateway")), GitHubWorld.Fault("/repos", .error(503, "Unavailable")),
      ]
    }
    #expect(await error(fixture) == nil)
  }

  @Test func aServerThatKeepsFailingIsTold() async throws {
    #expect(await error(try await fixture(.error(500, "Server Error")))?.reason == .serverError)
    #expect(
      await error(try await fixture(GitHubWorld.Answer(502, body: Array("<html>Unicorn!</html>".utf8))))?.reason == .serverError)
  }

  @Test func aBodyThatIsCutIsToldAsThat() async throws {
    let body = Array(#"{"default_branch":"main","padding":"\#(String(repeating: "x", count: 100_000))"}"#.utf8)
    #expect(await error(try await fixture(GitHubWorld.Answer(200, body: body, breaksAfter: 50_000)))?.reason == .cutShort)
  }

  @Test(arguments: ["", "null", "[]", "{}", #"{"default_branch":7}"#, "<html>"]) func answersThatAreNotUnderstoodNameTheMember(
    body: String
  ) async throws {
    let error = try #require(await error(try await fixture(GitHubWorld.Answer(200, body: Array(body.utf8)))))
    #expect(error.reason == .malformed && !error.isTransient)
    #expect(!error.detail.contains("<") && !error.detail.isEmpty)
  }

  @Test(arguments: [
    (401, ProviderError.Reason.unauthorized), (403, .forbidden), (404, .notFound), (410, .gone), (422, .refused), (451, .malformed),
  ])
  func refusalsAreToldApart(status: Int, reason: ProviderError.Reason) async throws {
    let error = try #require(await error(try await fixture(.error(status, "no\nand no\u{1B}[31m"))))
    #expect(error.reason == reason)
    // One line, and nothing that moves a cursor.
    #expect(error.description.contains("no and no") && !error.description.unicodeScalars.contains { $0.value < 32 })
  }

  @Test func fieldsThatGitHubFindsWrongAreNamed() async throws {
    let body: [String: Any] = [
      "message": "Validation Failed", "errors": [["resource": "Status", "code": "missing_field", "field": "context"], "and more"],
    ]
    #expect(
      await error(try await fixture(.json(422, body)))?.detail
        == "HTTP 422, Validation Failed: Status context missing_field: and more")
  }

  @Test func anotherHostGetsNoTokenAndIsNotBelieved() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { world in
      world.logs[5] = Array(#"{"default_branch":"elsewhere"}"#.utf8)
      world.faults = [
        GitHubWorld.Fault("/repos", GitHubWorld.Answer(301, headers: ["Location": "\(world.store)/job/5?sig=secret-signature"]))
      ]
    }
    #expect(await error(fixture)?.detail == "answered by another host")
    #expect(fixture.world.storeRequests.count == 1 && fixture.world.storeRequests[0].headers["authorization"] == nil)
  }

  @Test func aNextPageOnAnotherHostIsNotAskedFor() async throws {
    let fixture = try await GitHubFixture()
    fixture.world.set { world in
      world.faults = [GitHubWorld.Fault("/statuses", .json(200, [], headers: ["Link": "<\(world.store)/x>; rel=\"next\""]))]
    }
    let commit = String(repeating: "a", count: 40)
    await #expect { try await GitHubCodeHost(fixture.client()).statuses(of: commit, in: "o/r") } throws: {
      ($0 as? ProviderError)?.reason == .malformed
    }
    #expect(fixture.world.storeRequests.isEmpty)
  }

  @Test func whatHasNotChangedIsNotSentAgain() async throws {
    let fixture = try await GitHubFixture()
    let host = GitHubCodeHost(try fixture.client())
    #expect(try await host.defaultBranch(of: "o/r") == "main")
    #expect(try await host.defaultBranch(of: "o/r") == "main")
    fixture.world.set { $0.defaultBranch = "trunk" }
    #expect(try await host.defaultBranch(of: "o/r") == "trunk")
    #expect(fixture.world.requests.map { $0.headers["if-none-match"] != nil } == [false, true, true])
  }

  @Test func aHostThatIsNotThereIsUnreachable() async throws {
    let fixture = try await GitHubFixture()
    let port = try DeafPort()
    let client = try fixture.client(at: port.url)
    await #expect { try await GitHubCodeHost(client).defaultBranch(of: "o/r") } throws: {
      ($0 as? ProviderError)?.reason == .unreachable
    }
  }

  @Test func aStatusIsNotPostedTwiceWhereItMayHaveBeenPosted() async throws {
    let fixture = try await fixture(
      GitHubWorld.Answer(201, body: Array("{".utf8) + Array(repeating: 32, count: 1_000), breaksAfter: 500))
    let commit = String(repeating: "a", count: 40)
    await #expect {
      try await GitHubCodeHost(fixture.client()).post(CommitStatus(.success, description: "No failures"), on: commit, in: "o/r")
    } throws: {
      ($0 as? ProviderError)?.isTransient == true
    }
    #expect(fixture.world.requests.count == 1)
  }
}
