import Crypto
import Foundation
import Model
import Testing

@testable import Providers

/// Signatures, delivery ids and events of CircleCI, GitLab and Buildkite.
@Suite struct WebhookReaderTests {
  private func code(_ text: String, _ secret: String) -> String {
    HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: Data(secret.utf8)))
      .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  private func request(_ body: String, _ headers: [String: String] = [:]) -> WebhookRequest {
    WebhookRequest(headers: headers, body: Array(body.utf8))
  }

  private func event(_ reader: some WebhookReader, _ body: String) throws -> WebhookEvent {
    let events = try reader.events(request(body))
    return try #require(events.count == 1 ? events.first : nil)
  }

  /// The examples of CircleCI's documentation.
  @Test(arguments: [
    ("hello world", "secret", "734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a"),
    ("lalala", "another-secret", "daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00"),
    ("an-important-request-payload", "hunter123", "9be2242094a9a8c00c64306f382a7f9d691de910b4a266f67bd314ef18ac49fa"),
  ]) func circleSignsTheBody(body: String, secret: String, code: String) {
    let reader = CircleCIWebhook()
    func isSigned(_ header: String, _ body: String = body, _ secret: String = secret) -> Bool {
      reader.isSigned(request(body, ["circleci-signature": header]), secret: secret)
    }
    #expect(isSigned("v1=\(code)"))
    #expect(isSigned("v2=later,v1=\(code)"))
    for header in ["", code, "v1=", "v1=\(code)00", "v1=\(code.dropLast(2))", "v2=\(code)", "v1=\(code.dropLast())g", "v1=é"] {
      #expect(!isSigned(header))
    }
    #expect(!isSigned("v1=\(code)", body + " "))
    #expect(!isSigned("v1=\(code)", body, secret + "x"))
    #expect(!isSigned("v1=\(self.code(body, ""))", body, ""))
    #expect(!reader.isSigned(request(body), secret: secret))
  }

  @Test func gitLabSendsTheSecretItself() {
    let reader = GitLabWebhook()
    #expect(reader.isSigned(request("{}", ["x-gitlab-token": "pässword"]), secret: "pässword"))
    for token in ["", "passwor", "password ", "pässwor", "PÄSSWORD"] {
      #expect(!reader.isSigned(request("{}", ["x-gitlab-token": token]), secret: "pässword"))
    }
    #expect(!reader.isSigned(request("{}"), secret: "password"))
    #expect(!reader.isSigned(request("{}", ["x-gitlab-token": ""]), secret: ""))
  }

  @Test func buildkiteSignsTheTimeAndTheBody() {
    let reader = BuildkiteWebhook(longestAge: 60) { 1_000_000 }
    func isSigned(_ time: Int, _ signed: Int? = nil, body: String = "{}", secret: String = "key", more: [String: String] = [:])
      -> Bool
    {
      let header = "timestamp=\(time),signature=\(code("\(signed ?? time).{}", "key"))"
      return reader.isSigned(request(body, more.merging(["x-buildkite-signature": header]) { $1 }), secret: secret)
    }
    #expect(isSigned(1_000_000))
    #expect(isSigned(999_940))
    #expect(isSigned(1_000_060))
    #expect(!isSigned(999_939))
    #expect(!isSigned(1_000_061))
    // The time is signed, too.
    #expect(!isSigned(1_000_000, 999_000))
    #expect(!isSigned(1_000_000, body: "{ }"))
    #expect(!isSigned(1_000_000, secret: "other"))
    // A token doesn't make a wrong signature good.
    #expect(!isSigned(1_000_000, 1, more: ["x-buildkite-token": "key"]))
    for header in ["", "timestamp=1000000", "signature=\(code("1000000.{}", "key"))", "timestamp=x,signature=y"] {
      #expect(!reader.isSigned(request("{}", ["x-buildkite-signature": header, "x-buildkite-token": "key"]), secret: "key"))
    }
    #expect(reader.isSigned(request("{}", ["x-buildkite-token": "key"]), secret: "key"))
    #expect(!reader.isSigned(request("{}", ["x-buildkite-token": "kez"]), secret: "key"))
    #expect(!reader.isSigned(request("{}", ["x-buildkite-token": ""]), secret: ""))
  }

  @Test func aDeliveryKeepsItsName() {
    let digest =
      "sha256:" + SHA256.hash(data: Array("{}".utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(CircleCIWebhook().deliveryID(request(#"{"id":"8bd7-1","type":"job-completed"}"#)) == "8bd7-1")
    #expect(CircleCIWebhook().deliveryID(request("{}")) == digest)
    #expect(CircleCIWebhook().deliveryID(request(#"{"id":"a b","type":"x"}"#)).hasPrefix("sha256:"))
    #expect(GitLabWebhook().deliveryID(request("{}", ["idempotency-key": "f5-7"])) == "f5-7")
    #expect(GitLabWebhook().deliveryID(request("{}", ["x-gitlab-event-uuid": "f5-7"])) == digest)
    #expect(GitLabWebhook().deliveryID(request("{}", ["idempotency-key": String(repeating: "a", count: 101)])) == digest)
    #expect(BuildkiteWebhook().deliveryID(request("{}")) == digest)
  }

  private let workflow = "fda08377-fe7e-46b1-8992-3a7aaecac9c3"

  private func circle(_ type: String, slug: String = "github/o/r", pipeline: String = #"{"vcs":{"revision":"x"}}"#) -> String {
    """
    {"id":"1","type":"\(type)","happened_at":"2026-01-02T03:04:05.006Z","project":{"id":"2","name":"r","slug":"\(slug)"},
     "pipeline":\(pipeline),"workflow":{"id":"\(workflow)","name":"ci","url":"https://app.circleci.com/"},
     "job":{"id":"3","name":"test","status":"failed","number":136},"later":1}
    """
  }

  @Test func circleTellsOfAWorkflow() throws {
    let reader = CircleCIWebhook()
    for type in ["job-completed", "workflow-completed"] {
      #expect(try event(reader, circle(type)) == .runFinished(repository: "o/r", run: workflow, attempt: 1))
      #expect(reader.eventName(request(circle(type))) == type)
    }
    #expect(try event(reader, circle("ping")) == .ignored("an event that isn't used"))
    // A project that is reached by an app has ids for a slug.
    let app = "circleci/X/Y"
    let vcs = #"{"vcs":{"target_repository_url":"https://github.com/a/b"}}"#
    #expect(
      try event(reader, circle("job-completed", slug: app, pipeline: vcs))
        == .runFinished(repository: "a/b", run: workflow, attempt: 1))
    let git =
      #"{"trigger_parameters":{"git":{"checkout_url":"git@gitlab.com:a/c/d.git","branch":"main","checkout_sha":""},"circleci":{}}}"#
    #expect(
      try event(reader, circle("job-completed", slug: app, pipeline: git))
        == .runFinished(repository: "a/c/d", run: workflow, attempt: 1))
    #expect(try event(reader, circle("job-completed", slug: app)) == .ignored("a pipeline that names no repository"))
    #expect(try event(reader, circle("job-completed", slug: "x/o/r")) == .ignored("a project of a kind that isn't known"))
  }

  private func gitLabJob(_ status: String, _ repository: String) -> String {
    #"{"object_kind":"build","build_id":9,"build_status":"\#(status)","pipeline_id":31,"sha":"\#(sha)",\#(repository)}"#
  }

  @Test func gitLabTellsOfAPipeline() throws {
    let reader = GitLabWebhook()
    let run = WebhookEvent.runFinished(repository: "g/s/p", run: "31", attempt: 1)
    for repository in [
      #""project":{"path_with_namespace":"g/s/p"}"#,
      #""repository":{"git_ssh_url":"git@host:g/s/p.git","homepage":"http://host/gitlab/g/s/p"}"#,
      #""repository":{"git_ssh_url":"ssh://git@host:2222/g/s/p.git"}"#, #""repository":{"homepage":"https://host/g/s/p"}"#,
    ] { #expect(try event(reader, gitLabJob("failed", repository)) == run) }
    for status in ["created", "pending", "running", "skipped", "manual", "tomorrow"] {
      #expect(
        try event(reader, gitLabJob(status, #""project":{"path_with_namespace":"g/s/p"}"#))
          == .ignored("a job that hasn't finished, or didn't run"))
    }
    func pipeline(_ status: String) -> String {
      #"{"object_kind":"pipeline","object_attributes":{"id":31,"status":"\#(status)"},"project":{"path_with_namespace":"g/s/p"}}"#
    }
    #expect(try event(reader, pipeline("success")) == run)
    #expect(try event(reader, pipeline("running")) == .ignored("a pipeline that hasn't finished, or didn't run"))
    #expect(try event(reader, #"{"object_kind":"note"}"#) == .ignored("an event that isn't used"))
  }

  @Test func gitLabTellsOfBranchesAndMergeRequests() throws {
    let reader = GitLabWebhook()
    func push(_ ref: String, _ after: String) -> String {
      #"{"object_kind":"push","ref":"\#(ref)","after":"\#(after)","project":{"path_with_namespace":"g/p"}}"#
    }
    #expect(try event(reader, push("refs/heads/a/b", sha)) == .pushed(repository: "g/p", branch: "a/b", commit: sha))
    #expect(try event(reader, push("refs/heads/a", String(repeating: "0", count: 40))) == .ignored("a branch that was deleted"))
    let merge = """
      {"object_kind":"merge_request","project":{"path_with_namespace":"g/p"},"object_attributes":{"iid":17,"state":"opened",
       "target_branch":"main","last_commit":{"id":"\(sha)"}}}
      """
    #expect(
      try event(reader, merge)
        == .pullRequest(PullRequest(repository: "g/p", number: 17, head: sha, baseBranch: "main", isOpen: true)))
  }

  private func buildkite(_ event: String, job: String = #"{"type":"script"}"#) -> String {
    """
    {"event":"\(event)","build":{"number":12,"url":"https://api.buildkite.com/v2/organizations/acme/pipelines/p/builds/12"},"job":\(job),
     "pipeline":{"slug":"p","repository":"git@github.com:o/r.git"},"sender":{}}
    """
  }

  @Test func buildkiteTellsOfABuild() throws {
    let reader = BuildkiteWebhook()
    for name in ["job.finished", "build.finished"] {
      #expect(try event(reader, buildkite(name)) == .runFinished(repository: "o/r", run: "acme/p/12", attempt: 1))
    }
    #expect(try event(reader, buildkite("job.finished", job: #"{"type":"trigger"}"#)) == .ignored("a step that runs nothing"))
    #expect(try event(reader, buildkite("job.started")) == .ignored("an event that isn't used"))
    #expect(try event(reader, #"{"event":"ping"}"#) == .ignored("a ping"))
  }

  @Test(arguments: ["", "[]", "{", "null", #"{"type":1,"object_kind":1,"event":1}"#]) func whatIsNoEventIsTold(body: String) {
    let readers: [any WebhookReader] = [CircleCIWebhook(), GitLabWebhook(), BuildkiteWebhook()]
    for reader in readers {
      #expect(throws: WebhookError.self) { try reader.events(request(body)) }
      #expect(reader.eventName(request(body)) == "unnamed")
    }
  }

  @Test func whatIsMissingIsNamedAndNothingElse() throws {
    let body = #"{"type":"job-completed","project":{"slug":"gh/o/r"},"workflow":{"name":"sEcReT"}}"#
    #expect(throws: WebhookError("job-completed: workflow.id is missing")) { try CircleCIWebhook().events(request(body)) }
  }
}
