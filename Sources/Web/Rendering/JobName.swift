/// How a job is called in lists and filters.
enum JobName {
  /// Within its repository: `workflow/job`.
  static func short(_ workflow: String?, _ job: String) -> String { workflow.map { "\($0)/\(job)" } ?? job }
}
