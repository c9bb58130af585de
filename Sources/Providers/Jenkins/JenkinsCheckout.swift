/// Which code a build of Jenkins checked out.
struct JenkinsCheckout: Sendable, Equatable {
  /// `owner/name`.
  let repository: String
  let commit: String
  /// Empty if it was no branch.
  let branch: String

  /// A pipeline may check out several repositories, its shared libraries first. The one that has the name of the job, or of a folder
  /// that it is in, is meant; else the first.
  ///
  /// - Parameter path: names of the folders and the job.
  init?(_ actions: [JenkinsAnswers.Action?], path: [String]) {
    let all = actions.compactMap { $0.flatMap(Self.init(action:)) }
    let names = Set(path.map { $0.lowercased() })
    guard let meant = all.first(where: { names.contains($0.name) }) ?? all.first else { return nil }
    self = meant
  }

  private init?(action: JenkinsAnswers.Action) {
    guard let commit = action.revision?.commit.flatMap(ObjectName.init(_:)),
      let repository = action.remotes?.lazy.compactMap(RepositoryPath.ofRemote).first
    else { return nil }
    self.commit = commit.text
    self.repository = repository
    branch = Self.branch(action.revision?.branches?.first?.name?.text ?? "")
  }

  private var name: String { (repository.split(separator: "/").last ?? "").lowercased() }

  /// `refs/remotes/origin/main`, `origin/main` and `main` are the same branch.
  static func branch(_ text: String) -> String {
    var name = text[...]
    for prefix in ["refs/remotes/", "refs/heads/", "origin/"] where name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
    return name == "detached" || name == "HEAD" ? "" : String(name)
  }
}
