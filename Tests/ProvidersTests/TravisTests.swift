import Curl
import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

@Suite struct TravisTests {
  private func travis(_ server: ScriptedServer) throws -> Travis {
    Travis(.impatient(), try Access(base: server.base + "/api", token: "tok"))
  }

  private static func job(_ id: Int, _ state: String, _ more: String = "") -> String {
    #"{"@type":"job","id":\#(id),"number":"123.\#(id)","state":"\#(state)","finished_at":"2026-01-02T03:04:05Z","allow_failure":false\#(more)}"#
  }

  private static func run(_ id: Int, _ state: String, _ jobs: [String], started: String = "2026-01-02T03:00:00Z") -> String {
    """
    {"@type":"build","id":\(id),"number":"123","state":"\(state)","event_type":"pull_request","pull_request_number":17,"started_at":"\(started)",
     "branch":{"name":"main"},"commit":{"id":1,"sha":"\(sha)"},"jobs":[\(jobs.joined(separator: ","))]}
    """
  }

  @Test func jobsAreBuilds() async throws {
    let jobs = [
      Self.job(1, "failed"), Self.job(2, "errored", #","config":{"name":"lint","os":["linux"]}"#),
      Self.job(3, "passed", #","config":["odd"]"#),
      Self.job(4, "canceled"), Self.job(5, "started"), Self.job(6, "failed").replacing("false", with: "true"),
    ]
    let server = try ScriptedServer { request in
      switch (request.path, request.query["offset"]) {
      case ("/api/repo/o%2Fr/builds", "0"):
        .json(
          #"{"@type":"builds","@pagination":{"limit":25,"offset":0,"is_last":false,"next":{"@href":"/x","offset":25,"limit":25}},"builds":[\#(Self.run(77, "started", jobs))]}"#
        )
      case ("/api/repo/o%2Fr/builds", "25"):
        .json(
          #"{"@pagination":{"next":{"offset":50}},"builds":[\#(Self.run(76, "passed", [Self.job(9, "passed")], started: "2025-01-01T00:00:00Z"))]}"#
        )
      case ("/api/build/77", _): .json(Self.run(77, "failed", jobs))
      default: nil
      }
    }
    let travis = try travis(server)
    let listed = try await travis.allBuilds(of: "o/r", since: 1_767_225_600, branch: "main")
    #expect(
      listed.builds.map { "\($0.externalID) \($0.job) \($0.outcome)" } == [
        "1 job 1 failure", "2 lint failure", "3 job 3 success", "4 job 4 canceled",
      ])
    #expect(
      listed.builds.first
        == Build(
          provider: "travis", repository: "o/r", externalID: "1", attempt: 505_019_045, run: "1", commit: sha,
          branch: "main", pullRequest: 17, workflow: "pull_request", job: "job 1", outcome: .failure,
          url: "\(server.base)/o/r/jobs/1", finishedAt: 1_767_323_045))
    #expect(listed.oldestUnfinished == 1_767_322_800 + Travis.usualReach)
    #expect(try await travis.builds(ofRun: "77", of: "o/r") == listed.builds)
    #expect(server.requests.allSatisfy { $0.headers["authorization"] == "token tok" && $0.headers["travis-api-version"] == "3" })
    #expect(server.requests.first?.query["branch.name"] == "main")
    #expect(server.requests.count == 3)
  }

  /// Whoever may write reports may name any build: it must be one of the repository.
  @Test func aReportNamesABuild() async throws {
    let told = Self.run(77, "failed", [Self.job(1, "failed")]).replacing(
      #""branch":"#, with: #""repository":{"id":1,"slug":"o/r"},"branch":"#)
    let server = try ScriptedServer { request in request.path == "/api/build/77" ? .json(told) : nil }
    let travis = try travis(server)
    func report(_ link: String, _ repository: String = "O/r") -> ReportedBuild {
      ReportedBuild(provider: "travis", repository: repository, commit: "", context: "c", link: link, outcome: .failure)
    }
    let link = "https://app.travis-ci.com/github/o/r/builds/77?utm_source=x"
    let builds = try await travis.builds(reported: report(link))
    #expect(builds.map(\.commit) == [sha] && builds.map(\.repository) == ["O/r"])
    #expect(try await travis.builds(reported: report(link, "o/other")) == [])
    #expect(
      try await reason { _ = try await travis.builds(reported: report("https://app.travis-ci.com/github/o/r")) } == .unsupported)
  }

  @Test(arguments: [
    ("failed", 200, "travis_fold:start:x\r\n", nil), ("started", 200, "x", ProviderError.Reason.notReady),
    ("failed", 200, "", .empty),
    ("failed", 403, #"{"@type":"error","error_type":"log_expired","error_message":"We're sorry"}"#, .gone),
    ("failed", 403, #"{"@type":"error","error_type":"log_access_denied","error_message":"No"}"#, .forbidden),
  ]) func aLogIsFetchedWhenItIsThere(state: String, status: Int, log: String, expected: ProviderError.Reason?) async throws {
    let server = try ScriptedServer { request in
      switch request.path {
      case "/api/job/5": .json(Self.job(5, state))
      case "/api/job/5/log.txt": ScriptedServer.Answer(status: status, body: Array(log.utf8))
      default: nil
      }
    }
    let travis = try travis(server)
    // When the job ended, as nothing says when it began; seconds since 2010.
    let build = build("travis", "5", attempt: 505_019_045)
    let reference = try #require(try await travis.logs(of: build).first)
    let fetched = Collected()
    #expect(try await reason { try await travis.fetch(reference, of: build, into: fetched.sink) } == expected)
    if expected == nil { #expect(fetched.text == log) }
  }

  @Test func aRefusalHasTravisWords() async throws {
    let server = try ScriptedServer { _ in
      .json(#"{"@type":"error","error_type":"job_not_cancelable","error_message":"job is running"}"#, status: 409)
    }
    let travis = try travis(server)
    await #expect(
      throws: ProviderError(
        .refused, operation: "run travis job 5 again", detail: "HTTP 409, job_not_cancelable: job is running")
    ) { try await travis.rerun(build("travis", "5")) }
    #expect(server.requests.map(\.path) == ["/api/job/5/restart"])
  }
}
