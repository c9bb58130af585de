import Model
import Postgres

/// What a commit's page tells beside the verdict.
extension Store {
  /// Something that was sent to the code host.
  package struct PostRecord: Sendable, Equatable {
    package let kind: Post.Kind
    package let state: String
    package let text: String
    package let phase: Post.Phase
    /// What the code host said to it, where that is worth telling.
    package let answer: String?
    /// In seconds since 1970.
    package let at: Double
  }

  /// What was posted on a commit, the latest first.
  package func posts(on name: CommitName, most: Int) async throws -> [PostRecord] {
    try await transaction { session in
      try session.query(
        """
        SELECT p.kind, p.state, p.text, p.phase, p.answer, extract(epoch FROM coalesce(p.answered_at, p.created_at))::float8 AS at
          FROM status_post p JOIN repository r ON r.id = p.repository_id
         WHERE r.name = \(name.repository) AND p.commit = \(name.commit) ORDER BY p.id DESC LIMIT \(Int64(Self.pageSize(most)))
        """
      ).map { row in
        PostRecord(
          kind: Post.Kind(rawValue: try row.decode("kind")) ?? .status, state: try row.decode("state"),
          text: try row.decode("text"),
          phase: Post.Phase(rawValue: try row.decode("phase")) ?? .sending, answer: try row.decode("answer"),
          at: try row.decode("at"))
      }
    }
  }

  /// That somebody wants a build to be run again, and what became of it.
  package struct RerunRecord: Sendable, Equatable {
    package let who: String
    /// `pending`, `sending`, `sent`, `refused`, `needless`, `unknown`.
    package let phase: String
    /// The provider's words.
    package let answer: String?
    /// When it was asked for, in seconds since 1970.
    package let at: Double
  }

  /// The last wish for each of some builds; those that nobody wants to run again are left out.
  package func reruns(of builds: [Int64]) async throws -> [Int64: RerunRecord] {
    try await transaction { session in
      var records: [Int64: RerunRecord] = [:]
      for row in try session.query(
        """
        SELECT DISTINCT ON (build_id) build_id, who, phase, answer, extract(epoch FROM asked_at)::float8 AS at FROM rerun
         WHERE build_id = ANY (\(builds)) ORDER BY build_id, id DESC
        """)
      {
        records[try row.decode("build_id")] = RerunRecord(
          who: try row.decode("who"), phase: try row.decode("phase"), answer: try row.decode("answer"), at: try row.decode("at"))
      }
      return records
    }
  }

  /// Where some logs are in the archive; those that aren't there are left out.
  package func digests(ofLogs logs: [Int64]) async throws -> [Int64: [UInt8]] {
    try await transaction { session in
      var digests: [Int64: [UInt8]] = [:]
      for row in try session.query("SELECT id, digest FROM log WHERE id = ANY (\(logs)) AND digest IS NOT NULL") {
        digests[try row.decode("id")] = try row.decode("digest")
      }
      return digests
    }
  }

  /// How many revisions some patterns have had, the present one counted.
  package func revisionNumbers(of patterns: [PatternID]) async throws -> [PatternID: Int] {
    try await transaction { session in
      var numbers: [PatternID: Int] = [:]
      for row in try session.query(
        """
        SELECT p.id, count(*) AS number FROM pattern p JOIN pattern_revision v ON v.pattern_id = p.id
         WHERE p.id = ANY (\(patterns.map(\.rawValue))) AND v.id <= p.revision_id GROUP BY p.id
        """)
      {
        numbers[PatternID(try row.decode("id"))] = try row.decode("number")
      }
      return numbers
    }
  }
}
