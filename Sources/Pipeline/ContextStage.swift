import Foundation
import Model
import Providers
import Store

/// From a commit to what its verdict needs of the code host: its pull requests, where it left its branch, which commits come before it.
///
/// What never changes is asked once and kept; where a pull request stands is asked each time, because a status on an old head misleads.
package struct ContextStage: Sendable {
  private let store: Store
  private let host: GitHubCodeHost

  package init(store: Store, host: GitHubCodeHost) {
    self.store = store
    self.host = host
  }

  /// How far back a job's last run is looked for, in commits.
  private static let ancestors = 50

  /// Asks what is missing, and keeps it.
  ///
  /// - Returns: whether the commit is still of interest: not one of a pull request that has moved on.
  /// - Throws: `ProviderError`, `PostgresError`.
  package func complete(_ name: Store.CommitName) async throws -> Bool {
    var context = try await store.context(of: name)
    let numbers = Set(context.pullRequests.map(\.number)).union(context.unknownPullRequests).sorted()
    var requests: [PullRequest] = []
    for number in numbers.prefix(10) {
      do {
        requests.append(try await host.pullRequest(number, in: name.repository))
      } catch let error as ProviderError where error.reason == .notFound || error.reason == .gone {
        // The number came from a CI system, which may mean another repository's; the status is due all the same.
        continue
      }
    }
    // Builds of a branch don't say which pull requests it is part of.
    if numbers.isEmpty { requests = try await host.pullRequests(of: name.commit, in: name.repository).filter(\.isOpen) }
    if !requests.isEmpty {
      try await store.apply(Store.Effects(pullRequests: requests))
      context.pullRequests = requests
    }
    // Only of a pull request that a CI system named can a commit be a merge.
    if !numbers.isEmpty, let head = try await mergedHead(name, requests) {
      try await store.recordMerge(name, of: head)
      return false
    }
    let isOnBranch = try await completeBase(name, context)
    for ancestor in context.unknownAncestors.prefix(100) {
      do {
        let holds = try await host.isAncestor(ancestor, of: name.commit, in: name.repository)
        try await store.recordAncestry(ancestor, of: name, holds: holds)
      } catch let error as ProviderError where error.reason == .notFound {
        // A commit that the repository doesn't have: the known problem covers nothing, and the status is due all the same.
        continue
      }
    }
    return isOnBranch || requests.isEmpty || requests.contains { $0.head == name.commit }
  }

  /// The head of the pull request that the commit merges into its base; nil if it is no such merge.
  ///
  /// Some CI systems run a pull request's code as it would be merged, on a commit that is in no branch. GitHub made it, or the CI system did
  /// by itself: then nobody else knows it.
  private func mergedHead(_ name: Store.CommitName, _ requests: [PullRequest]) async throws -> String? {
    let open = requests.filter(\.isOpen)
    guard !open.isEmpty, !requests.contains(where: { $0.head == name.commit }) else { return nil }
    guard let parents = try await host.parents(of: name.commit, in: name.repository) else {
      return open.count == 1 ? open.first?.head : nil
    }
    return parents.count == 2 ? open.first { $0.head == parents[1] }?.head : nil
  }

  /// - Returns: whether the commit is on the branch that it is compared with.
  private func completeBase(_ name: Store.CommitName, _ context: Store.CommitContext) async throws -> Bool {
    let branch: String
    if let target = context.pullRequests.first(where: { $0.head == name.commit })?.baseBranch
      ?? context.pullRequests.first?.baseBranch
    {
      branch = target
    } else {
      branch = try await host.defaultBranch(of: name.repository)
    }
    let found: String?
    do {
      found = try await host.mergeBase(of: branch, and: name.commit, in: name.repository)
    } catch let error as ProviderError where error.reason == .notFound {
      // The branch was deleted or renamed meanwhile; the status is due all the same.
      return false
    }
    // Without a common ancestor there is nothing to compare with.
    guard let base = found else { return false }
    let isOnBranch = base == name.commit
    // The branch that it is to be merged into may have been changed.
    if context.base == nil || (!isOnBranch && context.base != base) {
      let before = try await host.ancestors(of: base, atMost: Self.ancestors, in: name.repository)
      // A commit is never compared with itself: on its branch, its parent is the base.
      let line = isOnBranch ? before : [base] + before
      guard let first = line.first else { return isOnBranch }
      try await store.recordBase(of: name, base: first, ancestors: Array(line.dropFirst()))
    }
    return isOnBranch
  }
}
