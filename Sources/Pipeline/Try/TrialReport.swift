import Analysis
import Model
import Store

/// What trying an expression on the archived logs has come to so far. Of bounded size; what is left out is counted.
package struct TrialReport: Sendable {
  /// Groups, jobs and changes that are kept; of more groups the findings are only counted, of more changes their number.
  package static let mostRows = 10_000

  package let candidate: PatternID
  /// All that is to be tried, earlier runs' share included.
  package var archived: Store.ArchivedLogs
  package var triedLogs = 0
  /// Raw bytes of these.
  package var triedBytes = 0
  /// What this run and the earlier ones did for it.
  package var cost = Store.TrialCost()
  /// Logs that the archive doesn't have any more, or damaged; in words, the first few.
  package var lost: [String] = []
  package var lostLogs = 0

  // MARK: - Hits

  package var findings = 0
  package var logs = 0
  package var failedBuilds = 0
  package var passedBuilds = 0
  package var inconclusiveLogs = 0
  package var inconclusive: [Inconclusive.Reason: Int] = [:]
  /// By the Monday of the week, in UTC.
  package var weeks: [CalendarDay: Count] = [:]
  package var jobs: [Job: Count] = [:]
  /// By the key that makes two findings the same failure.
  package var groups: [String: Group] = [:]
  /// Findings in groups, and in jobs, that are not kept.
  package var otherGroups = 0
  package var otherJobs = 0
  /// Findings of which only the number is known, as a log had too many.
  package var unkept = 0

  package struct Count: Sendable, Equatable {
    package var findings = 0
    package var builds = 0
  }

  package struct Job: Sendable, Hashable {
    package let repository: String
    package let workflow: String
    package let name: String

    init(_ build: Build) { (repository, workflow, name) = (build.repository, build.workflow, build.job) }

    init(repository: String, workflow: String, name: String) {
      self.repository = repository
      self.workflow = workflow
      self.name = name
    }
  }

  package struct Group: Sendable {
    package var findings = 0
    package var logs = 0
    /// The newest of them.
    package let sample: Finding
    package let place: Store.TrialPlace
  }

  // MARK: - Verdicts

  /// Commits that were judged with and without it. Nil until all logs are tried.
  package var judgedCommits: Int?
  /// Builds whose verdict would change, by the kinds before and after.
  package var changes: [KindChange: Int] = [:]
  package var changed: [VerdictChange] = []
  package var overlaps: [PatternID: Overlap] = [:]

  package struct KindChange: Sendable, Hashable {
    package let before: BuildKind
    package let after: BuildKind
  }

  /// One failed build that would be told otherwise.
  package struct VerdictChange: Sendable {
    package let job: Job
    package let commit: String
    package let attempt: Int
    package let url: String?
    package let before: Verdict
    package let after: Verdict

    package struct Verdict: Sendable, Equatable {
      package let kind: BuildKind
      /// Of the best finding.
      package let pattern: PatternID?
    }
  }

  /// How an existing pattern and the candidate stand to each other.
  package struct Overlap: Sendable, Equatable {
    /// Lines on which both have a finding.
    package var lines = 0
    /// Failed builds in which both have one, and in how many of them either's finding is the better one.
    package var builds = 0
    package var candidateWins = 0
    package var patternWins = 0
    /// All failed builds in which the pattern has a finding; nil until it is known.
    package var patternBuilds: Int?

    /// Whether the pattern would never decide again.
    package var isShadowed: Bool { candidateWins > 0 && candidateWins == patternBuilds }
  }

  /// Whether the candidate would never decide where this pattern has a finding, which is everywhere.
  package func isShadowed(by overlap: Overlap) -> Bool { overlap.patternWins > 0 && overlap.patternWins == failedBuilds }

  package init(candidate: PatternID, archived: Store.ArchivedLogs) {
    self.candidate = candidate
    self.archived = archived
  }
}
