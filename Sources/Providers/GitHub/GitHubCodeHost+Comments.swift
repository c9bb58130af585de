import Curl

extension GitHubCodeHost {
  /// Finds the comment that we made below a pull request.
  ///
  /// - Parameters:
  ///   - marker: what our comment begins with, such as `<!-- culprit -->`, which isn't shown. In the middle it doesn't count: that is
  ///     someone's quotation.
  ///   - author: whose comments count; nil for everyone's. Who may edit all comments must give it: else anyone's comment that begins
  ///     with the marker is taken for ours.
  package func comment(
    on pullRequest: Int, marker: String, by author: String?, in repository: String
  ) async throws -> PostedComment? {
    let call = try GitHubCall(
      "list the comments on \(repository)#\(pullRequest)", ["issues", String(pullRequest), "comments"], in: repository)
    var found: PostedComment?
    try await client.pages(of: [Listed].self, call) { page in
      found = page.lazy.map(\.model).first { comment in
        comment.body.hasPrefix(marker) && (author == nil || comment.author?.lowercased() == author?.lowercased())
      }
      return found == nil
    }
    return found
  }

  /// Writes a comment below a pull request. After an error that leaves open whether it was written, `comment` tells.
  ///
  /// - Parameter body: Markdown; cut to GitHub's 65,536 characters.
  @discardableResult
  package func comment(_ body: String, on pullRequest: Int, in repository: String) async throws -> PostedComment {
    try await write(
      body, .post, ["issues", String(pullRequest), "comments"], "comment on \(repository)#\(pullRequest)", in: repository)
  }

  /// Replaces a comment's text.
  @discardableResult
  package func edit(comment id: Int, to body: String, in repository: String) async throws -> PostedComment {
    try await write(body, .patch, ["issues", "comments", String(id)], "edit comment \(id) of \(repository)", in: repository)
  }

  /// Deletes a comment. One that isn't there any more is no error.
  package func delete(comment id: Int, in repository: String) async throws {
    let call = try GitHubCall("delete comment \(id) of \(repository)", .delete, ["issues", "comments", String(id)], in: repository)
    do {
      _ = try await client.send(call)
    } catch let error as ProviderError where error.reason == .notFound || error.reason == .gone {}
  }

  private func write(
    _ text: String, _ method: HTTPMethod, _ path: [String], _ operation: String, in repository: String
  ) async throws -> PostedComment {
    var call = try GitHubCall(operation, method, path, in: repository)
    call.body = try StrictJSON.encode(["body": BoundedText.bytes(text, atMost: 65_536)])
    return try await client.value(Listed.self, of: call).model
  }

  private struct Listed: Decodable, Sendable {
    let id: Int
    let body: String?
    let link: WebAddress?
    let user: Person?

    struct Person: Decodable, Sendable { let login: OutsideName }

    private enum CodingKeys: String, CodingKey {
      case id, body, user
      case link = "html_url"
    }

    var model: PostedComment { PostedComment(id: id, body: body ?? "", link: link?.text, author: user?.login.text) }
  }
}
