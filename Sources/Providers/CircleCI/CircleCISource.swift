/// Which code a pipeline built.
struct CircleCISource: Sendable, Equatable {
  /// `owner/name`.
  let repository: String
  let commit: String
  let branch: String
  let pullRequest: Int?

  /// Nil if the pipeline built no commit of a repository that can be named.
  init?(project: CircleCIProject, vcs: CircleCIAnswers.VCS?, trigger: CircleCITrigger?) {
    guard let repository = Self.repository(project, vcs, trigger),
      let commit = (vcs?.revision ?? trigger?.git?.checkoutSHA).flatMap(ObjectName.init(_:))
    else { return nil }
    self.repository = repository
    self.commit = commit.text
    branch = vcs?.branch?.text ?? trigger?.git?.branch?.text ?? ""
    // The branch of a pull request from a fork.
    pullRequest = branch.hasPrefix("pull/") ? PositiveNumber.read(branch.dropFirst(5).prefix { $0 != "/" }) : nil
  }

  /// A slug of ids names no repository, so what the pipeline tells counts; else the slug does.
  static func repository(_ project: CircleCIProject, _ vcs: CircleCIAnswers.VCS?, _ trigger: CircleCITrigger?) -> String? {
    project.repository ?? vcs?.targetRepository.flatMap(RepositoryPath.ofRemote) ?? trigger?.git?.repository
  }
}
