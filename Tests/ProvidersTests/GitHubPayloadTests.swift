import Foundation
import TestSupport
import Testing

@testable import Providers

/// Payloads that GitHub has published or sent, and hostile ones.
@Suite struct GitHubPayloadTests {
  private let reader = GitHubWebhook(ownApp: 1)

  private func read(_ event: String, _ body: [UInt8]) throws -> WebhookEvent? {
    try reader.events(WebhookRequest(headers: ["x-github-event": event, "content-type": "application/json"], body: body)).first
  }

  @Test(.enabled(if: SharedData.file("api") != nil, "there is no shared data")) func allPublishedExamplesAreRead() throws {
    let folder = try #require(SharedData.file("api/github-webhooks/payload-examples/api.github.com"))
    var kinds: [String: Int] = [:]
    for event in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      for file in try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: event).path) {
        let body = Array(try Data(contentsOf: folder.appending(path: event).appending(path: file)))
        let event = try read(event, body)
        let read = try #require(event, "\(file)")
        kinds[String("\(read)".prefix { $0 != "(" }), default: 0] += 1
      }
    }
    for kind in ["finished", "runFinished", "pullRequest", "pushed", "ignored"] { #expect(kinds[kind, default: 0] > 0, "\(kinds)") }
    #expect(kinds.values.reduce(0, +) > 100)
  }

  @Test(.enabled(if: SharedData.file("api") != nil, "there is no shared data")) func eventsOfABigProjectAreRead() throws {
    let folder = try #require(SharedData.file("api/pytorch-webhooks"))
    var read = 0
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      var body = try Data(contentsOf: folder.appending(path: file))
      guard var object = try JSONSerialization.jsonObject(with: body) as? [String: Any] else { continue }
      var event = String(file.prefix { $0 != "." })
      // Some are kept with the name of their event beside them.
      if let payload = object["payload"] as? [String: Any], let name = object["name"] as? String {
        event = String(name.prefix { $0 != "." })
        object = payload
        body = try JSONSerialization.data(withJSONObject: payload)
      }
      guard object["repository"] != nil else { continue }
      let known = try self.read(event, Array(body))
      #expect(known != nil, "\(file)")
      read += 1
    }
    #expect(read >= 10)
  }

  @Test(.timeLimit(.minutes(20))) func hostilePayloadsAreErrorsOrEvents() throws {
    let commit = String(repeating: "ab", count: 20)
    let deep = String(repeating: "[", count: 200_000)
    let deepObjects = String(repeating: #"{"a":"#, count: 200_000)
    let bodies: [[UInt8]] = [
      [], [0], [0xFF, 0xFE, 0x00], Array("null".utf8), Array("[]".utf8), Array("7".utf8), Array("\"x\"".utf8), Array("{".utf8),
      Array(deep.utf8), Array(deepObjects.utf8), Array(#"{"action":\#(deep)}"#.utf8),
      Array(#"{"action":1e400,"repository":{"full_name":"o/r"}}"#.utf8),
      Array(#"{"action":"completed","repository":{"full_name":7}}"#.utf8),
      Array(#"{"action":"completed","repository":{"full_name":"o/../r"},"workflow_job":{}}"#.utf8),
      Array(#"{"action":"completed","repository":{"full_name":"o/r"},"workflow_job":{"id":99999999999999999999999}}"#.utf8),
      Array(#"{"action":"completed","repository":{"full_name":"o/r"},"workflow_run":{"id":-1e99}}"#.utf8),
      Array(#"{"sha":"\#(commit)","state":{},"context":[],"repository":{"full_name":"o/r"}}"#.utf8),
      Array(#"{"sha":"zz","state":"failure","context":"c","repository":{"full_name":"o/r"}}"#.utf8),
      Array(#"{"ref":"\ud800","after":"\#(commit)","deleted":false,"repository":{"full_name":"o/r"}}"#.utf8),
    ]
    for body in bodies {
      for event in ["workflow_job", "workflow_run", "pull_request", "push", "status", "check_run", "ping", "\u{0}", ""] {
        do {
          _ = try read(event, body)
        } catch let error as WebhookError {
          // What is wrong is told without the text of the payload.
          #expect(!error.description.contains("abab") && error.description.utf8.count < 300)
        }
        _ = reader.eventName(WebhookRequest(headers: ["x-github-event": event], body: body))
      }
    }
  }

  private func job(named name: String, in repository: String = "o/r") -> String {
    """
    {"action":"completed","workflow_job":{"id":1,"run_id":2,"head_sha":"\(String(repeating: "ab", count: 20))","status":"completed",
    "conclusion":"failure","name":"\(name)"},"repository":{"full_name":"\(repository)"}}
    """
  }

  @Test func namesAreBoundedAndHoldNoNUL() throws {
    guard
      case .finished(let build) = try read(
        "workflow_job", Array(job(named: "a\\u0000b" + String(repeating: "é", count: 5_000)).utf8))
    else {
      Issue.record("no build")
      return
    }
    #expect(build.job.hasPrefix("a bé") && build.job.hasSuffix("é"))
    #expect(build.job.utf8.count <= 1_000 && build.job.utf8.count >= 996)
    #expect(build.attempt == 1)
  }

  @Test(arguments: ["o", "o/r/x", "/r", "o/", "o/..", "o/r?x", "o/r%2F", "o /r", "ö/r", String(repeating: "o", count: 300) + "/r"])
  func whatIsNoRepositoryIsRefused(name: String) {
    #expect(throws: WebhookError("workflow_job completed: repository.full_name has no such value")) {
      try read("workflow_job", Array(job(named: "x", in: name).utf8))
    }
  }

  /// GitHub sends no payload above 25 MB.
  @Test(.timeLimit(.minutes(20))) func theLargestPayloadIsRead() throws {
    let padding = String(repeating: #"{"message":"\u00e9 \n lots of text","added":["a","b"]},"#, count: 460_000)
    let body = Array((job(named: "x").dropLast() + #","commits":[\#(padding)0]}"#).utf8)
    #expect(body.count > 24_000_000)
    guard case .finished = try read("workflow_job", body) else {
      Issue.record("no build")
      return
    }
  }
}
