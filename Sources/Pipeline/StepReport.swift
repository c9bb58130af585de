import Model
import Store

/// What a stage did with one thing, for the log of the worker that made it do so.
package struct StepReport: Sendable {
  package let action: String
  /// What it was about: `provider repository job #id`.
  package let subject: String
  /// What went wrong, without secrets and without text of logs.
  package let problem: String?
  /// Whether it follows from what other reports have told already.
  package let isRoutine: Bool
  /// By what it can be found again: `delivery`, `build`, `repository`, `commit`; `builds` are numbers of pages, ten at most.
  package var ids: [String: String] = [:]

  package init(
    _ action: String, subject: String, problem: String? = nil, isRoutine: Bool = false, ids: [String: String] = [:]
  ) {
    self.action = action
    self.subject = subject
    self.problem = problem
    self.isRoutine = isRoutine
    self.ids = ids
  }

  init(_ action: String, build: Build, problem: String? = nil) {
    self.init(
      action, subject: "\(build.provider) \(build.repository) \(build.job) #\(build.externalID)", problem: problem,
      ids: [
        "build": "\(build.provider)/\(build.externalID)/\(build.attempt)", "repository": build.repository, "commit": build.commit,
      ])
  }

  init(_ action: String, commit: Store.CommitName, problem: String? = nil) {
    self.init(
      action, subject: "\(commit.repository) \(commit.commit.prefix(12))", problem: problem,
      ids: ["repository": commit.repository, "commit": commit.commit])
  }
}
