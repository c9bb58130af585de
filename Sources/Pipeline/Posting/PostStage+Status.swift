import Analysis
import Model
import Providers
import Store

extension PostStage {
  /// Posts the commit status, if it says something new.
  ///
  /// - Returns: whether it was posted.
  func postStatus(_ verdict: CommitVerdict, _ due: Store.DueCommit) async throws -> Bool {
    let place = settings.context
    let last = try await lastStatus(due)
    // Where nothing failed and nothing was said before, there is nothing to say.
    if verdict.builds.isEmpty, last == nil { return false }
    let link = link(due.name)
    let state = verdict.state.rawValue
    let digest = statusDigest(verdict, due.name)
    if last?.digest == digest { return false }
    let status = CommitStatus(Self.state(verdict.state), context: place, description: verdict.text, link: link)
    return try await send(due, .status, place: place, state: state, text: verdict.text, digest: digest) {
      String(try await host.post(status, on: due.name.commit, in: due.name.repository).id)
    }
  }

  /// Of all that a status says.
  func statusDigest(_ verdict: CommitVerdict, _ name: Store.CommitName) -> [UInt8] {
    Self.digest(verdict.state.rawValue, verdict.text, link(name))
  }

  /// The status that the commit has from us, as far as it is known; one that was being sent when a process died is looked up.
  private func lastStatus(_ due: Store.DueCommit) async throws -> Store.Post? {
    guard let last = try await store.lastPost(on: due.name, .status, place: settings.context) else { return nil }
    guard last.phase == .sending else { return last }
    try checkSettled(last)
    let there = try await host.newestStatus(of: due.name.commit, context: settings.context, in: due.name.repository)
    if let there, there.status.state.rawValue == last.state, there.status.description == last.text {
      try await store.endPost(last.id, .posted, externalID: String(there.id))
      return last
    }
    try await store.endPost(last.id, .refused, answer: "it never arrived")
    return try await lastStatus(due)
  }

  static func state(_ state: CommitVerdict.State) -> CommitStatus.State {
    switch state {
    case .pending: .pending
    case .success: .success
    case .failure: .failure
    case .error: .error
    }
  }
}
