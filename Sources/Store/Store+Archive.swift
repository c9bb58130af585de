import Postgres

/// Which archive the logs are in.
extension Store {
  /// How an archive stands to the logs that the database knows.
  package enum ArchiveMatch: Sendable, Equatable {
    case own
    /// The logs are in the one with this id.
    case other(String)
    /// There are logs, and this one has none.
    case empty
  }

  /// Makes an archive the one of this database, unless there is one already: with another, every log would seem to be lost.
  ///
  /// - Parameter isEmpty: whether no log was ever stored in it.
  package func bind(archive id: String, isEmpty: Bool) async throws -> ArchiveMatch {
    try await transaction { session in
      let known = "SELECT id FROM archive" as SQL
      if let row = try session.query(known).first {
        let other = try row.decode(String.self, "id")
        return other == id ? .own : .other(other)
      }
      let hasLogs = try session.query("SELECT EXISTS (SELECT 1 FROM log WHERE digest IS NOT NULL) AS it").only()
      if isEmpty, try hasLogs.decode(Bool.self, "it") { return .empty }
      try session.execute("INSERT INTO archive (id) VALUES (\(id.storable)) ON CONFLICT DO NOTHING")
      let other = try session.query(known).only().decode(String.self, "id")
      return other == id ? .own : .other(other)
    }
  }
}
