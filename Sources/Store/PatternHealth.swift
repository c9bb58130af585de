import Model

/// Whether a pattern can be believed, and what it is good for. All figures are of its present definition.
package struct PatternHealth: Sendable {
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

  package let trust: PatternTrust
  /// Logs on which it could not be tried to the end.
  package let inconclusiveLogs: Int
  /// If it is the best finding nowhere though it was found in failed builds: the pattern that is it in most of them. Suspect ones are left
  /// out, as they are to be mended themselves.
  package let shadowedBy: PatternID?

  package var hasNeverFired: Bool { findings == 0 }

  package func isReviewOverdue(_ today: CalendarDay) -> Bool { reviewBy.map { today >= $0 } ?? false }

  /// Whether it has been found in failed builds, but in none of the last 90 days.
  package func isUnseen(_ today: CalendarDay) -> Bool {
    lastSeen.map { $0 < Double(today.secondsSince1970 - 90 * 86_400) } ?? false
  }
}
