import Model

/// A job of GitHub Actions, as the REST API and `workflow_job` events tell it.
struct GitHubJob: Decodable, Sendable {
  let id: Int
  let runID: Int
  /// From 1; old servers don't tell it.
  let runAttempt: Int?
  let workflowName: OutsideName?
  /// With the values of its matrix, `test (linux, 3.12)`, and the names of the workflows that call it, `ci / test`.
  let name: OutsideName
  let commit: ObjectName
  let branch: OutsideName?
  let status: String
  let conclusion: String?
  let link: WebAddress?
  let startedAt: Moment?
  let completedAt: Moment?

  private enum CodingKeys: String, CodingKey {
    case id, name, status, conclusion
    case runID = "run_id"
    case runAttempt = "run_attempt"
    case workflowName = "workflow_name"
    case commit = "head_sha"
    case branch = "head_branch"
    case link = "html_url"
    case startedAt = "started_at"
    case completedAt = "completed_at"
  }

  var isFinished: Bool { status == "completed" && conclusion != nil }

  /// Nil if the job hasn't finished or didn't run.
  ///
  /// - Parameter run: the run that the job belongs to, where it is known; it tells more than an event does.
  func build(in repository: String, run: GitHubRun? = nil) -> Build? {
    guard isFinished, let conclusion, let outcome = GitHubConclusion.outcome(conclusion) else { return nil }
    return Build(
      provider: GitHubActions.name, repository: repository, externalID: String(id), attempt: max(1, runAttempt ?? 1),
      run: String(runID), commit: commit.text, branch: branch?.text ?? run?.branch?.text ?? "", pullRequest: run?.pullRequest,
      workflow: workflowName?.text ?? run?.name?.text ?? "", job: name.text, outcome: outcome, url: link?.text,
      finishedAt: completedAt?.seconds)
  }
}
