import Crypto
import Foundation
import Model
import Testing

@testable import Providers

@Suite struct GitHubWebhookTests {
  private let reader = GitHubWebhook(
    ownApp: 4242, systems: GitHubWebhook.publicSystems.merging(["jenkins.example.com": "jenkins"]) { $1 })
  private let commit = String(repeating: "ab", count: 20)

  private func request(_ event: String, _ body: String, _ headers: [String: String] = [:]) -> WebhookRequest {
    WebhookRequest(headers: headers.merging(["x-github-event": event]) { $1 }, body: Array(body.utf8))
  }

  private func event(_ name: String, _ body: String) throws -> WebhookEvent {
    let events = try reader.events(request(name, body))
    return try #require(events.count == 1 ? events.first : nil)
  }

  private func job(_ conclusion: String, name: String = "test (linux)", action: String = "completed") -> String {
    """
    {"action":"\(action)","workflow_job":{"id":81,"run_id":7,"run_attempt":2,"workflow_name":"CI","head_sha":"\(commit.uppercased())",
    "head_branch":"topic","status":"completed","conclusion":"\(conclusion)","name":"\(name)","html_url":"https://github.com/o/r/actions/runs/7/job/81",
    "started_at":"2026-01-02T03:04:05Z","completed_at":"2026-01-02T03:14:05.500Z","new_member":{"a":[1]}},"repository":{"id":1,"full_name":"o/r"}}
    """
  }

  @Test func aFinishedJobIsABuild() throws {
    #expect(
      try event("workflow_job", job("failure"))
        == .finished(
          Build(
            provider: "github", repository: "o/r", externalID: "81", attempt: 2, run: "7", commit: commit, branch: "topic",
            pullRequest: nil, workflow: "CI", job: "test (linux)", outcome: .failure, url: "https://github.com/o/r/actions/runs/7/job/81",
            finishedAt: 1_767_323_645.5)))
  }

  @Test(arguments: [
    ("success", Build.Outcome.success), ("neutral", .success), ("failure", .failure), ("startup_failure", .failure),
    ("timed_out", .timedOut), ("cancelled", .canceled), ("a word of tomorrow", .failure),
  ]) func conclusionsBecomeOutcomes(conclusion: String, outcome: Build.Outcome) throws {
    guard case .finished(let build) = try event("workflow_job", job(conclusion)) else {
      Issue.record("no build")
      return
    }
    #expect(build.outcome == outcome)
  }

  @Test(arguments: ["skipped", "action_required", "stale"]) func aJobThatDidNotRunIsNoBuild(conclusion: String) throws {
    #expect(try event("workflow_job", job(conclusion)) == .ignored("a job that didn't run"))
  }

  @Test func onlyTheEndOfAJobCounts() throws {
    for action in ["queued", "in_progress", "waiting", "tomorrow"] {
      #expect(try event("workflow_job", job("failure", action: action)) == .ignored("a job that hasn't finished"))
    }
  }

  @Test func aFinishedRunAsksForItsJobs() throws {
    let body = """
      {"action":"completed","workflow_run":{"id":7,"name":"CI","head_sha":"\(commit)","head_branch":null,"run_attempt":3,"status":"completed",
      "conclusion":"failure","created_at":"2026-01-02T03:04:05Z"},"repository":{"full_name":"o/r"}}
      """
    #expect(try event("workflow_run", body) == .runFinished(repository: "o/r", run: "7", attempt: 3))
    #expect(
      try event("workflow_run", body.replacing("\"completed\",\"workflow_run\"", with: "\"requested\",\"workflow_run\""))
        == .ignored("a run that hasn't finished"))
  }

  @Test func pullRequestsTellHeadsBasesAndEnds() throws {
    func body(_ action: String, state: String = "open", changes: String = "{}") -> String {
      """
      {"action":"\(action)","changes":\(changes),"pull_request":{"number":12,"state":"\(state)","head":{"sha":"\(commit)","ref":"t","repo":null},
      "base":{"ref":"release/2","sha":"\(commit)","repo":{"full_name":"o/r"}}},"repository":{"full_name":"o/r"}}
      """
    }
    func change(open: Bool) -> WebhookEvent {
      .pullRequest(PullRequest(repository: "o/r", number: 12, head: commit, baseBranch: "release/2", isOpen: open))
    }
    for action in ["opened", "reopened", "synchronize"] { #expect(try event("pull_request", body(action)) == change(open: true)) }
    #expect(try event("pull_request", body("closed", state: "closed")) == change(open: false))
    #expect(try event("pull_request", body("edited", changes: #"{"base":{"ref":{"from":"main"}}}"#)) == change(open: true))
    for (action, changes) in [("edited", #"{"title":{"from":"x"}}"#), ("labeled", "{}"), ("tomorrow", "{}")] {
      guard case .ignored = try event("pull_request", body(action, changes: changes)) else {
        Issue.record("\(action) is not ignored")
        continue
      }
    }
  }

  @Test func pushesTellBranchesOnly() throws {
    func body(_ ref: String, after: String, deleted: Bool = false) -> String {
      #"{"ref":"\#(ref)","before":"\#(commit)","after":"\#(after)","deleted":\#(deleted),"repository":{"full_name":"o/r","name":"r"}}"#
    }
    #expect(
      try event("push", body("refs/heads/a/b", after: commit)) == .pushed(repository: "o/r", branch: "a/b", commit: commit))
    #expect(try event("push", body("refs/tags/v1", after: commit)) == .ignored("a tag"))
    #expect(
      try event("push", body("refs/heads/a", after: String(repeating: "0", count: 40), deleted: true))
        == .ignored("a branch that was deleted"))
  }

  @Test func reportsOfOtherSystemsNameThemByTheirLinks() throws {
    func status(_ context: String, _ state: String, _ link: String) -> String {
      #"{"id":1,"sha":"\#(commit)","name":"o/r","context":"\#(context)","state":"\#(state)","target_url":\#(link),"repository":{"full_name":"o/r"}}"#
    }
    func reported(_ provider: String, _ context: String, _ link: String, _ outcome: Build.Outcome) -> WebhookEvent {
      .reported(
        ReportedBuild(provider: provider, repository: "o/r", commit: commit, context: context, link: link, outcome: outcome))
    }
    let circle = "https://circleci.com/gh/o/r/1234?utm_campaign=vcs-integration-link"
    #expect(
      try event("status", status("ci/circleci: build", "failure", "\"\(circle)\""))
        == reported("circleci", "ci/circleci: build", circle, .failure))
    let jenkins = "https://JENKINS.example.com/job/o/job/r/5/display/redirect"
    #expect(
      try event("status", status("continuous-integration/jenkins/branch", "error", "\"\(jenkins)\""))
        == reported("jenkins", "continuous-integration/jenkins/branch", jenkins, .failure))
    let buildkite = "https://buildkite.com/o/r/builds/9"
    #expect(
      try event("status", status("buildkite/r", "success", "\"\(buildkite)\""))
        == reported("buildkite", "buildkite/r", buildkite, .success))
    for body in [
      status("ci/circleci: build", "pending", "\"\(circle)\""), status("x", "failure", "null"),
      status("x", "failure", "\"https://circleci.com.evil.example/gh/o/r/1\""),
      status("x", "failure", "\"https://circleci.com@evil.example/1\""),
      status("x", "failure", "\"javascript:alert(1)\""), status("x", "failure", "\"not a link\""), status("x", "failure", "\"\""),
    ] {
      guard case .ignored = try event("status", body) else {
        Issue.record("not ignored: \(body)")
        continue
      }
    }
  }

  private func check(
    _ action: String, name: String = "build", app: Int = 7, slug: String = "circleci-checks", conclusion: String = "\"failure\"",
    button: String = "null"
  ) -> String {
    """
    {"action":"\(action)","check_run":{"id":5,"name":"\(name)","head_sha":"\(commit)","status":"completed","conclusion":\(conclusion),
    "details_url":"https://app.circleci.com/pipelines/github/o/r/1/workflows/w","app":{"id":\(app),"slug":"\(slug)"}},
    "requested_action":\(button),"repository":{"full_name":"o/r"},"sender":{"login":"ada"}}
    """
  }

  @Test func checkRunsOfOtherSystemsAreReports() throws {
    #expect(
      try event("check_run", check("completed"))
        == .reported(
          ReportedBuild(
            provider: "circleci", repository: "o/r", commit: commit, context: "build",
            link: "https://app.circleci.com/pipelines/github/o/r/1/workflows/w", outcome: .failure)))
    for body in [check("created"), check("completed", slug: "github-actions"), check("completed", conclusion: "\"skipped\"")] {
      guard case .ignored = try event("check_run", body) else {
        Issue.record("not ignored: \(body)")
        continue
      }
    }
  }

  @Test func whatWePostedOurselvesIsIgnored() throws {
    let status =
      #"{"sha":"\#(commit)","context":"Culprit","state":"failure","target_url":"https://circleci.com/gh/o/r/1","repository":{"full_name":"o/r"}}"#
    #expect(try event("status", status) == .ignored("our own status"))
    #expect(try event("check_run", check("completed", app: 4242)) == .ignored("our own check run"))
    #expect(try event("check_run", check("completed", name: "culprit")) == .ignored("our own check run"))
  }

  @Test func buttonsOfOurCheckRunOnly() throws {
    let button = #"{"identifier":"rerun-flaky"}"#
    #expect(
      try event("check_run", check("requested_action", app: 4242, button: button))
        == .requestedAction(repository: "o/r", commit: commit, identifier: "rerun-flaky", who: "ada"))
    #expect(
      try event("check_run", check("rerequested", app: 4242))
        == .requestedAction(repository: "o/r", commit: commit, identifier: WebhookEvent.checkAgain, who: "ada"))
    func suite(_ action: String, app: Int) -> String {
      """
      {"action":"\(action)","check_suite":{"id":5,"head_branch":null,"head_sha":"\(commit)","conclusion":null,
      "app":{"id":\(app),"slug":"a"}},"sender":{"login":"ada"},"repository":{"full_name":"o/r"}}
      """
    }
    #expect(
      try event("check_suite", suite("rerequested", app: 4242))
        == .requestedAction(repository: "o/r", commit: commit, identifier: WebhookEvent.checkAgain, who: "ada"))
    for (action, app) in [("rerequested", 1), ("requested", 4242), ("completed", 4242)] {
      #expect(try event("check_suite", suite(action, app: app)) == .ignored("a check suite that asks us for nothing"))
    }
    guard case .ignored = try event("check_run", check("requested_action", button: button)) else {
      Issue.record("another app's button is not ignored")
      return
    }
  }

  @Test func theSignatureIsOverTheRawBody() {
    // The example of "Validating webhook deliveries" in GitHub's documentation.
    let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    func isSigned(_ header: String?, secret: String = "It's a Secret to Everybody", body: String = "Hello, World!") -> Bool {
      reader.isSigned(request("ping", body, header.map { ["x-hub-signature-256": $0] } ?? [:]), secret: secret)
    }
    #expect(isSigned(signature))
    #expect(!isSigned(signature, body: "Hello, World! "))
    #expect(!isSigned(signature, secret: "another"))
    for header in [
      nil, "", "sha256=", "sha1=757107ea0eb2509fc211221cce984b8a37570b6d", String(signature.dropLast(2)), signature + "00",
      signature.replacing("sha256=", with: ""), signature.replacing("7571", with: "zz71"), String(signature.dropLast()) + "é",
    ] {
      #expect(!isSigned(header), "\(header ?? "none")")
    }
    // No secret is no proof.
    let unkeyed = HMAC<SHA256>.authenticationCode(for: Data("x".utf8), using: SymmetricKey(data: Data()))
    let code = unkeyed.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(!isSigned("sha256=" + code, secret: "", body: "x"))
  }

  @Test func deliveriesAreNamedOnce() {
    #expect(
      reader.deliveryID(request("ping", "{}", ["x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958"]))
        == "72d3162e-cc78-11e3-81ab-4c9367dc0958")
    let unnamed = reader.deliveryID(request("ping", "{}"))
    #expect(unnamed == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
    #expect(reader.deliveryID(request("ping", "{}", ["x-github-delivery": String(repeating: "x", count: 500)])) == unnamed)
    #expect(reader.eventName(request("workflow_job", job("failure"))) == "workflow_job completed")
    #expect(reader.eventName(request("push", "{}")) == "push")
  }

  @Test func unknownEventsAndPingsAreIgnored() throws {
    #expect(try event("ping", #"{"zen":"Keep it logically awesome."}"#) == .ignored("a ping"))
    #expect(try event("issue_comment", "not even JSON") == .ignored("an event that isn't used"))
  }

  @Test func aFormIsToldAsTheWrongSetting() {
    #expect(throws: WebhookError("the webhook sends forms; set its content type to application/json")) {
      try reader.events(request("push", "payload=%7B%7D", ["content-type": "application/x-www-form-urlencoded"]))
    }
  }
}
