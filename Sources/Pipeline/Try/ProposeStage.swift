import Crypto
import Foundation
import Model
import Providers
import Store

/// From a pattern that was tried to a pull request on the repository that holds the patterns.
package struct ProposeStage: Sendable {
  private let store: Store
  private let host: GitHubCodeHost
  /// `owner/name`.
  package let repository: String
  /// The folder of the patterns in it, without slashes at its ends; empty: the root.
  private let folder: String

  package init(store: Store, host: GitHubCodeHost, repository: String, folder: String) {
    self.store = store
    self.host = host
    self.repository = repository
    self.folder = folder.split(separator: "/").joined(separator: "/")
  }

  /// - Parameters:
  ///   - id: what the pattern is to be called, which decides where its file lies.
  ///   - why: Markdown for those who review it, such as what the trial found.
  /// - Returns: the address of the pull request. The same again gives the same one.
  /// - Throws: `ProviderError`, `PostgresError`.
  package func propose(_ yaml: String, as id: PatternID, why: String, who: String) async throws -> String {
    let path = (folder.isEmpty ? "" : folder + "/") + id.rawValue + ".yaml"
    let digest = SHA256.hash(data: Data((path + "\n" + yaml).utf8)).prefix(4).map {
      String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
    }
    let proposal = FileProposal(
      path: path, content: yaml, branch: "culprit/\(id.rawValue)-\(digest.joined())", title: "Pattern \(id.rawValue)",
      body: why + "\n\nProposed by \(who), from a trial in Culprit.")
    // Written down first: what was asked for in someone's name must not be known to the code host alone.
    try await store.note(
      who: who, "pattern proposed", ["pattern": id.rawValue, "repository": repository, "branch": proposal.branch])
    return try await host.propose(proposal, in: repository)
  }
}
