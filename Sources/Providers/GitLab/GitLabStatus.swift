/// The states of GitLab's pipelines and jobs.
enum GitLabStatus {
  /// Whether something goes on by itself, without a person.
  static func isUnfinished(_ status: String) -> Bool {
    [
      "created", "waiting_for_resource", "waiting_for_callback", "preparing", "pending", "running", "canceling",
    ].contains(status)
  }

  /// Whether something has ended, and ran.
  static func isFinished(_ status: String) -> Bool { ["success", "failed", "canceled"].contains(status) }

  /// Reasons of failures that tell that time ran out.
  static let timeouts: Set<String> = ["job_execution_timeout", "stuck_or_timeout_failure", "job_execution_server_timeout"]
}
