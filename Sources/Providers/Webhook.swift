import Model

/// What a provider sends when something happened. Reading is pure: bytes in, events out.
package protocol WebhookReader: Sendable {
  /// As in the endpoint's path, `/webhooks/github`, and in `Build.provider`.
  var provider: String { get }

  /// Whether the raw body was signed with the secret; compared in constant time.
  func isSigned(_ request: WebhookRequest, secret: String) -> Bool

  /// Header fields that the signature may stand in, in lower case. A request without any of them isn't signed, whatever its body.
  var signatureFields: [String] { get }

  /// What names the delivery, the same when it is sent again; a digest of the body where the provider gives no id.
  func deliveryID(_ request: WebhookRequest) -> String

  /// The kind of event, for people: `workflow_job completed`.
  func eventName(_ request: WebhookRequest) -> String

  /// What happened. An event that isn't known, or concerns nobody, is `.ignored`.
  ///
  /// - Throws: `WebhookError` if the body isn't what the provider documents.
  func events(_ request: WebhookRequest) throws -> [WebhookEvent]
}

package struct WebhookRequest: Sendable {
  /// Names in lower case.
  package var headers: [String: String]
  package var body: [UInt8]

  package init(headers: [String: String], body: [UInt8]) {
    self.headers = headers
    self.body = body
  }
}

package enum WebhookEvent: Sendable, Equatable {
  /// A build finished.
  case finished(Build)
  /// A build was stopped, and only its system can tell whether that was somebody's wish or its time limit: see `Provider.ending(of:)`.
  case stopped(Build)
  /// A run of a workflow finished. The event of a build of it may have been missed, so its builds are to be listed.
  ///
  /// `run` is what `Provider.builds(ofRun:of:)` takes.
  case runFinished(repository: String, run: String, attempt: Int)
  /// The code host tells that a build of another system finished; that system has to be asked for it.
  case reported(ReportedBuild)
  /// A commit became the head of a pull request, or the request was closed.
  case pullRequest(PullRequest)
  /// A branch moved.
  case pushed(repository: String, branch: String, commit: String)
  /// Someone pressed a button of our check run; `identifier` is the button's, or `checkAgain`.
  case requestedAction(repository: String, commit: String, identifier: String, who: String)
  /// Nothing to do, and why.
  case ignored(String)

  /// The code host's own button, which asks for our check run anew. The run counts as queued until it is updated.
  package static let checkAgain = "rerequested"
}

package struct WebhookError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, without the body's text.
  package let what: String
  package init(_ what: String) { self.what = what }
  package var description: String { what }
}
