import Model
import Postgres

/// Builds that somebody wants to be run again.
extension Store {
  /// A wish that a worker has for itself.
  package struct DueRerun: Sendable {
    package let id: Int64
    package let token: Int64
    package let buildID: Int64
    package let build: Build
    package let who: String
    /// Tries that the provider refused for now.
    package let attempts: Int
    /// A worker sent a request and was gone before it wrote down the answer.
    package let isUnanswered: Bool
  }

  /// How a wish ends.
  package enum RerunEnd: String, Sendable {
    case sent, refused, needless
    /// Nobody knows whether the request arrived.
    case unknown
  }

  /// Writes down which builds are to be run again. One that is waited for, or was run again, is left as it is.
  static func askToRerun(_ builds: [Int64], who: String, _ session: borrowing Session) throws {
    try session.execute(
      """
      INSERT INTO rerun (build_id, who) SELECT id, \(who) FROM unnest(\(builds)) AS b (id) ORDER BY id
      ON CONFLICT (build_id) WHERE phase IN ('pending', 'sending', 'sent') DO NOTHING
      """)
    try wake(.reruns, session)
  }

  package func claimRerun(worker: WorkerID, leaseSeconds: Double) async throws -> DueRerun? {
    try await transaction { session in
      guard let taken = try WorkQueue.reruns.take(1, for: worker, leaseSeconds: leaseSeconds, session) else { return nil }
      let row = try session.query(
        """
        SELECT b.*, extract(epoch FROM b.finished_at)::float8 AS finished, r.name AS repository, n.id AS wish, n.build_id,
               n.who, n.phase, n.attempts
          FROM rerun n JOIN build b ON b.id = n.build_id JOIN repository r ON r.id = b.repository_id WHERE n.id = ANY (\(taken.ids))
        """
      ).only()
      return DueRerun(
        id: try row.decode("wish"), token: taken.token, buildID: try row.decode("build_id"), build: try Self.build(row),
        who: try row.decode("who"), attempts: Int(try row.decode(Int32.self, "attempts")),
        isUnanswered: try row.decode(String.self, "phase") == "sending")
    }
  }

  /// Writes down that the request for a build is about to be sent.
  ///
  /// - Parameter build: the wish's own, or a later attempt of it.
  /// - Returns: false if the wish is another worker's by now, or if that build was run again already; then nothing must be sent.
  package func beginRerun(_ wish: DueRerun, of build: Int64) async throws -> Bool {
    try await transaction { session in
      try session.execute(
        """
        UPDATE rerun n SET phase = 'sending', build_id = \(build)
         WHERE id = \(wish.id) AND lease_token = \(wish.token) AND phase = 'pending'
           AND NOT EXISTS (SELECT 1 FROM rerun o WHERE o.build_id = \(build) AND o.id <> n.id
                              AND o.phase IN ('pending', 'sending', 'sent'))
        """) == 1
    }
  }

  /// Writes down how it ended, and in the audit who had wanted it. If the wish is another worker's by now, only that it was sent counts.
  ///
  /// - Parameter answer: in words, without secrets.
  package func endRerun(_ wish: DueRerun, _ end: RerunEnd, answer: String? = nil) async throws {
    try await transaction { session in
      let ended = try session.execute(
        """
        UPDATE rerun SET phase = \(end.rawValue), answer = \(answer?.storable), lease_token = NULL, lease_worker = NULL,
               lease_until = NULL
         WHERE id = \(wish.id) AND (lease_token = \(wish.token) OR \(end == .sent)) AND phase IN ('pending', 'sending', 'unknown')
        """)
      guard ended == 1 else { return }
      try Self.audit(
        who: wish.who, "run again: \(end.rawValue)",
        [
          "repository": wish.build.repository, "commit": wish.build.commit, "job": wish.build.job, "answer": answer ?? "",
        ], session)
    }
  }

  /// It is not possible now.
  ///
  /// - Parameters:
  ///   - answer: why, without secrets; nil if the worker just stops.
  ///   - seconds: how long to wait before the next try.
  package func postpone(_ wish: DueRerun, answer: String?, seconds: Double) async throws {
    try await transaction { session in
      _ = try session.execute(
        """
        UPDATE rerun SET phase = 'pending', attempts = attempts + CASE WHEN \(answer)::text IS NULL THEN 0 ELSE 1 END,
               answer = coalesce(\(answer?.storable), answer), next_at = now() + make_interval(secs => \(seconds)),
               lease_token = NULL, lease_worker = NULL, lease_until = NULL
         WHERE id = \(wish.id) AND lease_token = \(wish.token)
        """)
    }
  }
}
