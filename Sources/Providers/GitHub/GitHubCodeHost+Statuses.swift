import Curl

extension GitHubCodeHost {
  /// Posts a status on a commit, in place of the one with the same context.
  ///
  /// After an error that leaves open whether it was posted, `newestStatus` tells.
  @discardableResult
  package func post(_ status: CommitStatus, on commit: String, in repository: String) async throws -> PostedStatus {
    struct Body: Encodable {
      let state: CommitStatus.State
      let context: String
      let description: String
      let target_url: String?
    }
    var call = try GitHubCall("post a status on \(commit) of \(repository)", .post, ["statuses", commit], in: repository)
    call.body = try StrictJSON.encode(
      Body(
        state: status.state, context: status.context,
        description: BoundedText.characters(status.description, atMost: CommitStatus.longestDescription), target_url: status.link))
    return try await client.value(Listed.self, of: call).model
  }

  /// The newest status of a context, which is the one that counts; nil if there is none.
  package func newestStatus(of commit: String, context: String, in repository: String) async throws -> PostedStatus? {
    var found: PostedStatus?
    let call = try GitHubCall("list the statuses of \(commit) of \(repository)", ["commits", commit, "statuses"], in: repository)
    try await client.pages(of: [Listed].self, call) { page in
      // GitHub lists the newest first.
      found = page.first { $0.context.text.lowercased() == context.lowercased() }?.model
      return found == nil
    }
    return found
  }

  /// All statuses of a commit, the newest first, those that others of the same context have replaced included.
  package func statuses(of commit: String, in repository: String) async throws -> [PostedStatus] {
    var all: [PostedStatus] = []
    let call = try GitHubCall("list the statuses of \(commit) of \(repository)", ["commits", commit, "statuses"], in: repository)
    try await client.pages(of: [Listed].self, call) { page in
      all += page.map(\.model)
      return true
    }
    return all
  }

  private struct Listed: Decodable, Sendable {
    let id: Int
    let state: CommitStatus.State
    let context: OutsideName
    let description: String?
    let link: WebAddress?
    let createdAt: Moment?
    let creator: Person?

    struct Person: Decodable, Sendable { let login: OutsideName }

    private enum CodingKeys: String, CodingKey {
      case id, state, context, description, creator
      case link = "target_url"
      case createdAt = "created_at"
    }

    var model: PostedStatus {
      PostedStatus(
        id: id, status: CommitStatus(state, context: context.text, description: description ?? "", link: link?.text),
        createdAt: createdAt?.seconds, author: creator?.login.text)
    }
  }
}
