import Crypto
import Curl
import Foundation

/// Sends webhooks to a Culprit as GitHub does: signed, over HTTP.
package struct WebhookSender: Sendable {
  package static let secret = "It's a Secret to Everybody"

  /// Where Culprit listens, without a slash at the end.
  package let url: String
  private let http = HTTPClient()

  package init(url: String) { self.url = url }

  /// Sends a delivery.
  ///
  /// - Parameters:
  ///   - id: of the delivery; the same for one that is sent again.
  ///   - key: what it is signed with.
  /// - Returns: the status of the answer.
  package func post(_ event: String, _ body: [UInt8], id: String, key: String = secret) async throws -> Int {
    let code = HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Data(key.utf8)))
    var request = HTTPRequest(.post, try HTTPURL(url + "/webhooks/github"), body: body)
    request.headers.add("Content-Type", "application/json")
    request.headers.add("X-GitHub-Event", event)
    request.headers.add("X-GitHub-Delivery", id)
    request.headers.add("X-Hub-Signature-256", "sha256=" + code.map { String(format: "%02x", $0) }.joined())
    return try await http.send(request).status
  }

  /// - Returns: the status of the answer.
  package func get(_ path: String) async throws -> Int { try await http.send(HTTPRequest(.get, try HTTPURL(url + path))).status }
}

/// Bodies of GitHub's events, as far as anybody reads them.
package enum WebhookBody {
  /// A job of GitHub Actions ended.
  package static func jobCompleted(
    _ job: String, id: Int, conclusion: String = "failure", commit: String, branch: String = "topic", attempt: Int = 1,
    run: Int = 7,
    repository: String = "o/r"
  ) -> [UInt8] {
    Array(
      """
      {"action":"completed","workflow_job":{"id":\(id),"run_id":\(run),"run_attempt":\(attempt),"workflow_name":"CI","head_sha":"\(commit)",
      "head_branch":"\(branch)","status":"completed","conclusion":"\(conclusion)","name":"\(job)","html_url":"https://github.com/\(repository)/actions/runs/\(run)/job/\(id)",
      "started_at":"2026-01-02T03:04:05Z","completed_at":"2026-01-02T03:14:05Z"},"repository":{"full_name":"\(repository)"}}
      """.utf8)
  }
}
