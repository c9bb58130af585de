import Model
import Postgres

/// What was posted where: never the same text twice.
extension Store {
  package struct Post: Sendable, Equatable {
    package enum Kind: String, Sendable { case status, checkRun = "check_run", comment }
    package enum Phase: String, Sendable { case sending, posted, refused }

    package let id: Int64
    package let commit: String
    package let state: String
    package let text: String
    package let digest: [UInt8]
    package let phase: Phase
    /// The code host's id of what was made.
    package let externalID: String?
    /// How long ago it was sent, in seconds.
    package let age: Double
  }

  /// The last post of a kind at a place on a commit; one that was refused doesn't count.
  package func lastPost(on name: CommitName, _ kind: Post.Kind, place: String) async throws -> Post? {
    try await lastPost(kind, place: place, repository: name.repository, commit: name.commit)
  }

  /// The last comment on a pull request, whatever commit it was about.
  package func lastComment(on pullRequest: Int, of repository: String) async throws -> Post? {
    try await lastPost(.comment, place: String(pullRequest), repository: repository, commit: nil)
  }

  private func lastPost(_ kind: Post.Kind, place: String, repository: String, commit: String?) async throws -> Post? {
    try await transaction { session in
      try session.query(
        """
        SELECT p.id, p.commit, p.state, p.text, p.digest, p.phase, p.external_id,
               extract(epoch FROM now() - p.created_at)::float8 AS age FROM status_post p
          JOIN repository r ON r.id = p.repository_id
         WHERE r.name = \(repository) AND (\(commit)::text IS NULL OR p.commit = \(commit)::text)
           AND p.kind = \(kind.rawValue) AND p.place = \(place) AND p.phase <> 'refused'
         ORDER BY p.id DESC LIMIT 1
        """
      ).first.map { row in
        Post(
          id: try row.decode("id"), commit: try row.decode("commit"), state: try row.decode("state"), text: try row.decode("text"),
          digest: try row.decode("digest"), phase: Post.Phase(rawValue: try row.decode("phase")) ?? .sending,
          externalID: try row.decode("external_id"), age: try row.decode("age"))
      }
    }
  }

  /// Writes down what is about to be sent.
  ///
  /// - Returns: nil if the commit's lease was lost; then nothing must be sent.
  package func beginPost(
    for due: DueCommit, _ kind: Post.Kind, place: String, state: String, text: String, digest: [UInt8]
  ) async throws -> Int64? {
    try await transaction { session in
      try session.query(
        """
        INSERT INTO status_post (repository_id, commit, kind, place, state, text, digest)
        SELECT d.repository_id, d.commit, \(kind.rawValue), \(place), \(state), \(text.storable), \(digest)
          FROM commit_due d WHERE d.id = \(due.id) AND d.lease_token = \(due.token) FOR UPDATE
        RETURNING id
        """
      ).first.map { try $0.decode(Int64.self, "id") }
    }
  }

  package func endPost(_ post: Int64, _ phase: Post.Phase, externalID: String? = nil, answer: String? = nil) async throws {
    try await transaction { session in
      _ = try session.execute(
        """
        UPDATE status_post SET phase = \(phase.rawValue), external_id = coalesce(\(externalID), external_id),
               answer = \(answer?.storable), answered_at = now()
         WHERE id = \(post)
        """)
    }
  }

  /// What check runs say of a commit is to be said again: the code host took them back when somebody asked for them anew.
  static func forgetWhatCheckRunsSay(_ name: CommitName, _ session: borrowing Session) throws {
    try session.execute(
      """
      UPDATE status_post p SET digest = sha256('') FROM repository r
       WHERE r.id = p.repository_id AND r.name = \(name.repository) AND p.commit = \(name.commit) AND p.kind = 'check_run'
      """)
  }
}
