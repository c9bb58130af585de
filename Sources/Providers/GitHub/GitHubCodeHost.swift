import Curl
import Model

/// GitHub as the place where the code lives: what a commit and a pull request are, and what is shown beside them.
///
/// A method is one request, or one page after another; nothing is tried again here but by the client beneath. Repositories
/// are `owner/name`, commits full object names. All throw `ProviderError`.
package struct GitHubCodeHost: Sendable {
  let client: GitHubClient

  package init(_ client: GitHubClient) { self.client = client }

  /// The branch that pull requests go to unless they say otherwise.
  package func defaultBranch(of repository: String) async throws -> String {
    struct Answer: Decodable {
      let branch: OutsideName

      private enum CodingKeys: String, CodingKey { case branch = "default_branch" }
    }
    let call = try GitHubCall("read the default branch of \(repository)", in: repository)
    return try await client.value(Answer.self, of: call).branch.text
  }

  /// Whom our comments and statuses are by: a user's name, an app's with `[bot]`; nil if the credential can't tell, like that of a workflow.
  package func ownName() async throws -> String? { try await client.ownName() }
}
