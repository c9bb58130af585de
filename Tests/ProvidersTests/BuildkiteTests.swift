import Curl
import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

@Suite struct BuildkiteTests {
  private func buildkite(_ server: ScriptedServer) throws -> Buildkite {
    Buildkite(.impatient(), try Access(base: server.base + "/v2", token: "bkua"))
  }

  private static let path = "/v2/organizations/acme/pipelines/p/builds"

  private static func uuid(_ number: Int) -> String { "b63254c0-3271-4a98-8270-00000000000\(number)" }

  private static func job(_ number: Int, _ state: String, _ more: String = "") -> String {
    """
    {"id":"\(uuid(number))","type":"script","name":":rspec: Test","step_key":"test","state":"\(state)","soft_failed":false,"exit_status":1,
     "started_at":"2026-01-02T03:00:00.000Z","finished_at":"2026-01-02T03:04:05.000Z","web_url":"https://buildkite.com/acme/p/builds/12#\(number)"\(more)}
    """
  }

  private static func run(_ jobs: [String], state: String = "failed", commit: String = sha) -> String {
    """
    {"id":"f","number":12,"state":"\(state)","commit":"\(commit)","branch":"topic","created_at":"2026-01-02T02:00:00.000Z",
     "pull_request":{"id":"17","base":"main"},"pipeline":{"slug":"p","repository":"https://github.com/o/r.git"},"jobs":[\(jobs.joined(separator: ","))]}
    """
  }

  @Test func jobsAreBuildsAndRetriesAttempts() async throws {
    let jobs = [
      // Told by the retried one, and by the retrying one.
      Self.job(1, "failed", #","retried":true,"retried_in_job_id":"\#(Self.uuid(2))""#),
      Self.job(3, "passed", #","retry_source":{"job_id":"\#(Self.uuid(2))","retry_type":"manual"}"#),
      Self.job(2, "timed_out"), Self.job(4, "failed", #","parallel_group_index":0,"parallel_group_total":2"#),
      Self.job(5, "failed", #","soft_failed":true"#).replacing(#""soft_failed":false,"#, with: ""),
      #"{"id":"x","type":"waiter"}"#, #"{"id":"y","type":"manual","state":"blocked","name":null}"#, Self.job(6, "broken"),
      Self.job(7, "canceled"),
    ]
    let server = try ScriptedServer { request in request.path == "\(Self.path)/12" ? .json(Self.run(jobs)) : nil }
    let builds = try await buildkite(server).builds(ofRun: "acme/p/12", of: "o/r")
    #expect(
      builds.map { "\($0.externalID.suffix(1)) \($0.job) \($0.attempt) \($0.outcome)" } == [
        "1 :rspec: Test 1 failure", "3 :rspec: Test 3 success", "2 :rspec: Test 2 timedOut", "4 :rspec: Test (1 of 2) 1 failure",
        "7 :rspec: Test 1 canceled",
      ])
    #expect(
      builds.first
        == Build(
          provider: "buildkite", repository: "o/r", externalID: "acme/p/12/\(Self.uuid(1))", attempt: 1, run: Self.uuid(1),
          commit: sha, branch: "topic", pullRequest: 17, workflow: "p", job: ":rspec: Test", outcome: .failure,
          url: "https://buildkite.com/acme/p/builds/12#1",
          finishedAt: 1_767_323_045))
    #expect(
      server.requests.allSatisfy { $0.headers["authorization"] == "Bearer bkua" && $0.query["include_retried_jobs"] == "true" })
  }

  /// Done once, and the answer is lost: the second time Buildkite would refuse, and it would look as if it had never been done.
  @Test func runningAgainIsAskedForOnce() async throws {
    let server = try ScriptedServer { _ in ScriptedServer.Answer(status: 502, body: []) }
    let again = build("buildkite", "acme/p/12/\(Self.uuid(1))")
    let buildkite = try buildkite(server)
    #expect(try await reason { try await buildkite.rerun(again) } == .serverError)
    #expect(server.requests.count == 1)
  }

  /// A report's link names the build; what isn't of the report's repository and commit is none of its business.
  @Test func aReportNamesABuild() async throws {
    let server = try ScriptedServer { request in
      request.path == "\(Self.path)/12" ? .json(Self.run([Self.job(1, "failed")])) : nil
    }
    let buildkite = try buildkite(server)
    func report(_ link: String, _ repository: String = "o/r", _ commit: String = sha) -> ReportedBuild {
      ReportedBuild(provider: "buildkite", repository: repository, commit: commit, context: "c", link: link, outcome: .failure)
    }
    let link = "https://buildkite.com/acme/p/builds/12#x"
    #expect(try await buildkite.builds(reported: report(link)).map(\.repository) == ["o/r"])
    #expect(try await buildkite.builds(reported: report(link, "O/R")).map(\.repository) == ["O/R"])
    #expect(try await buildkite.builds(reported: report(link, "o/other")) == [])
    #expect(try await buildkite.builds(reported: report(link, "o/r", String(repeating: "0", count: 40))) == [])
    for odd in [
      "https://buildkite.com/acme/p", "https://buildkite.com/acme/p/builds/x", "https://buildkite.com/a%2Fb/p/builds/12/..",
    ] {
      #expect(try await reason { _ = try await buildkite.builds(reported: report(odd)) } == .unsupported)
    }
  }

  @Test func retriesInACircleHaveAnEnd() async throws {
    let jobs = [
      Self.job(1, "failed", #","retried_in_job_id":"\#(Self.uuid(2))""#),
      Self.job(2, "failed", #","retried_in_job_id":"\#(Self.uuid(1))""#),
    ]
    let server = try ScriptedServer { _ in .json(Self.run(jobs)) }
    #expect(try await buildkite(server).builds(ofRun: "acme/p/12", of: "o/r").count == 2)
  }

  @Test func buildsArePagedThrough() async throws {
    let server = try ScriptedServer { request in
      switch (request.path, request.query["page"]) {
      case (Self.path, nil):
        .json(
          "[\(Self.run([Self.job(1, "running")], state: "running"))]",
          headers: ["Link": "<http://\(request.headers["host"] ?? "")\(Self.path)?page=2>; rel=\"next\""])
      case (Self.path, "2"): .json("[\(Self.run([Self.job(2, "passed")])),\(Self.run([Self.job(3, "canceled")], commit: "HEAD"))]")
      default: nil
      }
    }
    let listed = try await buildkite(server).allBuilds(of: "acme/p", since: 1_767_312_000, branch: "topic")
    #expect(listed.builds.map { $0.externalID.suffix(1) } == ["2"])
    #expect(listed.oldestUnfinished == 1_767_319_200 + Buildkite.usualReach)
    #expect(server.requests.first?.query["created_from"] == "2026-01-01T00:00:00Z")
    #expect(server.requests.first?.query["branch"] == "topic")
  }

  @Test(arguments: [
    (#""started_at":"2026-01-02T03:00:00Z","finished_at":"2026-01-02T03:04:05Z""#, "~~~ Running\n", nil),
    (#""started_at":"2026-01-02T03:00:00Z","finished_at":null"#, "~~~ Running\n", ProviderError.Reason.notReady),
    (#""started_at":null,"finished_at":"2026-01-02T03:04:05Z""#, "", .gone),
    (#""started_at":"2026-01-02T03:00:00Z","finished_at":"2026-01-02T03:04:05Z""#, "", .empty),
  ]) func aLogIsFetchedWhenItIsThere(times: String, log: String, expected: ProviderError.Reason?) async throws {
    let path = "\(Self.path)/12/jobs/\(Self.uuid(1))"
    let server = try ScriptedServer { request in
      switch request.path {
      case path: .json(#"{"id":"\#(Self.uuid(1))","type":"script",\#(times)}"#)
      case "\(path)/log" where request.headers["accept"] == "text/plain": .text(log)
      default: nil
      }
    }
    let buildkite = try buildkite(server)
    let job = build("buildkite", "acme/p/12/\(Self.uuid(1))")
    let reference = try #require(try await buildkite.logs(of: job).first)
    let fetched = Collected()
    #expect(try await reason { try await buildkite.fetch(reference, of: job, into: fetched.sink) } == expected)
    if expected == nil { #expect(fetched.text == log) }
  }

  @Test func aRefusalHasBuildkitesWords() async throws {
    let server = try ScriptedServer { _ in .json(#"{"message":"Jobs from canceled builds cannot be retried"}"#, status: 422) }
    let buildkite = try buildkite(server)
    let job = build("buildkite", "acme/p/12/\(Self.uuid(1))")
    await #expect(
      throws: ProviderError(
        .refused, operation: "run buildkite job \(job.externalID) again",
        detail: "HTTP 422, Jobs from canceled builds cannot be retried")
    ) { try await buildkite.rerun(job) }
    #expect(server.requests.map(\.method) == ["PUT"])
    #expect(server.requests.map(\.path) == ["\(Self.path)/12/jobs/\(Self.uuid(1))/retry"])
  }

  @Test(arguments: ["", "acme/p/12", "acme/p/0/\(uuid(1))", "acme/p/12/x", "../p/12/\(uuid(1))", "acme/p/12/\(uuid(1))/x"])
  func strangeIdsAreNotAskedFor(id: String) async throws {
    let server = try ScriptedServer { _ in nil }
    let buildkite = try buildkite(server)
    #expect(try await reason { try await buildkite.rerun(build("buildkite", id)) } == .malformed)
    #expect(server.requests.isEmpty)
  }
}
