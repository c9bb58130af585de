/// A change that is asked to be merged, as its code host tells it.
package struct PullRequest: Sendable, Equatable {
  /// `owner/name` of the repository that it is to be merged into.
  package var repository: String
  package var number: Int
  /// The commit that is its newest now.
  package var head: String
  /// The branch that it is to be merged into.
  package var baseBranch: String
  package var isOpen: Bool

  package init(repository: String, number: Int, head: String, baseBranch: String, isOpen: Bool) {
    self.repository = repository
    self.number = number
    self.head = head
    self.baseBranch = baseBranch
    self.isOpen = isOpen
  }
}
