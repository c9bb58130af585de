import Model

/// A run of a workflow of GitHub Actions, as the REST API and `workflow_run` events tell it.
struct GitHubRun: Decodable, Sendable {
  let id: Int
  let name: OutsideName?
  let commit: ObjectName
  let branch: OutsideName?
  /// The newest attempt, from 1; old servers don't tell it.
  let attempt: Int?
  let status: String?
  let conclusion: String?
  let link: WebAddress?
  let createdAt: Moment
  let updatedAt: Moment?
  /// When the newest attempt began.
  let startedAt: Moment?
  private let pullRequests: [Reference]?
  private let repository: Place?

  private struct Reference: Decodable, Sendable {
    let number: Int
    let base: Base?

    struct Base: Decodable, Sendable { let repo: Place? }
  }

  private struct Place: Decodable, Sendable { let id: Int? }

  private enum CodingKeys: String, CodingKey {
    case id, name, status, conclusion, repository
    case commit = "head_sha"
    case branch = "head_branch"
    case attempt = "run_attempt"
    case link = "html_url"
    case createdAt = "created_at"
    case updatedAt = "updated_at"
    case startedAt = "run_started_at"
    case pullRequests = "pull_requests"
  }

  var isFinished: Bool { status == "completed" }

  /// The pull request of this repository whose head is the run's commit; GitHub doesn't name those from forks.
  var pullRequest: Int? {
    pullRequests?.first { reference in
      // A branch that is proposed to two repositories is listed with both requests.
      guard let base = reference.base?.repo?.id, let own = repository?.id else { return true }
      return base == own
    }?.number
  }

  /// The run itself as a build, if it failed before it had any job: its workflow file isn't valid.
  func startupFailure(in repository: String) -> Build? {
    guard isFinished, conclusion == "startup_failure" else { return nil }
    let workflow = name?.text ?? ""
    return Build(
      provider: GitHubActions.name, repository: repository, externalID: GitHubActions.runPrefix + String(id),
      attempt: max(1, attempt ?? 1), run: String(id), commit: commit.text, branch: branch?.text ?? "", pullRequest: pullRequest,
      workflow: workflow, job: workflow, outcome: .failure, url: link?.text, finishedAt: updatedAt?.seconds)
  }
}
