/// A comment below a pull request that GitHub has.
package struct PostedComment: Sendable, Equatable {
  package let id: Int
  /// Markdown.
  package let body: String
  /// Where people read it.
  package let link: String?
  /// Who wrote it; an app's name ends in `[bot]`.
  package let author: String?
}
