import Model

/// A pull request, as the REST API and events tell it.
struct GitHubPullRequest: Decodable, Sendable {
  let number: Int
  let state: String
  let head: Head
  let base: Base

  struct Head: Decodable, Sendable {
    let commit: ObjectName

    private enum CodingKeys: String, CodingKey { case commit = "sha" }
  }

  struct Base: Decodable, Sendable {
    let branch: OutsideName
    let repository: Repository?

    struct Repository: Decodable, Sendable {
      let name: GitHubRepositoryName

      private enum CodingKeys: String, CodingKey { case name = "full_name" }
    }

    private enum CodingKeys: String, CodingKey {
      case branch = "ref"
      case repository = "repo"
    }
  }

  /// - Parameter repository: where it was told, if it doesn't name its base itself.
  func model(in repository: String) -> PullRequest {
    PullRequest(
      repository: base.repository?.name.text ?? repository, number: number, head: head.commit.text, baseBranch: base.branch.text,
      isOpen: state == "open")
  }
}
