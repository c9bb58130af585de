import Model

/// Whether a pattern can be believed, and what it is good for. All figures are of its present definition.
package struct PatternHealth: Sendable {
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

  package let id: PatternID
  package let title: String
  package let verdict: PatternVerdict
  package let owner: String?
  package let fallback: Bool
  package let isRetired: Bool
  /// Not tried any more, as it was inconclusive too often.
  package let isSuspended: Bool
  package let reviewBy: CalendarDay?

  /// All findings, and failed builds with one.
  package let findings: Int
  package let failedBuilds: Int
  /// Failed builds for which it is the best finding.
  package let explained: Int
  /// When the first and the last failed build with a finding finished, in seconds since 1970.
  package let firstSeen: Double?
  package let lastSeen: Double?

  /// Passing builds that it was tried on, of the latest that were sampled, and those in which it was found.
  package let sampled: Int
  package let hit: Int
  /// Builds whose verdict was reported as wrong when this pattern had decided it.
  package let wrongReports: Int
  package let suspicion: Suspicion?
  package let cost: Cost
  /// Logs on which it could not be tried to the end.
  package let inconclusiveLogs: Int
  /// If it is the best finding nowhere though it was found in failed builds: the pattern that is it in most of them.
  package let shadowedBy: PatternID?

  /// The share of sampled passing builds in which it was found; nil if none was sampled.
  package var rate: Double? { sampled > 0 ? Double(hit) / Double(sampled) : nil }
  package var isSuspect: Bool { suspicion.map { $0.cleared == nil } ?? false }
  package var hasNeverFired: Bool { findings == 0 }

  package func isReviewOverdue(_ today: CalendarDay) -> Bool { reviewBy.map { today >= $0 } ?? false }

  /// Whether it has been found in failed builds, but in none of the last 90 days.
  package func isUnseen(_ today: CalendarDay) -> Bool {
    lastSeen.map { $0 < Double(today.secondsSince1970 - 90 * 86_400) } ?? false
  }
}
