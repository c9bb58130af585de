import Model

/// Reads what GitLab sends to `/webhooks/gitlab`.
///
/// Source: "Webhooks" and "Webhook events" in GitLab's documentation.
package struct GitLabWebhook: WebhookReader {
  package let provider = GitLab.name

  package init() {}

  /// GitLab doesn't sign; it sends the secret itself.
  package var signatureFields: [String] { ["x-gitlab-token"] }

  package func isSigned(_ request: WebhookRequest, secret: String) -> Bool {
    WebhookSignature.isSame(request.headers["x-gitlab-token"], secret: secret)
  }

  /// The idempotency key is the same when an event is sent again; older instances have none. The event's UUID won't do: events that one
  /// webhook caused through another share it.
  package func deliveryID(_ request: WebhookRequest) -> String {
    WebhookSignature.checkedID(request.headers["idempotency-key"]) ?? WebhookSignature.digest(request.body)
  }

  package func eventName(_ request: WebhookRequest) -> String {
    let kind = try? StrictJSON.decode(Kind.self, from: request.body)
    return OutsideName(kind?.kind ?? request.headers["x-gitlab-event"] ?? "unnamed", atMost: 100).text
  }

  /// An event of a job asks for the builds of its pipeline: how often it has been retried is counted there.
  package func events(_ request: WebhookRequest) throws -> [WebhookEvent] {
    do {
      return switch try StrictJSON.decode(Kind.self, from: request.body).kind {
      case "build": [job(try StrictJSON.decode(Job.self, from: request.body))]
      case "pipeline": [pipeline(try StrictJSON.decode(Pipeline.self, from: request.body))]
      case "merge_request": [mergeRequest(try StrictJSON.decode(MergeRequest.self, from: request.body))]
      case "push": [push(try StrictJSON.decode(Push.self, from: request.body))]
      default: [.ignored("an event that isn't used")]
      }
    } catch {
      throw WebhookError("\(eventName(request)): \(error.what)")
    }
  }

  private func job(_ event: Job) -> WebhookEvent {
    guard GitLabStatus.isFinished(event.status) else { return .ignored("a job that hasn't finished, or didn't run") }
    guard let path = event.project?.checkedPath ?? event.repository?.path else { return .ignored("a project that can't be named") }
    return .runFinished(repository: path, run: String(event.pipelineID), attempt: 1)
  }

  private func pipeline(_ event: Pipeline) -> WebhookEvent {
    guard GitLabStatus.isFinished(event.pipeline.status) else { return .ignored("a pipeline that hasn't finished, or didn't run") }
    guard let path = event.project.checkedPath else { return .ignored("a project that can't be named") }
    return .runFinished(repository: path, run: String(event.pipeline.id), attempt: 1)
  }

  private func mergeRequest(_ event: MergeRequest) -> WebhookEvent {
    let request = event.request
    guard let path = event.project.checkedPath, let head = request.lastCommit?.id else {
      return .ignored("a merge request without a commit")
    }
    return .pullRequest(
      PullRequest(
        repository: path, number: request.number, head: head.text, baseBranch: request.targetBranch.text,
        isOpen: request.state == "opened"))
  }

  private func push(_ event: Push) -> WebhookEvent {
    let prefix = "refs/heads/"
    guard event.ref.text.hasPrefix(prefix), let path = event.project.checkedPath else { return .ignored("no branch") }
    guard !event.after.isNone else { return .ignored("a branch that was deleted") }
    return .pushed(repository: path, branch: String(event.ref.text.dropFirst(prefix.count)), commit: event.after.text)
  }

  private struct Kind: Decodable {
    /// Events of access tokens, among others, have none.
    let kind: String?
    private enum CodingKeys: String, CodingKey { case kind = "object_kind" }
  }

  private struct Project: Decodable {
    let path: String?
    private enum CodingKeys: String, CodingKey { case path = "path_with_namespace" }
    var checkedPath: String? { path.flatMap(RepositoryPath.checked) }
  }

  private struct Job: Decodable {
    /// Events of jobs have no project in older GitLab, but the addresses of its repository.
    struct Repository: Decodable {
      let ssh: String?
      let homepage: String?

      private enum CodingKeys: String, CodingKey {
        case homepage
        case ssh = "git_ssh_url"
      }

      /// The one for SSH first: an instance below a path of its host has that path in the others.
      var path: String? { ssh.flatMap(RepositoryPath.ofRemote) ?? homepage.flatMap(RepositoryPath.ofRemote) }
    }

    let status: String
    let pipelineID: Int
    let project: Project?
    let repository: Repository?

    private enum CodingKeys: String, CodingKey {
      case project, repository
      case status = "build_status"
      case pipelineID = "pipeline_id"
    }
  }

  private struct Pipeline: Decodable {
    struct Attributes: Decodable {
      let id: Int
      let status: String
    }

    let pipeline: Attributes
    let project: Project

    private enum CodingKeys: String, CodingKey {
      case project
      case pipeline = "object_attributes"
    }
  }

  private struct MergeRequest: Decodable {
    struct Attributes: Decodable {
      struct Commit: Decodable { let id: ObjectName }

      let number: Int
      let state: String
      let targetBranch: OutsideName
      let lastCommit: Commit?

      private enum CodingKeys: String, CodingKey {
        case state
        case number = "iid"
        case targetBranch = "target_branch"
        case lastCommit = "last_commit"
      }
    }

    let request: Attributes
    let project: Project

    private enum CodingKeys: String, CodingKey {
      case project
      case request = "object_attributes"
    }
  }

  private struct Push: Decodable {
    let ref: OutsideName
    let after: ObjectName
    let project: Project
  }
}
