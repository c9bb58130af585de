/// Whether a pattern's present definition can be believed, and what it costs.
package struct PatternTrust: Sendable, Equatable {
  /// The mark of a pattern that isn't believed any more.
  package struct Suspicion: Sendable, Equatable {
    /// In seconds since 1970.
    package let since: Double
    /// In words, with the figures of that time.
    package let reason: String
    /// Who took it away and why; nil while it is in force.
    package let cleared: Clearing?
  }

  package struct Clearing: Sendable, Equatable {
    /// In seconds since 1970.
    package let at: Double
    package let who: String
    package let reason: String
  }

  /// What its searches cost, measured on a share of the logs.
  package struct Cost: Sendable, Equatable {
    /// Logs that were measured, and their raw bytes.
    package let logs: Int
    package let bytes: Int
    package let searches: Int
    /// CPU time.
    package let nanoseconds: Int

    /// CPU time in milliseconds for 1,000,000 raw bytes of logs; nil if none was measured.
    package var millisecondsPerMegabyte: Double? { bytes > 0 ? Double(nanoseconds) / Double(bytes) : nil }
  }

  /// Passing builds that it was tried on, of the latest that were sampled, and those in which it was found.
  package let sampled: Int
  package let hit: Int
  /// Builds whose verdict was reported as wrong when this pattern had decided it.
  package let wrongReports: Int
  package let suspicion: Suspicion?
  package let cost: Cost

  /// The share of sampled passing builds in which it was found; nil if none was sampled.
  package var rate: Double? { sampled > 0 ? Double(hit) / Double(sampled) : nil }
  package var isSuspect: Bool { suspicion.map { $0.cleared == nil } ?? false }
}
