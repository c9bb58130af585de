import Curl
import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

@Suite struct CircleCITests {
  private static let first = "11111111-1111-4111-8111-111111111111"
  private static let second = "22222222-2222-4222-8222-222222222222"

  private func circle(_ server: ScriptedServer, token: String? = "s3cret") throws -> CircleCI {
    CircleCI(.impatient(), try Access(base: server.base, token: token))
  }

  /// A pipeline whose workflow was run again from what had failed: `lint` had passed and was taken over.
  private static func world(_ request: ScriptedServer.Request) -> ScriptedServer.Answer? {
    func workflow(_ id: String, _ status: String, _ minute: Int, _ end: String) -> String {
      """
      {"id":"\(id)","name":"ci","status":"\(status)","pipeline_id":"p1","pipeline_number":7,"project_slug":"gh/o/r",
       "created_at":"2026-01-02T03:0\(minute):00Z","stopped_at":\(end)}
      """
    }
    func job(_ number: Int, _ name: String, _ status: String, stopped: String = #""2026-01-02T03:09:00.5Z""#) -> String {
      #"{"id":"j\#(number)","job_number":\#(number),"name":"\#(name)","status":"\#(status)","type":"build","stopped_at":\#(stopped),"new":[]}"#
    }
    let pipeline = """
      {"id":"p1","number":7,"project_slug":"gh/o/r","state":"created","created_at":"2026-01-02T03:00:00Z","errors":[],
       "vcs":{"revision":"\(sha.uppercased())","branch":"pull/17","target_repository_url":"https://github.com/o/r","tag":null}}
      """
    return switch (request.path, request.query["page-token"]) {
    case ("/api/v2/project/gh/o/r/pipeline", nil):
      .json(#"{"items":[\#(pipeline)],"next_page_token":"t2"}"#)
    case ("/api/v2/project/gh/o/r/pipeline", "t2"):
      .json(#"{"items":[{"id":"p0","number":6,"created_at":"2025-01-01T00:00:00Z"}],"next_page_token":"t3"}"#)
    case ("/api/v2/pipeline/p1", _): .json(pipeline)
    case ("/api/v2/workflow/\(second)", _): .json(workflow(second, "running", 5, "null"))
    case ("/api/v2/workflow/\(first)", _): .json(workflow(first, "failed", 1, #""2026-01-02T03:09:01Z""#))
    case ("/api/v2/pipeline/p1/workflow", nil):
      .json(#"{"items":[\#(workflow(second, "running", 5, "null"))],"next_page_token":"more"}"#)
    case ("/api/v2/pipeline/p1/workflow", "more"):
      .json(#"{"items":[\#(workflow(first, "failed", 1, #""2026-01-02T03:09:01Z""#))],"next_page_token":null}"#)
    case ("/api/v2/workflow/\(first)/job", _):
      .json(
        """
        {"items":[\(job(101, "lint", "success")),\(job(102, "test", "failed")),\(job(103, "slow", "timedout")),
         {"id":"a","name":"hold","status":"on_hold","type":"approval"},{"id":"b","name":"deploy","status":"blocked","type":"build"}],
         "next_page_token":null}
        """)
    case ("/api/v2/workflow/\(second)/job", _):
      .json(
        """
        {"items":[\(job(101, "lint", "success")),\(job(105, "test", "success")),\(job(106, "slow", "running", stopped: "null"))],
         "next_page_token":null}
        """)
    case ("/api/v2/project/gh/o/r/job/102", _): .json(#"{"number":102,"latest_workflow":{"id":"\#(first)","name":"ci"}}"#)
    default: nil
    }
  }

  @Test func buildsAreListedWithTheirAttempts() async throws {
    let server = try ScriptedServer(Self.world)
    let listed = try await circle(server).allBuilds(of: "o/r", since: 1_767_000_000)
    #expect(
      listed.builds.map { "\($0.externalID) \($0.job) \($0.attempt) \($0.outcome)" } == [
        "101 lint 1 success", "102 test 1 failure", "103 slow 1 timedOut", "105 test 2 success",
      ])
    let build = try #require(listed.builds.first { $0.externalID == "102" })
    #expect(
      build
        == Build(
          provider: "circleci", repository: "o/r", externalID: "102", attempt: 1, run: "p1", commit: sha,
          branch: "pull/17", pullRequest: 17, workflow: "ci", job: "test", outcome: .failure,
          url: "\(server.base)/pipelines/github/o/r/7/workflows/\(Self.first)/jobs/102", finishedAt: 1_767_323_340.5))
    // A later listing must reach back to the pipeline that still runs.
    #expect(listed.oldestUnfinished == 1_767_322_800 + CircleCI.usualReach)
    #expect(server.requests.allSatisfy { $0.headers["circle-token"] == "s3cret" })
    // The page behind one that is too old isn't asked for.
    #expect(!server.requests.contains { $0.query["page-token"] == "t3" })
  }

  @Test func aRunAndALinkGiveTheSameBuilds() async throws {
    let server = try ScriptedServer(Self.world)
    let circle = try circle(server)
    let all = try await circle.allBuilds(of: "gh/o/r", since: 1_767_000_000).builds
    #expect(try await circle.builds(ofRun: Self.first, of: "o/r") == all)
    #expect(try await circle.builds(ofRun: Self.second, of: "o/r") == all)
    #expect(try await circle.builds(.job(project: "gh/o/r", number: 102)) == all.filter { $0.externalID == "102" })
    #expect(try await circle.builds(.workflow(project: "gh/o/r", id: Self.first)) == all)
  }

  @Test func theBranchIsAskedFor() async throws {
    let server = try ScriptedServer { _ in .json(#"{"items":[],"next_page_token":null}"#) }
    _ = try await circle(server, token: nil).builds(of: "o/r", BuildQuery(since: 0, branch: "a/b c"), after: nil)
    #expect(server.requests.map(\.query) == [["branch": "a/b c"]])
    #expect(server.requests.allSatisfy { $0.headers["circle-token"] == nil })
  }

  /// A job of two parallel runs with two failed steps of one name, one failed in one run only, and one that wrote nothing.
  private static func detail(_ link: String, lifecycle: String = "finished") -> String {
    func action(_ step: Int, _ index: Int, _ status: String, output: Bool = true) -> String {
      let url = output ? #""output_url":"\#(link)/\#(step)/\#(index)?sig=hidden","# : ""
      return
        #"{"index":\#(index),"step":\#(step),"status":"\#(status)","failed":\#(status == "failed" ? "true" : "null"),\#(url)"has_output":\#(output)}"#
    }
    return """
      {"lifecycle":"\(lifecycle)","parallel":2,"build_num":102,"workflows":{"job_id":"j102","workflow_id":"\(first)","workflow_name":"ci"},"steps":[
       {"name":"Spin up","actions":[\(action(0, 0, "success")),\(action(0, 1, "success"))]},
       {"name":"Test","actions":[\(action(103, 0, "failed")),\(action(103, 1, "failed"))]},
       {"name":"Test","actions":[\(action(104, 0, "success")),\(action(104, 1, "timedout"))]},
       {"name":"Quiet","actions":[\(action(105, 0, "failed", output: false))]},
       {"name":"Upload","actions":[\(action(106, 1, "infrastructure_fail"))]}]}
      """
  }

  @Test func allFailedStepsOfAllRunsAreLogs() async throws {
    let server = try ScriptedServer { $0.path == "/api/v1.1/project/gh/o/r/102" ? .json(Self.detail("http://127.0.0.1:9")) : nil }
    let logs = try await circle(server).logs(of: build("circleci", "102"))
    #expect(
      logs == [
        LogReference(step: "Test (step 103) (run 0)", locator: "103/0"),
        LogReference(step: "Test (step 103) (run 1)", locator: "103/1"),
        LogReference(step: "Test (step 104) (run 1)", locator: "104/1"), LogReference(step: "Upload (run 1)", locator: "106/1"),
      ])
  }

  @Test func aLogIsTakenOutOfItsPieces() async throws {
    let store = try ScriptedServer { request in
      request.path == "/104/1" ? .json(#"[{"message":"one\r\n","type":"out"},{"message":"two","type":"out"}]"#) : nil
    }
    // The file store is another host, by its name at least.
    let link = store.otherBase
    let server = try ScriptedServer { $0.path == "/api/v1.1/project/gh/o/r/102" ? .json(Self.detail(link)) : nil }
    let circle = try circle(server)
    for _ in 0..<2 {
      #expect(try await circle.text(of: LogReference(step: "Test", locator: "104/1"), build("circleci", "102")) == "one\r\ntwo")
    }
    // The link is asked for anew each time, and the token stays with CircleCI.
    #expect(server.requests.count == 2)
    #expect(store.requests.count == 2)
    #expect(store.requests.allSatisfy { $0.headers["circle-token"] == nil && $0.query["sig"] == "hidden" })
  }

  @Test(arguments: [
    ("empty", ProviderError.Reason.empty), ("pieces of nothing", .empty), ("expired", .linkExpired), ("cut", .cutShort),
    ("cut within its JSON", .cutShort), ("a page", .malformed), ("lost", .notFound), ("broken", .serverError),
  ]) func whatIsNoLogIsNeverTakenForOne(fault: String, expected: ProviderError.Reason) async throws {
    let store = try ScriptedServer { _ in
      switch fault {
      case "empty": .text("")
      case "pieces of nothing": .json(#"[{"message":""}]"#)
      case "expired": ScriptedServer.Answer(status: 403, body: Array("<Error><Code>AccessDenied</Code></Error>".utf8))
      case "cut": ScriptedServer.Answer(body: Array(#"[{"message":"one"},{"message":"two"}]"#.utf8), cutAfter: 20)
      case "cut within its JSON": .text(#"[{"message":"one"},{"mess"#)
      case "a page": .text("<html></html>")
      case "broken": ScriptedServer.Answer(status: 500)
      default: nil
      }
    }
    let link = store.otherBase
    let server = try ScriptedServer { _ in .json(Self.detail(link)) }
    let circle = try circle(server)
    #expect(
      try await reason { _ = try await circle.text(of: LogReference(step: "", locator: "103/0"), build("circleci", "102")) }
        == expected)
  }

  @Test func aStepThatIsNotThereIsNotAnEmptyLog() async throws {
    let server = try ScriptedServer { _ in .json(Self.detail("http://127.0.0.1:9")) }
    let circle = try circle(server)
    let job = build("circleci", "102")
    #expect(try await reason { _ = try await circle.text(of: LogReference(step: "", locator: "9/9"), job) } == .notFound)
    #expect(try await reason { _ = try await circle.text(of: LogReference(step: "Quiet", locator: "105/0"), job) } == .gone)
    let running = try ScriptedServer { _ in .json(Self.detail("http://127.0.0.1:9", lifecycle: "running")) }
    let other = try self.circle(running)
    #expect(try await reason { _ = try await other.logs(of: job) } == .notReady)
    #expect(try await reason { _ = try await other.text(of: LogReference(step: "", locator: "103/0"), job) } == .notReady)
  }

  @Test func aJobIsRunAgainByItsWorkflow() async throws {
    let server = try ScriptedServer { request in
      switch (request.method, request.path) {
      case ("GET", "/api/v1.1/project/gh/o/r/102"): .json(Self.detail("http://127.0.0.1:9"))
      case ("POST", "/api/v2/workflow/\(Self.first)/rerun"): .json(#"{"message":"Accepted."}"#, status: 202)
      default: nil
      }
    }
    try await circle(server).rerun(build("circleci", "102"))
    #expect(server.requests.last.map { String(decoding: $0.body, as: UTF8.self) } == #"{"jobs":["j102"]}"#)
  }

  @Test func aRefusalHasCircleCIsWords() async throws {
    let server = try ScriptedServer { request in
      request.method == "GET" ? .json(Self.detail("x:")) : .json(#"{"message":"Workflow is still running"}"#, status: 400)
    }
    let circle = try circle(server)
    await #expect(
      throws: ProviderError(.refused, operation: "run circleci job 102 again", detail: "HTTP 400, Workflow is still running")
    ) {
      try await circle.rerun(build("circleci", "102"))
    }
  }

  @Test func projectsOfOtherSystemsKeepTheirSlug() throws {
    for (slug, id) in [("bb/o/r", "bb/o/r/5"), ("circleci/X/Y", "circleci/X/Y/5"), ("github/o/r", "5"), ("o/r", "5")] {
      let project = try #require(CircleCIProject(slug))
      #expect(CircleCIJobID(project: project, number: 5).externalID == id)
      #expect(CircleCIJobID(externalID: id, repository: "o/r") == CircleCIJobID(project: project, number: 5))
    }
    for slug in ["", "o", "svn/o/r", "gh/o/r/x", "gh/../r", "gh//r", "gh/o/r\n"] { #expect(CircleCIProject(slug) == nil) }
    for id in ["", "x", "-5", "0", "5/", "gh/o/5", "a/b/c/5", "9999999999"] {
      #expect(CircleCIJobID(externalID: id, repository: "o/r") == nil)
    }
  }

  @Test func linksNameJobsAndWorkflows() {
    let job = CircleCIReference.job(project: "gh/o/r", number: 1234)
    for link in [
      "https://circleci.com/gh/o/r/1234", "https://circleci.com/gh/o/r/1234?utm_campaign=vcs-integration-link#tests/containers/0",
      "https://circleci.com/github/o/r/1234/", "https://app.circleci.com/pipelines/github/o/r/7/workflows/\(Self.first)/jobs/1234",
      "https://app.circleci.com/pipelines/gh/o/r/7/workflows/\(Self.first)/jobs/1234/parallel-runs/0/steps/0-106",
    ] { #expect(CircleCIReference(link: link) == job) }
    #expect(
      CircleCIReference(link: "https://app.circleci.com/pipelines/github/o/r/7/workflows/\(Self.first.uppercased())?x=1")
        == .workflow(project: "gh/o/r", id: Self.first))
    #expect(
      CircleCIReference(link: "https://app.circleci.com/pipelines/circleci/X/Y/7/workflows/\(Self.first)/jobs/5")
        == .job(project: "circleci/X/Y", number: 5))
    for link in [
      "", "https://circleci.com", "https://circleci.com/gh/o/r", "https://circleci.com/gh/o/r/x", "https://circleci.com/gh/o/r/0",
      "https://circleci.com/gh/../r/5", "https://circleci.com/workflow-run/\(Self.first)",
      "https://circleci.com/gh/o/r/99999999999",
      "https://app.circleci.com/pipelines/github/o/r/7", "https://app.circleci.com/pipelines/github/o/r/7/workflows/no-id",
      "https://circleci.com/gh/o/r/+5", String(repeating: "a", count: 5_000),
    ] { #expect(CircleCIReference(link: link) == nil, "\(link)") }
  }
}
