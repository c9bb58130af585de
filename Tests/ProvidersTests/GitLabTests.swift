import Curl
import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

@Suite struct GitLabTests {
  private func gitlab(_ server: ScriptedServer) throws -> GitLab {
    GitLab(.impatient(), try Access(base: server.base + "/api/v4", token: "glpat"))
  }

  private static let path = "/api/v4/projects/g%2Fs%2Fp"

  private static func job(_ id: Int, _ name: String, _ status: String, _ more: String = "") -> String {
    #"{"id":\#(id),"name":"\#(name)","stage":"s","status":"\#(status)","web_url":"https://gitlab.example/g/s/p/-/jobs/\#(id)","finished_at":"2026-01-02T03:04:05.000+01:00","pipeline":{"id":31}\#(more)}"#
  }

  private static func pipeline(_ id: Int, _ status: String, ref: String = "main") -> String {
    #"{"id":\#(id),"iid":1,"project_id":5,"sha":"\#(sha)","ref":"\#(ref)","status":"\#(status)","source":"push","created_at":"2026-01-02T02:00:00.000Z"}"#
  }

  @Test func retriedJobsAreAttempts() async throws {
    let server = try ScriptedServer { [path = Self.path] request in
      switch (request.path, request.query["page"]) {
      case ("\(path)/pipelines/31", _): .json(Self.pipeline(31, "failed"))
      // Newest first, in two pages, of which one job stands on both.
      case ("\(path)/pipelines/31/jobs", nil):
        .json(
          "[\(Self.job(95, "unit", "success")),\(Self.job(94, "slow", "failed", #","failure_reason":"job_execution_timeout""#)),\(Self.job(93, "unit", "failed"))]",
          headers: ["Link": "<http://\(request.headers["host"] ?? "")\(path)/pipelines/31/jobs?page=2&per_page=100>; rel=\"next\""])
      case ("\(path)/pipelines/31/jobs", "2"):
        .json(
          """
          [\(Self.job(93, "unit", "failed")),\(Self.job(92, "unit", "failed", #","failure_reason":"script_failure""#)),
           \(Self.job(91, "hope", "failed", #","allow_failure":true"#)),\(Self.job(90, "stop", "canceled")),\(Self.job(89, "by hand", "manual"))]
          """)
      default: nil
      }
    }
    let builds = try await gitlab(server).builds(ofRun: "31", of: "g/s/p")
    #expect(
      builds.map { "\($0.externalID) \($0.job) \($0.attempt) \($0.outcome)" } == [
        "90 stop 1 canceled", "92 unit 1 failure", "93 unit 2 failure", "94 slow 1 timedOut", "95 unit 3 success",
      ])
    #expect(
      builds.first
        == Build(
          provider: "gitlab", repository: "g/s/p", externalID: "90", attempt: 1, run: "31", commit: sha, branch: "main",
          pullRequest: nil, workflow: "push", job: "stop", outcome: .canceled, url: "https://gitlab.example/g/s/p/-/jobs/90",
          finishedAt: 1_767_319_445))
    #expect(server.requests.allSatisfy { $0.headers["private-token"] == "glpat" })
    #expect(server.requests(to: "\(Self.path)/pipelines/31/jobs").first?.query["include_retried"] == "true")
  }

  @Test func pipelinesArePagedThrough() async throws {
    let server = try ScriptedServer { [path = Self.path] request in
      switch (request.path, request.query["page"]) {
      case ("\(path)/pipelines", _) where request.query["source"] == "parent_pipeline": .json("[]")
      case ("\(path)/pipelines", nil):
        .json(
          "[\(Self.pipeline(33, "running"))]",
          headers: [
            "Link": "<http://\(request.headers["host"] ?? "")\(path)/pipelines?page=2>; rel=\"next\", <http://x/>; rel=\"first\""
          ])
      case ("\(path)/pipelines", "2"): .json("[\(Self.pipeline(32, "success", ref: "refs/merge-requests/17/head"))]")
      case ("\(path)/pipelines/33/jobs", _): .json("[\(Self.job(99, "unit", "running"))]")
      case ("\(path)/pipelines/32/jobs", _): .json("[\(Self.job(98, "unit", "success"))]")
      default: nil
      }
    }
    let listed = try await gitlab(server).allBuilds(of: "g/s/p", since: 1_767_225_600, branch: "x")
    #expect(listed.builds.map(\.externalID) == ["98"])
    #expect(listed.builds.map(\.pullRequest) == [17])
    #expect(listed.builds.map(\.branch) == [""])
    #expect(listed.oldestUnfinished == 1_767_319_200)
    let query = server.requests.first?.query
    #expect(query?["updated_after"] == "2026-01-01T00:00:00Z")
    #expect(query?["ref"] == "x")
  }

  /// GitLab leaves pipelines that others caused out of its list, unless they are asked for.
  @Test func pipelinesThatOthersCausedAreListedToo() async throws {
    let server = try ScriptedServer { [path = Self.path] request in
      switch (request.path, request.query["source"], request.query["page"]) {
      case ("\(path)/pipelines", nil, nil): .json("[\(Self.pipeline(33, "success"))]")
      case ("\(path)/pipelines", "parent_pipeline", nil):
        .json(
          "[\(Self.pipeline(32, "success"))]",
          headers: [
            "Link": "<http://\(request.headers["host"] ?? "")\(path)/pipelines?page=2>; rel=\"next\""
          ])
      case ("\(path)/pipelines", nil, "2"): .json("[\(Self.pipeline(31, "failed"))]")
      case ("\(path)/pipelines/33/jobs", _, _): .json("[\(Self.job(99, "unit", "success"))]")
      case ("\(path)/pipelines/32/jobs", _, _): .json("[\(Self.job(98, "unit", "success"))]")
      case ("\(path)/pipelines/31/jobs", _, _): .json("[\(Self.job(97, "unit", "failed"))]")
      default: nil
      }
    }
    let listed = try await gitlab(server).allBuilds(of: "g/s/p", since: 1_767_225_600, branch: "x")
    #expect(listed.builds.map(\.externalID) == ["99", "98", "97"])
    let children = server.requests.first { $0.query["source"] == "parent_pipeline" }?.query
    #expect(children?["updated_after"] == "2026-01-01T00:00:00Z" && children?["ref"] == "x")
  }

  @Test func theNextPageIsNotFetchedFromAnotherHost() async throws {
    let server = try ScriptedServer { _ in .json("[]", headers: ["Link": "<http://localhost:1/x>; rel=\"next\""]) }
    let gitlab = try gitlab(server)
    #expect(try await reason { _ = try await gitlab.builds(of: "g/p", BuildQuery(since: 0), after: nil) } == .malformed)
    #expect(
      try await reason { _ = try await gitlab.builds(of: "g/p", BuildQuery(since: 0), after: "http://localhost:1/x") } == .malformed
    )
    #expect(server.requests.count == 1)
  }

  @Test(arguments: [
    (#"{"id":8,"name":"t","status":"failed"}"#, "line\n", nil),
    (#"{"id":8,"name":"t","status":"running"}"#, "line\n", ProviderError.Reason.notReady),
    (#"{"id":8,"name":"t","status":"failed","erased_at":"2026-01-02T03:04:05Z"}"#, "", .gone),
    (#"{"id":8,"name":"t","status":"failed"}"#, "", .empty),
    (#"{"id":8,"name":"t"}"#, "line\n", .malformed),
  ]) func aTraceIsFetchedWhenItIsThere(job: String, trace: String, expected: ProviderError.Reason?) async throws {
    let server = try ScriptedServer { request in
      switch request.path {
      case "/api/v4/projects/o%2Fr/jobs/8": .json(job)
      case "/api/v4/projects/o%2Fr/jobs/8/trace": .text(trace)
      default: nil
      }
    }
    let gitlab = try gitlab(server)
    let log = try #require(try await gitlab.logs(of: build("gitlab", "8")).first)
    #expect(log == LogReference(step: "", locator: "8"))
    let fetched = Collected()
    #expect(try await reason { try await gitlab.fetch(log, of: build("gitlab", "8"), into: fetched.sink) } == expected)
    if expected == nil { #expect(fetched.text == trace) }
  }

  @Test(arguments: [
    (201, #"{"id":9}"#, nil), (403, #"{"message":"403 Forbidden - Job is not retryable"}"#, ProviderError.Reason.refused),
    (403, #"{"message":"403 Forbidden"}"#, .forbidden), (404, #"{"message":"404 Not found"}"#, .notFound),
  ]) func aRefusalIsNoMissingRight(status: Int, body: String, expected: ProviderError.Reason?) async throws {
    let server = try ScriptedServer { _ in .json(body, status: status) }
    let gitlab = try gitlab(server)
    #expect(try await reason { try await gitlab.rerun(build("gitlab", "8", in: "g/p")) } == expected)
    #expect(server.requests.map(\.method) == ["POST"])
    #expect(server.requests.map(\.path) == ["/api/v4/projects/g%2Fp/jobs/8/retry"])
  }
}
