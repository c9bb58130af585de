/// What a commit's page and its pull request show beside it.
///
/// Source: "REST API endpoints for commit statuses" in GitHub's documentation.
package struct CommitStatus: Sendable, Equatable {
  package enum State: String, Sendable, CaseIterable, Codable {
    case pending, success, failure, error
  }

  /// GitHub refuses longer descriptions; it counts characters.
  package static let longestDescription = 140

  package var state: State
  /// Tells statuses of one commit apart; the newest of a context counts. GitHub ignores its case.
  package var context: String
  /// Sent cut to `longestDescription`.
  package var description: String
  /// Where it leads; http or https.
  package var link: String?

  package init(_ state: State, context: String = "culprit", description: String, link: String? = nil) {
    self.state = state
    self.context = context
    self.description = description
    self.link = link
  }
}

/// A status that GitHub has.
package struct PostedStatus: Sendable, Equatable {
  package let id: Int
  package let status: CommitStatus
  /// Seconds since 1970-01-01 00:00 UTC, where GitHub tells it.
  package let createdAt: Double?
  /// Who posted it; an app's name ends in `[bot]`.
  package let author: String?
}
