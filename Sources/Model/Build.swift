/// One run of one CI job.
package struct Build: Sendable, Equatable {
  /// The CI system: `github`, `circleci`, `folder`.
  package var provider: String
  /// `owner/name` of the code's repository.
  package var repository: String
  /// The provider's id of the run; with the attempt it names one build of a repository.
  package var externalID: String
  /// From 1; a re-run of the same job counts up.
  package var attempt: Int
  /// What the attempts are counted in, by the provider's name for it: a run of a workflow, a pipeline. Attempts of the same job in two runs
  /// say nothing of each other: a push and a pull request run other code on the same commit. Empty where there is no such thing.
  package var run: String
  /// Full object name of the commit, in lower-case hexadecimal.
  package var commit: String
  package var branch: String
  package var pullRequest: Int?
  package var workflow: String
  package var job: String
  package var outcome: Outcome
  /// Where people look at the build.
  package var url: String?
  /// Seconds since 1970-01-01 00:00 UTC.
  package var finishedAt: Double?

  package init(
    provider: String, repository: String, externalID: String, attempt: Int, run: String = "", commit: String,
    branch: String, pullRequest: Int?, workflow: String, job: String, outcome: Outcome, url: String?, finishedAt: Double?
  ) {
    self.provider = provider
    self.repository = repository
    self.externalID = externalID
    self.attempt = attempt
    self.run = run
    self.commit = commit
    self.branch = branch
    self.pullRequest = pullRequest
    self.workflow = workflow
    self.job = job
    self.outcome = outcome
    self.url = url
    self.finishedAt = finishedAt
  }

  package enum Outcome: String, Sendable, CaseIterable, Codable {
    case success, failure
    case timedOut = "timed_out"
    case canceled

    /// Whether someone has to find out why. A canceled build is nobody's failure.
    package var isFailure: Bool { self == .failure || self == .timedOut }
  }
}

/// How far a log has come from its provider.
package enum FetchState: String, Sendable, CaseIterable, Codable {
  /// Not fetched yet, and worth another try.
  case pending
  case stored
  /// The provider doesn't have it any more.
  case gone
  /// Only its head and tail are stored, or what the provider had kept of it.
  case tooLarge = "too_large"
  /// Given up after too many tries.
  case failed

  /// Whether there is something to scan.
  package var isReadable: Bool { self == .stored || self == .tooLarge }
}
