import Foundation
import Model
import TestSupport
import Testing

@testable import Providers

/// Recorded examples, where they are beside the source tree.
@Suite struct RecordedExampleTests {
  private static let folder = URL(filePath: #filePath).appending(path: "../../../../shared/data").standardizedFileURL
  private static let isPresent = FileManager.default.fileExists(atPath: folder.path)
  private static let absent: Comment = "the recorded examples are not on this machine"

  private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: Self.folder.appending(path: path))) }

  private func events(_ name: String) throws -> [WebhookEvent] {
    try GitLabWebhook().events(WebhookRequest(headers: [:], body: try bytes("api/gitlab/go-gitlab-testdata/webhooks/\(name).json")))
  }

  @Test(.enabled(if: isPresent, absent)) func gitLabsWebhooksAreRead() throws {
    #expect(try events("job") == [.runFinished(repository: "jsmithy2/release-tools-fake", run: "743121198", attempt: 1)])
    #expect(try events("build") == [.ignored("a job that hasn't finished, or didn't run")])
    #expect(try events("pipeline") == [.runFinished(repository: "gitlab-org/gitlab-test", run: "31", attempt: 1)])
    #expect(
      try events("push")
        == [.pushed(repository: "mike/diaspora", branch: "master", commit: "da1560886d4f094c3e6c9ef40349f7d38b5d27d7")])
    guard case .pullRequest(let request) = try events("merge_request").first else {
      Issue.record("no merge request")
      return
    }
    #expect(request.number == 1 && request.isOpen && request.head == "da1560886d4f094c3e6c9ef40349f7d38b5d27d7")
    let all = try FileManager.default.contentsOfDirectory(
      at: Self.folder.appending(path: "api/gitlab/go-gitlab-testdata/webhooks"), includingPropertiesForKeys: nil)
    #expect(all.count > 10)
    // This one was shortened by whoever recorded it.
    for file in all where file.lastPathComponent != "group_merge_request.json" {
      _ = try GitLabWebhook().events(WebhookRequest(headers: [:], body: Array(try Data(contentsOf: file))))
    }
  }

  @Test(.enabled(if: isPresent, absent)) func aRecordedJobOfCircleCIIsRead() throws {
    let detail = try StrictJSON.decode(
      CircleCIDetail.self, from: try bytes("api/circleci/v1.1-recorded-levlaz/mock_get_build_info_response"))
    #expect(detail.steps.count == 6)
    #expect(detail.isFinished)
    // Its one failed step is the machine's, and has no output.
    #expect(detail.steps.last?.actions.first?.isFailure == true)
    #expect(detail.logs(failedOnly: true) == [])
  }

  @Test(.enabled(if: isPresent, absent)) func tracesComeAsTheyAre() async throws {
    let trace = try bytes("logs/gitlab-runner/log-3")
    let server = try ScriptedServer { request in
      request.path.hasSuffix("/trace") ? ScriptedServer.Answer(body: trace) : .json(#"{"id":8,"name":"test","status":"failed"}"#)
    }
    let gitlab = GitLab(.impatient(), try Access(base: server.base, token: "t"))
    let text = try await gitlab.text(of: LogReference(step: "", locator: "8"), build("gitlab", "8"))
    #expect(Array(text.utf8) == Array(String(decoding: trace, as: UTF8.self).utf8))
  }
}
