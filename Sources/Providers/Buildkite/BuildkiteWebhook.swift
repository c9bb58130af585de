import Foundation
import Model

/// Reads what Buildkite sends to `/webhooks/buildkite`.
///
/// Source: "Pipelines webhooks", "Job webhook events" and "Build webhook events" in Buildkite's documentation.
package struct BuildkiteWebhook: WebhookReader {
  package let provider = Buildkite.name

  /// How long after it was made a signature counts; seconds. Buildkite makes it anew when it sends again.
  package var longestAge: Double
  private let now: @Sendable () -> Double

  /// - Parameter now: seconds since 1970-01-01 00:00 UTC.
  package init(longestAge: Double = 300, now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }) {
    self.longestAge = longestAge
    self.now = now
  }

  /// By `X-Buildkite-Signature`, `timestamp=…,signature=…` over `timestamp.body`; or by `X-Buildkite-Token`, the secret itself, if that is
  /// how the webhook was set up. A signature that is wrong is never made good by a token.
  package var signatureFields: [String] { ["x-buildkite-signature", "x-buildkite-token"] }

  package func isSigned(_ request: WebhookRequest, secret: String) -> Bool {
    guard let header = request.headers["x-buildkite-signature"] else {
      return WebhookSignature.isSame(request.headers["x-buildkite-token"], secret: secret)
    }
    var parts: [Substring: Substring] = [:]
    for part in header.split(separator: ",").prefix(10) {
      let pair = part.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { parts[pair[0].drop { $0 == " " }] = pair[1] }
    }
    guard let timestamp = parts["timestamp"], let signature = parts["signature"], let seconds = Int(timestamp) else { return false }
    let signed = Array("\(timestamp).".utf8) + request.body
    return WebhookSignature.isCode(signature, of: signed, secret: secret) && abs(now() - Double(seconds)) <= longestAge
  }

  /// Buildkite gives no id, so the body names the delivery.
  package func deliveryID(_ request: WebhookRequest) -> String { WebhookSignature.digest(request.body) }

  package func eventName(_ request: WebhookRequest) -> String {
    let event = try? StrictJSON.decode(Kind.self, from: request.body).event
    return OutsideName(event ?? request.headers["x-buildkite-event"] ?? "unnamed", atMost: 100).text
  }

  /// An event of a job asks for the jobs of its build: which attempt it is shows among them.
  package func events(_ request: WebhookRequest) throws -> [WebhookEvent] {
    do {
      switch try StrictJSON.decode(Kind.self, from: request.body).event {
      case "job.finished", "build.finished": return [finished(try StrictJSON.decode(Finished.self, from: request.body))]
      case "ping": return [.ignored("a ping")]
      default: return [.ignored("an event that isn't used")]
      }
    } catch {
      throw WebhookError("\(eventName(request)): \(error.what)")
    }
  }

  private func finished(_ event: Finished) -> WebhookEvent {
    if let type = event.job?.type, type != "script" { return .ignored("a step that runs nothing") }
    guard let repository = RepositoryPath.ofRemote(event.pipeline.repository) else {
      return .ignored("a repository that can't be named")
    }
    // `https://api.buildkite.com/v2/organizations/ORGANIZATION/pipelines/PIPELINE/builds/NUMBER`: only there stands the organization.
    let path = (URLComponents(string: event.build.url)?.path ?? "").split(separator: "/").map(String.init)
    guard let place = path.firstIndex(of: "organizations"), place + 1 < path.count,
      let run = BuildkiteRunID(organization: path[place + 1], pipeline: event.pipeline.slug, number: event.build.number)
    else { return .ignored("a build without an address") }
    return .runFinished(repository: repository, run: run.text, attempt: 1)
  }

  private struct Kind: Decodable { let event: String }

  private struct Finished: Decodable {
    struct Build: Decodable {
      let number: Int
      let url: String
    }
    struct Job: Decodable { let type: String? }

    let build: Build
    let job: Job?
    let pipeline: BuildkiteAnswers.Pipeline
  }
}
