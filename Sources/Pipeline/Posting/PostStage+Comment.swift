import Analysis
import Model
import Providers
import Store

extension PostStage {
  /// Begins every comment of ours: by it the comment is found again. Not shown (an HTML comment).
  static let marker = "<!-- culprit: verdict -->"

  /// Makes or edits the one comment on the commit's pull request, if it says something new.
  ///
  /// - Returns: whether it was posted.
  func postComment(_ verdict: CommitVerdict, _ due: Store.DueCommit) async throws -> Bool {
    let requests = try await store.context(of: due.name).pullRequests
    guard let request = requests.first(where: { $0.isOpen && $0.head == due.name.commit }) else { return false }
    let repository = due.name.repository
    let last = try await store.lastComment(on: request.number, of: repository)
    // It is made at the first failure; what waits to be read is not one yet.
    if last == nil, verdict.builds.isEmpty || verdict.state == .pending { return false }
    let body = "\(Self.marker)\n\(VerdictMarkdown(verdict, link: link(due.name)).text)"
    let digest = Self.digest(body)
    if last?.phase == .posted, last?.digest == digest { return false }
    try checkSettled(last)
    let place = String(request.number)
    let known = last?.externalID.flatMap { Int($0) }
    return try await send(due, .comment, place: place, state: verdict.state.rawValue, text: verdict.text, digest: digest) {
      if let known {
        do {
          return String(try await host.edit(comment: known, to: body, in: repository).id)
        } catch let error as ProviderError where error.reason == .notFound || error.reason == .gone {
          // Someone has deleted it.
        }
      }
      // A process may have died before it learned the comment's id.
      let author = try await host.ownName()
      if let found = try await host.comment(on: request.number, marker: Self.marker, by: author, in: repository) {
        return String(try await host.edit(comment: found.id, to: body, in: repository).id)
      }
      return String(try await host.comment(body, on: request.number, in: repository).id)
    }
  }
}
