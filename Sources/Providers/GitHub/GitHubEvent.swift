/// What is read of GitHub's webhook payloads.
enum GitHubEvent {
  struct Action: Decodable { let action: String? }

  struct Repository: Decodable {
    let name: GitHubRepositoryName

    private enum CodingKeys: String, CodingKey { case name = "full_name" }
  }

  struct Person: Decodable { let login: OutsideName }

  struct WorkflowJob: Decodable {
    let action: String
    let repository: Repository
    let job: GitHubJob

    private enum CodingKeys: String, CodingKey {
      case action, repository
      case job = "workflow_job"
    }
  }

  struct WorkflowRun: Decodable {
    let action: String
    let repository: Repository
    let run: GitHubRun

    private enum CodingKeys: String, CodingKey {
      case action, repository
      case run = "workflow_run"
    }
  }

  struct PullRequest: Decodable {
    let action: String
    let repository: Repository
    let pullRequest: GitHubPullRequest
    let changes: Changes?

    struct Changes: Decodable {
      let base: Base?
      struct Base: Decodable {}
    }

    private enum CodingKeys: String, CodingKey {
      case action, repository, changes
      case pullRequest = "pull_request"
    }
  }

  struct Push: Decodable {
    let ref: OutsideName
    let after: ObjectName
    let deleted: Bool
    let repository: Repository
  }

  struct Status: Decodable {
    let commit: ObjectName
    let state: String
    let context: OutsideName
    let link: WebAddress?
    let repository: Repository

    private enum CodingKeys: String, CodingKey {
      case state, context, repository
      case commit = "sha"
      case link = "target_url"
    }
  }

  struct App: Decodable {
    let id: Int
    let slug: String?
  }

  struct CheckSuite: Decodable {
    let action: String
    let repository: Repository
    let checkSuite: Details
    let sender: Person?

    struct Details: Decodable {
      let commit: ObjectName
      let app: App?

      private enum CodingKeys: String, CodingKey {
        case app
        case commit = "head_sha"
      }
    }

    private enum CodingKeys: String, CodingKey {
      case action, repository, sender
      case checkSuite = "check_suite"
    }
  }

  struct CheckRun: Decodable {
    let action: String
    let repository: Repository
    let checkRun: Details
    let requestedAction: RequestedAction?
    let sender: Person?

    struct Details: Decodable {
      let name: OutsideName
      let commit: ObjectName
      let conclusion: String?
      let link: WebAddress?
      let app: App?

      private enum CodingKeys: String, CodingKey {
        case name, conclusion, app
        case commit = "head_sha"
        case link = "details_url"
      }
    }

    struct RequestedAction: Decodable { let identifier: OutsideName? }

    private enum CodingKeys: String, CodingKey {
      case action, repository, sender
      case checkRun = "check_run"
      case requestedAction = "requested_action"
    }
  }
}
