import Model

extension Build {
  /// The build as one of the repository that a report is about, in the code host's spelling: by that its commits are known, though neither
  /// minds the case. Nil if it is of another.
  func inRepository(of report: ReportedBuild) -> Build? {
    guard repository.lowercased() == report.repository.lowercased() else { return nil }
    var build = self
    build.repository = report.repository
    return build
  }
}

/// A finished build of a CI system, as the code host tells it: what it takes to ask that system for the build itself.
package struct ReportedBuild: Sendable, Equatable {
  /// As in `Provider.name`, found by the host of the link.
  package var provider: String
  /// `owner/name` of the code's repository.
  package var repository: String
  /// Full object name, in lower-case hexadecimal.
  package var commit: String
  /// What the CI system calls its report: a status's context, `ci/circleci: build`, or a check run's name.
  package var context: String
  /// Where the report leads people: the address of the build, made by whoever may write statuses. It says which build is meant
  /// and is never fetched.
  package var link: String
  package var outcome: Build.Outcome

  package init(provider: String, repository: String, commit: String, context: String, link: String, outcome: Build.Outcome) {
    self.provider = provider
    self.repository = repository
    self.commit = commit
    self.context = context
    self.link = link
    self.outcome = outcome
  }
}
