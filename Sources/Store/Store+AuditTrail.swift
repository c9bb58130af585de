import Postgres

extension Store {
  /// A change that someone made.
  package struct AuditEntry: Sendable, Equatable {
    package let id: Int64
    /// Seconds since 1970.
    package let at: Double
    package let who: String
    package let action: String
    /// An object of JSON.
    package let detail: String
  }

  /// The newest first.
  ///
  /// - Parameter before: only those entered before this one.
  package func auditTrail(who: String? = nil, before: Int64? = nil, most: Int) async throws -> [AuditEntry] {
    try await transaction { session in
      try session.query(
        """
        SELECT id, extract(epoch FROM at)::float8 AS at, who, action, detail::text AS detail FROM audit
         WHERE (\(before)::bigint IS NULL OR id < \(before)::bigint) AND (\(who)::text IS NULL OR who = \(who)::text)
         ORDER BY id DESC LIMIT \(Int64(most))
        """
      ).map {
        AuditEntry(
          id: try $0.decode("id"), at: try $0.decode("at"), who: try $0.decode("who"), action: try $0.decode("action"),
          detail: try $0.decode("detail"))
      }
    }
  }
}
