import Model
import Postgres

/// What people say when they have looked at a pattern.
extension Store {
  package struct PatternReview: Sendable, Equatable {
    package let who: String
    /// May be empty.
    package let note: String
    /// In seconds since 1970.
    package let at: Double
    /// The revision that was looked at.
    package let revision: Int64
  }

  /// Keeps that a person has looked at a pattern and what it finds, and thinks that it is right.
  ///
  /// It changes no verdict: until when a pattern may excuse stands in its file.
  ///
  /// - Parameter revision: the one that the person has seen.
  /// - Throws: `StoreError.noSuchPattern`, `.revisionChanged` if another one is tried by now.
  package func review(_ pattern: PatternID, revision: Int64, who: String, note: String) async throws {
    try await transaction { session in
      let row = try session.query("SELECT revision_id FROM pattern WHERE id = \(pattern.rawValue)").first
      guard let row else { throw StoreError.noSuchPattern(pattern.rawValue) }
      guard try row.decode(Int64?.self, "revision_id") == revision else { throw StoreError.revisionChanged(pattern.rawValue) }
      try session.execute(
        "INSERT INTO pattern_review (revision_id, who, note) VALUES (\(revision), \(who.storable), \(note.storable))")
      try Self.audit(
        who: who, "pattern reviewed", ["pattern": pattern.rawValue, "revision": String(revision), "note": note], session)
    }
  }

  /// The reviews of all revisions of a pattern, the latest first.
  package func reviews(of pattern: PatternID, most: Int) async throws -> [PatternReview] {
    try await transaction { session in
      try session.query(
        """
        SELECT w.who, w.note, extract(epoch FROM w.at)::float8 AS at, w.revision_id
          FROM pattern_revision r JOIN pattern_review w ON w.revision_id = r.id
         WHERE r.pattern_id = \(pattern.rawValue) ORDER BY w.id DESC LIMIT \(Int64(Self.pageSize(most)))
        """
      ).map {
        PatternReview(
          who: try $0.decode("who"), note: try $0.decode("note"), at: try $0.decode("at"), revision: try $0.decode("revision_id"))
      }
    }
  }
}
