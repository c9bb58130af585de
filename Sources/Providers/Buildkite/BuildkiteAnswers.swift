import Model

/// What Buildkite's REST API answers, and its webhooks send, as far as it is used.
enum BuildkiteAnswers {
  struct Pipeline: Decodable, Sendable {
    let slug: String
    /// Where the code is cloned from.
    let repository: String
  }

  struct PullRequest: Decodable, Sendable {
    /// A number in a string; empty objects are none.
    let id: String?
  }

  struct Run: Decodable, Sendable {
    let number: Int
    let state: String
    /// `HEAD` until an agent has found out what that is.
    let commit: String
    let branch: OutsideName
    let createdAt: Moment
    let pullRequest: PullRequest?
    let pipeline: Pipeline
    let jobs: [Job]

    private enum CodingKeys: String, CodingKey {
      case number, state, commit, branch, pipeline, jobs
      case createdAt = "created_at"
      case pullRequest = "pull_request"
    }

    /// Whether jobs of it may still begin or end by themselves. One that is blocked waits for a person, perhaps forever.
    var isUnfinished: Bool { ["creating", "scheduled", "running", "failing", "canceling", "waiting"].contains(state) }
  }

  struct Job: Decodable, Sendable {
    struct RetrySource: Decodable, Sendable {
      let job: String
      private enum CodingKeys: String, CodingKey { case job = "job_id" }
    }

    let id: String
    /// `script` is what runs; the others wait, ask and trigger.
    let type: String
    let name: OutsideName?
    let key: OutsideName?
    let state: String?
    let softFailed: Bool?
    let exitStatus: Int?
    let startedAt: Moment?
    let finishedAt: Moment?
    let webURL: WebAddress?
    /// The job that this one was retried in.
    let retriedIn: String?
    /// The job that this one retries.
    let retrySource: RetrySource?
    let parallelIndex: Int?
    let parallelTotal: Int?

    private enum CodingKeys: String, CodingKey {
      case id, type, name, state
      case key = "step_key"
      case softFailed = "soft_failed"
      case exitStatus = "exit_status"
      case startedAt = "started_at"
      case finishedAt = "finished_at"
      case webURL = "web_url"
      case retriedIn = "retried_in_job_id"
      case retrySource = "retry_source"
      case parallelIndex = "parallel_group_index"
      case parallelTotal = "parallel_group_total"
    }

    /// Nil if it hasn't finished, didn't run, or failed softly.
    var outcome: Build.Outcome? {
      guard type == "script" else { return nil }
      switch state {
      case "passed": return .success
      case "failed" where softFailed == true, "timed_out" where softFailed == true: return nil
      case "failed": return .failure
      // No agent took it in time.
      case "timed_out", "expired": return .timedOut
      case "canceled": return .canceled
      // Older answers have the state of the machinery, and the exit status tells.
      case "finished" where softFailed == true && exitStatus != 0: return nil
      case "finished": return exitStatus == 0 ? .success : .failure
      default: return nil
      }
    }

    /// The parallel runs of a step are jobs of the same name.
    var fullName: String {
      let name = [name?.text, key?.text].compactMap { $0 }.first { !$0.isEmpty } ?? "unnamed"
      guard let parallelIndex, let parallelTotal, parallelTotal > 1 else { return name }
      return "\(name) (\(parallelIndex + 1) of \(parallelTotal))"
    }
  }
}
