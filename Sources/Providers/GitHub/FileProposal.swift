/// One file that somebody wants to be changed, as a pull request.
package struct FileProposal: Sendable, Equatable {
  /// From the repository's root.
  package var path: String
  package var content: String
  /// The branch that is made for it. The same proposal has the same branch, so that it is never made twice.
  package var branch: String
  /// Of the pull request and the commit.
  package var title: String
  /// Markdown.
  package var body: String

  package init(path: String, content: String, branch: String, title: String, body: String) {
    self.path = path
    self.content = content
    self.branch = branch
    self.title = title
    self.body = body
  }
}
