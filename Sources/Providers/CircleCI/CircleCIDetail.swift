/// A job as the API v1.1 tells it, with its steps.
struct CircleCIDetail: Decodable, Sendable {
  struct Place: Decodable, Sendable {
    let jobID: String
    let workflowID: String

    private enum CodingKeys: String, CodingKey {
      case jobID = "job_id"
      case workflowID = "workflow_id"
    }
  }

  struct Step: Decodable, Sendable {
    let name: OutsideName
    let actions: [Action]
  }

  /// One parallel run of a step.
  struct Action: Decodable, Sendable {
    /// Of the parallel run, from 0.
    let index: Int
    /// Of the step: not its place in the list.
    let step: Int
    let status: String?
    let failed: Bool?
    let timedOut: Bool?
    let infrastructureFailed: Bool?
    let hasOutput: Bool?
    /// Whether CircleCI didn't keep all of the output.
    let truncated: Bool?
    /// Signed, and good for some minutes only.
    let outputURL: String?

    private enum CodingKeys: String, CodingKey {
      case index, step, status, failed, truncated
      case timedOut = "timedout"
      case infrastructureFailed = "infrastructure_fail"
      case hasOutput = "has_output"
      case outputURL = "output_url"
    }

    var isFailure: Bool {
      failed == true || timedOut == true || infrastructureFailed == true
        || ["failed", "timedout", "infrastructure_fail"].contains(status ?? "")
    }
  }

  let lifecycle: String?
  /// How many parallel runs the job has.
  let parallel: Int?
  let steps: [Step]
  let workflow: Place?

  private enum CodingKeys: String, CodingKey {
    case lifecycle, parallel, steps
    case workflow = "workflows"
  }

  var isFinished: Bool { lifecycle == nil || lifecycle == "finished" || lifecycle == "not_run" }

  /// All runs of all steps that wrote something, each by a name of its own.
  ///
  /// - Parameter failedOnly: leaves out runs that passed.
  /// What makes a name unique depends on the whole job and not on what failed, so a step is named the same whenever it is asked for.
  func logs(failedOnly: Bool) -> [LogReference] {
    var seen: [String: Int] = [:]
    for step in steps { seen[step.name.text, default: 0] += 1 }
    let isParallel = (parallel ?? 1) > 1
    var taken: Set<String> = []
    return steps.flatMap { step in
      step.actions.filter { ($0.isFailure || !failedOnly) && ($0.hasOutput ?? ($0.outputURL != nil)) }.map { action in
        var name = step.name.text
        if (seen[name] ?? 0) > 1 { name += " (step \(action.step))" }
        if isParallel { name += " (run \(action.index))" }
        // Two entries of one step and index would be one action told twice; a name that holds such an addition by itself is no reason
        // to lose a log.
        if !taken.insert(name).inserted {
          name += " (\(action.step)/\(action.index))"
          taken.insert(name)
        }
        return LogReference(step: name, locator: "\(action.step)/\(action.index)")
      }
    }
  }

  func action(at locator: String) -> Action? {
    steps.lazy.flatMap(\.actions).first { "\($0.step)/\($0.index)" == locator }
  }
}
