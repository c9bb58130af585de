import Curl
import Model

extension GitHubCodeHost {
  /// A pull request as it is now.
  package func pullRequest(_ number: Int, in repository: String) async throws -> PullRequest {
    let call = try GitHubCall("read pull request \(repository)#\(number)", ["pulls", String(number)], in: repository)
    return try await client.value(GitHubPullRequest.self, of: call).model(in: repository)
  }

  /// The pull requests into this repository that hold a commit, those from forks included, open or not.
  package func pullRequests(of commit: String, in repository: String) async throws -> [PullRequest] {
    let call = try GitHubCall("list the pull requests of \(commit) of \(repository)", ["commits", commit, "pulls"], in: repository)
    var all: [PullRequest] = []
    try await client.pages(of: [GitHubPullRequest].self, call) { page in
      all += page.map { $0.model(in: repository) }
      return true
    }
    return all.filter { $0.repository.lowercased() == repository.lowercased() }
  }

  /// How a head stands to a base; both may be commits or branches.
  ///
  /// - Throws: `.notFound` also where the two have no common ancestor.
  package func compare(_ base: String, with head: String, in repository: String) async throws -> Comparison {
    var call = try GitHubCall("compare \(base) with \(head) in \(repository)", ["compare", "\(base)...\(head)"], in: repository)
    // One commit of the many that it would list.
    call.query = [("per_page", "1"), ("page", "1")]
    return try await client.value(Compared.self, of: call).model
  }

  /// The newest common ancestor of two commits or branches; nil if they have none.
  package func mergeBase(of base: String, and head: String, in repository: String) async throws -> String? {
    do {
      return try await compare(base, with: head, in: repository).mergeBase
    } catch let error as ProviderError where error.reason == .notFound && error.detail.contains("No common ancestor") {
      return nil
    }
  }

  /// Whether everything that is in `ancestor` is in the other commit too; true for one and the same.
  package func isAncestor(_ ancestor: String, of commit: String, in repository: String) async throws -> Bool {
    do {
      let status = try await compare(ancestor, with: commit, in: repository).status
      return status == .ahead || status == .identical
    } catch let error as ProviderError where error.reason == .notFound && error.detail.contains("No common ancestor") {
      return false
    }
  }

  /// The commits that a commit was made of: two for a merge, of which the second was merged into the first. Nil where GitHub doesn't know it.
  package func parents(of commit: String, in repository: String) async throws -> [String]? {
    struct Told: Decodable, Sendable {
      struct Parent: Decodable, Sendable { let sha: ObjectName }
      let parents: [Parent]
    }
    let call = try GitHubCall("read commit \(commit) of \(repository)", ["commits", commit], in: repository)
    do {
      return try await client.value(Told.self, of: call).parents.map(\.sha.text)
    } catch let error as ProviderError where error.reason == .notFound || error.reason == .refused {
      // 422, "No commit found for SHA".
      return nil
    }
  }

  /// The commits that a commit or branch descends from, the newest first, itself not among them.
  ///
  /// - Parameter most: how many are wanted.
  package func ancestors(of commit: String, atMost most: Int, in repository: String) async throws -> [String] {
    struct Listed: Decodable, Sendable { let sha: ObjectName }
    var call = try GitHubCall("list the ancestors of \(commit) of \(repository)", ["commits"], in: repository)
    call.query = [("sha", commit)]
    var all: [String] = []
    try await client.pages(of: [Listed].self, call) { page in
      all += page.map(\.sha.text)
      return all.count <= most
    }
    // GitHub begins with the commit itself.
    return Array(all.dropFirst().prefix(most))
  }

  private struct Compared: Decodable, Sendable {
    let status: Comparison.Status
    let mergeBase: Commit
    let aheadBy: Int
    let behindBy: Int

    struct Commit: Decodable, Sendable { let sha: ObjectName }

    private enum CodingKeys: String, CodingKey {
      case status
      case mergeBase = "merge_base_commit"
      case aheadBy = "ahead_by"
      case behindBy = "behind_by"
    }

    var model: Comparison { Comparison(status: status, mergeBase: mergeBase.sha.text, aheadBy: aheadBy, behindBy: behindBy) }
  }
}
