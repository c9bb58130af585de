import Model

/// How a job or a check run of GitHub ended. The values are those of the REST API's `conclusion`.
enum GitHubConclusion {
  /// What a conclusion means for a build; nil if nothing ran that could have failed.
  ///
  /// A word that isn't known is a failure: someone has to look at it, and nothing is green that wasn't told to be.
  static func outcome(_ conclusion: String) -> Build.Outcome? {
    switch conclusion {
    // GitHub lets a pull request with a neutral check be merged.
    case "success", "neutral": .success
    case "failure", "startup_failure": .failure
    case "timed_out": .timedOut
    case "cancelled": .canceled
    // Not run: by a condition, for want of someone's approval, or because nobody reported for two weeks.
    case "skipped", "action_required", "stale": nil
    default: .failure
    }
  }
}
