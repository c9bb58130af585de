import Model

/// What GitLab's API answers, as far as it is used.
enum GitLabAnswers {
  struct Pipeline: Decodable, Sendable {
    let id: Int
    let sha: ObjectName
    let ref: OutsideName
    let status: String
    /// Since GitLab 15.11, where the configuration names pipelines.
    let name: OutsideName?
    let source: OutsideName?
    let createdAt: Moment

    private enum CodingKeys: String, CodingKey {
      case id, sha, ref, status, name, source
      case createdAt = "created_at"
    }

    /// Whether jobs of it may still begin or end by themselves. One that waits for a person may wait forever.
    var isUnfinished: Bool { GitLabStatus.isUnfinished(status) }

    /// Pipelines of a branch and of a merge request have jobs of the same names, which are no attempts of each other.
    var workflow: String { (name ?? source)?.text ?? "" }

    /// Pipelines of merge requests run on `refs/merge-requests/17/head`, or `/merge`.
    var mergeRequest: Int? {
      let parts = ref.text.split(separator: "/")
      return parts.count == 4 && parts[0] == "refs" && parts[1] == "merge-requests"
        ? Int(parts[2]).flatMap { $0 > 0 ? $0 : nil } : nil
    }
  }

  struct Job: Decodable, Sendable {
    let id: Int
    let name: OutsideName
    let status: String
    let failureReason: String?
    let allowFailure: Bool?
    let finishedAt: Moment?
    let erasedAt: Moment?
    let webURL: WebAddress?

    private enum CodingKeys: String, CodingKey {
      case id, name, status
      case failureReason = "failure_reason"
      case allowFailure = "allow_failure"
      case finishedAt = "finished_at"
      case erasedAt = "erased_at"
      case webURL = "web_url"
    }

    /// Nil if it hasn't finished, didn't run, or failed and was allowed to.
    var outcome: Build.Outcome? {
      switch status {
      case "success": .success
      case "failed" where allowFailure == true: nil
      case "failed": GitLabStatus.timeouts.contains(failureReason ?? "") ? .timedOut : .failure
      case "canceled": .canceled
      default: nil
      }
    }
  }
}
