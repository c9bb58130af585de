import Model

/// What CircleCI's API v2 answers, as far as it is used.
enum CircleCIAnswers {
  struct List<Item: Decodable & Sendable>: Decodable, Sendable {
    let items: [Item]
    let nextPageToken: String?

    private enum CodingKeys: String, CodingKey {
      case items
      case nextPageToken = "next_page_token"
    }
  }

  struct Pipeline: Decodable, Sendable {
    let id: String
    let number: Int
    let createdAt: Moment
    let vcs: VCS?
    let parameters: CircleCITrigger?

    private enum CodingKeys: String, CodingKey {
      case id, number, vcs
      case createdAt = "created_at"
      case parameters = "trigger_parameters"
    }
  }

  struct VCS: Decodable, Sendable {
    let targetRepository: String?
    /// Not checked yet: pipelines that built no commit may have anything here.
    let revision: String?
    let branch: OutsideName?
    let tag: OutsideName?

    private enum CodingKeys: String, CodingKey {
      case revision, branch, tag
      case targetRepository = "target_repository_url"
    }
  }

  struct Workflow: Decodable, Sendable {
    let id: String
    let name: OutsideName
    let status: String
    let pipelineID: String
    let projectSlug: String
    let createdAt: Moment
    let stoppedAt: Moment?

    /// Whether jobs of it may still begin or end by themselves. One on hold waits for a person, perhaps forever.
    var isUnfinished: Bool { status == "running" || status == "failing" }

    private enum CodingKeys: String, CodingKey {
      case id, name, status
      case pipelineID = "pipeline_id"
      case projectSlug = "project_slug"
      case createdAt = "created_at"
      case stoppedAt = "stopped_at"
    }
  }

  struct Job: Decodable, Sendable {
    /// Approvals and jobs that never began have none.
    let number: Int?
    let name: OutsideName
    let status: String
    let stoppedAt: Moment?

    private enum CodingKeys: String, CodingKey {
      case name, status
      case number = "job_number"
      case stoppedAt = "stopped_at"
    }

    /// Nil if it hasn't finished or didn't run.
    var outcome: Build.Outcome? { CircleCIAnswers.outcome(status, isStopped: stoppedAt != nil) }
    var isUnfinished: Bool { ["running", "queued", "not_running"].contains(status) }
  }

  struct JobDetails: Decodable, Sendable {
    struct Latest: Decodable, Sendable { let id: String }
    let latestWorkflow: Latest?

    private enum CodingKeys: String, CodingKey { case latestWorkflow = "latest_workflow" }
  }

  /// - Parameter isStopped: whether the job has an end. A status that nobody knows yet counts as a failure then: it must not be missed.
  static func outcome(_ status: String, isStopped: Bool) -> Build.Outcome? {
    switch status {
    case "success": .success
    case "failed", "infrastructure_fail", "terminated-unknown", "error": .failure
    case "timedout": .timedOut
    case "canceled": .canceled
    case "running", "queued", "not_running", "not_run", "on_hold", "blocked", "unauthorized", "skipped", "retried": nil
    default: isStopped ? .failure : nil
    }
  }
}
