import Model

/// Reads what GitHub sends to `/webhooks/github`.
///
/// Source: "Webhook events and payloads" and "Validating webhook deliveries" in GitHub's documentation.
package struct GitHubWebhook: WebhookReader {
  package let provider = GitHubActions.name

  /// The context of our own statuses, and the name of our own check runs; GitHub ignores its case.
  package var ownContext: String
  /// The id of the GitHub App that we post check runs as; nil where there is none.
  package var ownApp: Int?
  /// Which system the host of a link belongs to: names in lower case to names of providers. Those of self-hosted systems come from the
  /// configuration.
  package var systems: [String: String]

  /// The hosts that a system itself offers.
  package static let publicSystems = [
    "circleci.com": "circleci", "app.circleci.com": "circleci",
    "buildkite.com": "buildkite",
    "gitlab.com": "gitlab",
    "travis-ci.com": "travis", "app.travis-ci.com": "travis", "travis-ci.org": "travis", "api.travis-ci.com": "travis",
  ]

  package init(ownContext: String = "culprit", ownApp: Int? = nil, systems: [String: String] = Self.publicSystems) {
    self.ownContext = ownContext
    self.ownApp = ownApp
    self.systems = systems
  }

  package var signatureFields: [String] { ["x-hub-signature-256"] }

  package func isSigned(_ request: WebhookRequest, secret: String) -> Bool {
    guard let header = request.headers["x-hub-signature-256"], header.hasPrefix("sha256=") else { return false }
    return WebhookSignature.isCode(header.dropFirst(7), of: request.body, secret: secret)
  }

  package func deliveryID(_ request: WebhookRequest) -> String {
    WebhookSignature.checkedID(request.headers["x-github-delivery"]) ?? WebhookSignature.digest(request.body)
  }

  package func eventName(_ request: WebhookRequest) -> String {
    let event = String((request.headers["x-github-event"] ?? "unnamed").unicodeScalars.filter(\.isASCII).prefix(50))
    let action = try? StrictJSON.decode(GitHubEvent.Action.self, from: request.body).action
    return action.map { event + " " + String($0.unicodeScalars.filter(\.isASCII).prefix(50)) } ?? event
  }

  package func events(_ request: WebhookRequest) throws -> [WebhookEvent] {
    if let type = request.headers["content-type"], type.lowercased().hasPrefix("application/x-www-form-urlencoded") {
      throw WebhookError("the webhook sends forms; set its content type to application/json")
    }
    guard let name = request.headers["x-github-event"] else { throw WebhookError("the header X-GitHub-Event is missing") }
    do {
      return [try event(name, body: request.body)]
    } catch {
      throw WebhookError("\(eventName(request)): \(error.what)")
    }
  }

  private func event(_ name: String, body: [UInt8]) throws(StrictJSON.Problem) -> WebhookEvent {
    switch name {
    case "workflow_job": job(try StrictJSON.decode(GitHubEvent.WorkflowJob.self, from: body))
    case "workflow_run": run(try StrictJSON.decode(GitHubEvent.WorkflowRun.self, from: body))
    case "pull_request": pullRequest(try StrictJSON.decode(GitHubEvent.PullRequest.self, from: body))
    case "push": push(try StrictJSON.decode(GitHubEvent.Push.self, from: body))
    case "status": status(try StrictJSON.decode(GitHubEvent.Status.self, from: body))
    case "check_run": checkRun(try StrictJSON.decode(GitHubEvent.CheckRun.self, from: body))
    case "check_suite": checkSuite(try StrictJSON.decode(GitHubEvent.CheckSuite.self, from: body))
    case "ping": .ignored("a ping")
    default: .ignored("an event that isn't used")
    }
  }

  private func job(_ event: GitHubEvent.WorkflowJob) -> WebhookEvent {
    guard event.action == "completed" else { return .ignored("a job that hasn't finished") }
    guard let build = event.job.build(in: event.repository.name.text) else { return .ignored("a job that didn't run") }
    return event.job.mayHaveRunOutOfTime ? .stopped(build) : .finished(build)
  }

  private func run(_ event: GitHubEvent.WorkflowRun) -> WebhookEvent {
    guard event.action == "completed" else { return .ignored("a run that hasn't finished") }
    return .runFinished(repository: event.repository.name.text, run: String(event.run.id), attempt: max(1, event.run.attempt ?? 1))
  }

  private func pullRequest(_ event: GitHubEvent.PullRequest) -> WebhookEvent {
    switch event.action {
    case "opened", "reopened", "synchronize", "closed": break
    case "edited" where event.changes?.base != nil: break
    default: return .ignored("nothing that changes a pull request's head or base")
    }
    return .pullRequest(event.pullRequest.model(in: event.repository.name.text))
  }

  private func push(_ event: GitHubEvent.Push) -> WebhookEvent {
    let prefix = "refs/heads/"
    guard event.ref.text.hasPrefix(prefix) else { return .ignored("a tag") }
    guard !event.deleted, event.after.text.utf8.contains(where: { $0 != UInt8(ascii: "0") }) else {
      return .ignored("a branch that was deleted")
    }
    return .pushed(
      repository: event.repository.name.text, branch: String(event.ref.text.dropFirst(prefix.count)), commit: event.after.text)
  }

  private func status(_ event: GitHubEvent.Status) -> WebhookEvent {
    guard event.context.text.lowercased() != ownContext.lowercased() else { return .ignored("our own status") }
    let outcome: Build.Outcome
    switch event.state {
    case "success": outcome = .success
    case "failure", "error": outcome = .failure
    default: return .ignored("a status that isn't final")
    }
    return reported(event.repository, event.commit, context: event.context, link: event.link, outcome)
  }

  private func checkRun(_ event: GitHubEvent.CheckRun) -> WebhookEvent {
    let check = event.checkRun
    let isOwn = isOwn(check.app)
    switch event.action {
    // GitHub sends these two to the app whose check run it is.
    case "requested_action" where isOwn:
      guard let identifier = event.requestedAction?.identifier else { return .ignored("a button without a name") }
      return requested(event.repository, check.commit, identifier.text, event.sender)
    case "rerequested" where isOwn: return requested(event.repository, check.commit, WebhookEvent.checkAgain, event.sender)
    case "completed": break
    default: return .ignored("a check run that hasn't finished, or isn't ours")
    }
    guard !isOwn, check.name.text.lowercased() != ownContext.lowercased() else { return .ignored("our own check run") }
    guard check.app?.slug != "github-actions" else { return .ignored("a job of GitHub Actions, which workflow_job tells") }
    guard let conclusion = check.conclusion, let outcome = GitHubConclusion.outcome(conclusion) else {
      return .ignored("a check that didn't run")
    }
    return reported(event.repository, check.commit, context: check.name, link: check.link, outcome)
  }

  /// Of a suite we have one run, so all checks again is that one again.
  private func checkSuite(_ event: GitHubEvent.CheckSuite) -> WebhookEvent {
    guard event.action == "rerequested", isOwn(event.checkSuite.app) else {
      return .ignored("a check suite that asks us for nothing")
    }
    return requested(event.repository, event.checkSuite.commit, WebhookEvent.checkAgain, event.sender)
  }

  private func isOwn(_ app: GitHubEvent.App?) -> Bool { ownApp.map { $0 == app?.id } ?? false }

  private func requested(
    _ repository: GitHubEvent.Repository, _ commit: ObjectName, _ identifier: String, _ sender: GitHubEvent.Person?
  ) -> WebhookEvent {
    .requestedAction(
      repository: repository.name.text, commit: commit.text, identifier: identifier, who: sender?.login.text ?? "")
  }

  private func reported(
    _ repository: GitHubEvent.Repository, _ commit: ObjectName, context: OutsideName, link: WebAddress?,
    _ outcome: Build.Outcome
  ) -> WebhookEvent {
    guard let link, let text = link.text, let host = link.host, let system = systems[host] else {
      return .ignored("a report that leads to no CI system that is known")
    }
    return .reported(
      ReportedBuild(
        provider: system, repository: repository.name.text, commit: commit.text, context: context.text, link: text, outcome: outcome
      ))
  }
}
