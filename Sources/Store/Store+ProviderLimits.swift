import Postgres

/// What CI systems and code hosts tell of how often they may be asked.
extension Store {
  /// A host's limit, as it told it last to one of the workers.
  package struct ProviderLimit: Sendable, Equatable {
    package let host: String
    /// Requests that it grants per period.
    package let granted: Int
    /// Requests that were left of these.
    package let remaining: Int
    /// When the next period begins, in seconds since 1970; nil if it doesn't say.
    package let resetsAt: Double?
    /// When it was told, in seconds since 1970.
    package let toldAt: Double

    package init(host: String, granted: Int, remaining: Int, resetsAt: Double?, toldAt: Double) {
      self.host = host
      self.granted = granted
      self.remaining = remaining
      self.resetsAt = resetsAt
      self.toldAt = toldAt
    }
  }

  /// Writes down what was told; of a host the newest counts.
  package func record(_ limits: [ProviderLimit]) async throws {
    guard !limits.isEmpty else { return }
    // In one order everywhere, so that two transactions never wait for each other.
    let sorted = limits.sorted { $0.host < $1.host }
    try await transaction { session in
      let hosts = sorted.map(\.host)
      let granted = sorted.map { Int32(clamping: $0.granted) }
      let remaining = sorted.map { Int32(clamping: $0.remaining) }
      let resets = sorted.map(\.resetsAt)
      let told = sorted.map(\.toldAt)
      try session.execute(
        """
        INSERT INTO provider_limit AS p (host, granted, remaining, resets_at, told_at)
        SELECT host, granted, remaining, to_timestamp(resets), to_timestamp(told)
          FROM unnest(\(hosts), \(granted), \(remaining), \(resets), \(told)) AS n (host, granted, remaining, resets, told)
        ON CONFLICT (host) DO UPDATE SET granted = excluded.granted, remaining = excluded.remaining, resets_at = excluded.resets_at,
               told_at = excluded.told_at
         WHERE excluded.told_at >= p.told_at
        """)
    }
  }

  /// All limits, by host.
  package func providerLimits() async throws -> [ProviderLimit] {
    try await transaction { session in
      try session.query(
        """
        SELECT host, granted, remaining, extract(epoch FROM resets_at)::float8 AS resets, extract(epoch FROM told_at)::float8 AS told
          FROM provider_limit ORDER BY host LIMIT 100
        """
      ).map { row in
        ProviderLimit(
          host: try row.decode("host"), granted: Int(try row.decode(Int32.self, "granted")),
          remaining: Int(try row.decode(Int32.self, "remaining")), resetsAt: try row.decode("resets"),
          toldAt: try row.decode("told"))
      }
    }
  }
}
