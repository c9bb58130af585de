/// What a pipeline tells of its code where CircleCI reaches it by an app or by GitLab, in place of `vcs`.
struct CircleCITrigger: Decodable, Sendable {
  struct Git: Decodable, Sendable {
    /// Not checked yet, as in `vcs`.
    let checkoutSHA: String?
    let branch: OutsideName?
    let checkoutURL: String?
    let owner: String?
    let name: String?

    private enum CodingKeys: String, CodingKey {
      case branch
      case checkoutSHA = "checkout_sha"
      case checkoutURL = "checkout_url"
      case owner = "repo_owner"
      case name = "repo_name"
    }

    /// `owner/name`.
    var repository: String? {
      if let remote = checkoutURL.flatMap(RepositoryPath.ofRemote) { return remote }
      guard let owner, let name else { return nil }
      return RepositoryPath.checked("\(owner)/\(name)")
    }
  }

  let git: Git?
}
