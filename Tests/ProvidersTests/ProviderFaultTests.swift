import Curl
import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Providers

/// What goes wrong between us and a provider, each by its own reason.
@Suite struct ProviderFaultTests {
  private func gitlab(_ server: ScriptedServer) throws -> GitLab {
    GitLab(.impatient(), try Access(base: server.base, token: "s3cret"))
  }

  private func error(_ answer: ScriptedServer.Answer) async throws -> ProviderError? {
    let server = try ScriptedServer { _ in answer }
    let gitlab = try gitlab(server)
    do {
      _ = try await gitlab.builds(of: "o/r", BuildQuery(since: 0), after: nil)
      return nil
    } catch let error as ProviderError {
      return error
    }
  }

  @Test(arguments: [
    (400, ProviderError.Reason.malformed), (401, .unauthorized), (403, .forbidden), (404, .notFound), (408, .timedOut),
    (410, .gone),
    (429, .rateLimited), (500, .serverError), (502, .serverError), (503, .serverError), (504, .serverError),
  ]) func eachStatusHasItsReason(status: Int, expected: ProviderError.Reason) async throws {
    let error = try #require(try await error(.json(#"{"message":"words of the server"}"#, status: status)))
    #expect(error.reason == expected)
    #expect(!error.description.contains("s3cret"))
  }

  @Test func aLimitSaysUntilWhen() throws {
    func failure(_ status: Int, _ headers: [String: String]) -> ProviderFailure {
      ProviderFailure(status: status, isRead: true, isOwn: true, header: { headers[$0] }, body: Data(), now: 1_700_000_000)
    }
    #expect(failure(429, ["Retry-After": "30"]).retryAt == 1_700_000_030)
    #expect(failure(503, ["Retry-After": "30"]).retryAt == 1_700_000_030)
    #expect(failure(429, ["RateLimit-Remaining": "0", "RateLimit-Reset": "1700000060"]).retryAt == 1_700_000_060)
    #expect(failure(429, ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "60"]).retryAt == 1_700_000_060)
    #expect(failure(403, ["RateLimit-Remaining": "0"]).reason == .rateLimited)
    #expect(failure(403, ["RateLimit-Remaining": "5"]).reason == .forbidden)
    // Nobody makes us wait for longer than a day, or in the past.
    #expect(failure(429, ["Retry-After": "1e300"]).retryAt == 1_700_086_400)
    #expect(failure(429, ["Retry-After": "-5"]).retryAt == 1_700_000_000)
    #expect(failure(429, ["Retry-After": "nan"]).retryAt.map { $0 >= 1_700_000_000 } ?? true)
  }

  /// The client doesn't wait that long, and asks nobody until then.
  @Test func aLongWaitIsGivenBack() async throws {
    let server = try ScriptedServer { _ in .json("{}", status: 429, headers: ["Retry-After": "3600"]) }
    let gitlab = try gitlab(server)
    for _ in 0..<2 {
      do {
        _ = try await gitlab.builds(of: "o/r", BuildQuery(since: 0), after: nil)
        Issue.record("no error")
      } catch let error as ProviderError {
        #expect(error.reason == .rateLimited)
        let until = try #require(error.retryAt)
        #expect(abs(until - Date().timeIntervalSince1970 - 3_600) < 60)
      }
    }
    #expect(server.requests.count == 1)
  }

  @Test func whatPassesIsTriedAgain() async throws {
    let tries = Mutex(0)
    let server = try ScriptedServer { _ in
      tries.withLock {
        $0 += 1; return $0
      } < 3 ? .json("{}", status: 502) : .json("[]")
    }
    #expect(try await gitlab(server).allBuilds(of: "o/r").builds == [])
    #expect(server.requests.count == 3)
  }

  /// Twice run again is once too often.
  @Test func runningAgainIsAskedForOnce() async throws {
    let server = try ScriptedServer { _ in .json("{}", status: 502) }
    let gitlab = try gitlab(server)
    #expect(try await reason { try await gitlab.rerun(build("gitlab", "8")) } == .serverError)
    #expect(server.requests.count == 1)
  }

  @Test func onlyTheMessageOfAFailureIsTold() {
    func detail(_ body: String, isOwn: Bool = true) -> String {
      ProviderFailure(status: 404, isRead: true, isOwn: isOwn, header: { _ in nil }, body: Data(body.utf8), now: 0).detail
    }
    #expect(detail(#"{"message":"Project\u001b[31m not\nfound","secret":"x"}"#) == "HTTP 404, Project [31m not found")
    #expect(detail(#"{"error":"denied"}"#) == "HTTP 404, denied")
    #expect(detail(#"{"message":{"base":["x"]}}"#) == "HTTP 404")
    #expect(detail("<html>token=x</html>") == "HTTP 404")
    #expect(detail(#"{"message":"signed"}"#, isOwn: false) == "HTTP 404")
    #expect(detail(#"{"message":"\#(String(repeating: "é", count: 1_000))"}"#).utf8.count <= 320)
  }

  @Test func aCutAnswerIsNoAnswer() async throws {
    let body = Array("[]".utf8) + [UInt8](repeating: 0x20, count: 1_000)
    #expect(try await error(ScriptedServer.Answer(body: body, cutAfter: 500))?.reason == .cutShort)
  }

  @Test func nobodyThereIsUnreachable() async throws {
    let port = try DeafPort()
    let gitlab = GitLab(.impatient(), try Access(base: port.url))
    #expect(try await reason { _ = try await gitlab.builds(of: "o/r", BuildQuery(since: 0), after: nil) } == .unreachable)
  }

  @Test(arguments: [
    ("", "it is no JSON"), ("{}", "the whole is of another type"), ("[{}]", "[0].id is missing"),
    (#"[{"id":"sEcReT"}]"#, "[0].id is of another type"), (#"[{"id":1,"sha":"sEcReT"}]"#, "[0].sha has no such value"),
    (#"[{"id":1,"sha":null}]"#, "[0].sha is null"),
  ]) func whatIsMissingIsNamed(body: String, words: String) async throws {
    let error = try #require(try await error(.json(body)))
    #expect(error.reason == .malformed)
    #expect(error.detail == words)
  }

  @Test func aTokenIsNeverPrinted() throws {
    let access = try Access(base: "https://gitlab.example/api/v4", token: "s3cret")
    #expect("\(access)" == "https://gitlab.example/api/v4, with a token")
    #expect(!String(reflecting: access).contains("s3cret"))
    var text = ""
    dump(access, to: &text)
    #expect(!text.contains("s3cret"))
  }

  @Test func namesFromOutsideAreBounded() {
    #expect(OutsideName("a\u{0}b\u{1B}[31m\u{85}c").text == "a b [31m c")
    #expect(OutsideName(String(repeating: "é", count: 5_000)).text.utf8.count == OutsideName.longest)
    #expect(OutsideName("aé", atMost: 2).text == "a")
  }

  @Test(arguments: [
    ("https://github.com/o/r.git", "o/r"), ("https://user@github.com/o/r/", "o/r"), ("git@github.com:o/r.git", "o/r"),
    ("ssh://git@gitlab.example:2222/g/s/p.git", "g/s/p"), ("git://host/o/r", "o/r"), ("host:o/r", "o/r"), ("o/r", nil),
    ("https://github.com/r", nil), ("git@github.com:../r", nil), ("", nil), ("/srv/git/o/r.git", nil),
  ]) func remotesNameRepositories(remote: String, path: String?) { #expect(RepositoryPath.ofRemote(remote) == path) }

  @Test(
    arguments: [
      ("2026-01-02T03:04:05Z", 1_767_323_045), ("2026-01-02T03:04:05.500Z", 1_767_323_045.5),
      ("2026-01-02T04:04:05+01:00", 1_767_323_045),
      ("2026-01-02 03:04:05 UTC", 1_767_323_045), ("yesterday", nil), ("", nil), (" UTC", nil),
    ] as [(String, Double?)]) func momentsAreSpelledInManyWays(text: String, seconds: Double?)
  { #expect(Moment(text)?.seconds == seconds) }
}
