/// A person's annotation: from one commit to another, certain jobs fail for a reason that is nobody's change.
package struct KnownProblem: Sendable, Equatable {
  package var id: Int64
  /// `owner/name`.
  package var repository: String
  /// Names of jobs, in which `*` stands for any text and `?` for any character; empty: all jobs.
  package var jobs: [String]
  /// The branch that has it, or that pull requests are to be merged into; empty: all.
  package var branch: String
  /// The first commit that has it; nil: it was always there.
  package var fromCommit: String?
  /// The first commit that hasn't any more.
  package var untilCommit: String?
  /// Builds that finished later are not covered; seconds since 1970-01-01 00:00 UTC.
  package var untilTime: Double?
  /// The patterns that it is limited to; empty: any failure.
  package var patterns: [PatternID]
  package var reason: String
  package var issue: String?
  package var who: String
  /// Seconds since 1970-01-01 00:00 UTC.
  package var createdAt: Double
  package var resolvedAt: Double?
  package var resolvedBy: String?

  package init(
    id: Int64 = 0, repository: String, jobs: [String] = [], branch: String = "", fromCommit: String? = nil,
    untilCommit: String? = nil, untilTime: Double? = nil, patterns: [PatternID] = [], reason: String, issue: String? = nil,
    who: String, createdAt: Double = 0, resolvedAt: Double? = nil, resolvedBy: String? = nil
  ) {
    self.id = id
    self.repository = repository
    self.jobs = jobs
    self.branch = branch
    self.fromCommit = fromCommit
    self.untilCommit = untilCommit
    self.untilTime = untilTime
    self.patterns = patterns
    self.reason = reason
    self.issue = issue
    self.who = who
    self.createdAt = createdAt
    self.resolvedAt = resolvedAt
    self.resolvedBy = resolvedBy
  }
}
