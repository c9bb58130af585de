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

  /// What changes can be sorted by.
  package enum AuditKey: String, Sendable, CaseIterable { case at }

  /// - Parameter last: only what stands behind this one.
  package func auditTrail(
    who: String? = nil, sortedBy sorting: Sorting<AuditKey> = .descending(.at), after last: Int64? = nil, most: Int
  ) async throws -> [AuditEntry] {
    try await transaction { session in
      try session.query(
        """
        SELECT id, extract(epoch FROM at)::float8 AS at, who, action, detail::text AS detail FROM audit
         WHERE (\(last)::bigint IS NULL OR id \(sorting.behind) \(last)::bigint) AND (\(who)::text IS NULL OR who = \(who)::text)
         ORDER BY id \(sorting.direction) LIMIT \(Int64(most))
        """
      ).map {
        AuditEntry(
          id: try $0.decode("id"), at: try $0.decode("at"), who: try $0.decode("who"), action: try $0.decode("action"),
          detail: try $0.decode("detail"))
      }
    }
  }
}
