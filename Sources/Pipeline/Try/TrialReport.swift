import Analysis
import Model
import Store

/// What trying an expression on the archived logs has come to so far. Of bounded size; what is left out is counted.
package struct TrialReport: Sendable {
  /// Groups, jobs and changes that are kept; of more groups the findings are only counted, of more changes their number.
  package static let mostRows = 10_000

  /// What is tried.
  package let candidate: PatternID
  /// All that is to be tried, earlier runs' share included.
  package var archived: Store.ArchivedLogs
  /// Logs that have been tried.
  package var triedLogs = 0
  /// Raw bytes of these.
  package var triedBytes = 0
  /// What this run and the earlier ones did for it.
  package var cost = Store.TrialCost()
  /// Logs that the archive doesn't have any more, or damaged; in words, the first few.
  package var lost: [String] = []
  /// How many.
  package var lostLogs = 0

  // MARK: - Hits

  /// All of them, kept or not.
  package var findings = 0
  /// Logs with a finding.
  package var logs = 0
  /// Failed builds with a finding.
  package var failedBuilds = 0
  /// Passing builds with a finding.
  package var passedBuilds = 0
  /// Logs on which it was not conclusive.
  package var inconclusiveLogs = 0
  /// The same by the reason.
  package var inconclusive: [Inconclusive.Reason: Int] = [:]
  /// By the Monday of the week, in UTC.
  package var weeks: [CalendarDay: Count] = [:]
  /// By job; of more than `mostRows` the findings are only counted.
  package var jobs: [Job: Count] = [:]
  /// By the key that makes two findings the same failure.
  package var groups: [String: Group] = [:]
  /// Findings in groups that are not kept.
  package var untoldGroupFindings = 0
  /// Findings in jobs that are not kept.
  package var untoldJobFindings = 0
  /// Findings of which only the number is known, as a log had too many.
  package var unkept = 0

  /// Findings of a week or a job.
  package struct Count: Sendable, Equatable {
    /// How many.
    package var findings = 0
    /// Builds in which they are.
    package var builds = 0
  }

  /// A job by its full name.
  package struct Job: Sendable, Hashable {
    /// `owner/name`.
    package let repository: String
    /// Empty if the provider knows none.
    package let workflow: String
    /// The job's own name.
    package let name: String

    init(_ build: Build) { (repository, workflow, name) = (build.repository, build.workflow, build.job) }

    init(repository: String, workflow: String, name: String) {
      self.repository = repository
      self.workflow = workflow
      self.name = name
    }
  }

  /// Findings that are the same failure.
  package struct Group: Sendable {
    /// How many.
    package var findings = 0
    /// Logs in which they are.
    package var logs = 0
    /// The newest of them.
    package let sample: Finding
    /// Where the sample was found.
    package let place: Store.TrialPlace
  }

  // MARK: - Verdicts

  /// Commits that were judged with and without it. Nil until all logs are tried.
  package var judgedCommits: Int?
  /// Builds whose verdict would change, by the kinds before and after.
  package var changes: [KindChange: Int] = [:]
  /// The builds themselves, at most `mostRows`.
  package var changed: [VerdictChange] = []
  /// Patterns with findings on the same lines or in the same failed builds.
  package var overlaps: [PatternID: Overlap] = [:]

  /// From what to what a verdict changes.
  package struct KindChange: Sendable, Hashable {
    /// As it is.
    package let before: BuildKind
    /// As it would be.
    package let after: BuildKind
  }

  /// One failed build that would be told otherwise.
  package struct VerdictChange: Sendable {
    /// Its job.
    package let job: Job
    /// Full name of its commit.
    package let commit: String
    /// From 1.
    package let attempt: Int
    /// Where people look at it.
    package let url: String?
    /// As it is.
    package let before: Verdict
    /// As it would be.
    package let after: Verdict

    /// What is told of a build.
    package struct Verdict: Sendable, Equatable {
      /// What it is.
      package let kind: BuildKind
      /// Of the best finding.
      package let pattern: PatternID?
    }
  }

  /// How an existing pattern and the candidate stand to each other.
  package struct Overlap: Sendable, Equatable {
    /// Lines on which both have a finding.
    package var lines = 0
    /// Failed builds in which both have one.
    package var builds = 0
    /// In how many of these the candidate's finding is the better one.
    package var candidateWins = 0
    /// In how many the pattern's is.
    package var patternWins = 0
    /// All failed builds in which the pattern has a finding; nil until it is known.
    package var patternBuilds: Int?

    /// Whether the pattern would never decide again.
    package var isShadowed: Bool { candidateWins > 0 && candidateWins == patternBuilds }
  }

  /// Whether the candidate would never decide where this pattern has a finding, which is everywhere.
  package func isShadowed(by overlap: Overlap) -> Bool { overlap.patternWins > 0 && overlap.patternWins == failedBuilds }

  /// Nothing found yet.
  package init(candidate: PatternID, archived: Store.ArchivedLogs) {
    self.candidate = candidate
    self.archived = archived
  }
}
