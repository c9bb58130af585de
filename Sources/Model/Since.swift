import Foundation

/// A moment in the past, as people give it: `14d`, `12h`, `2w`, `2026-01-31`, `2026-01-31T10:00:00Z`.
package struct Since: Sendable, Equatable {
  /// Since 1970-01-01 00:00 UTC.
  package let seconds: Double

  /// Fails unless the text is a number of hours, days or weeks, a day, or a time of RFC 3339.
  ///
  /// - Parameter now: what a number of hours, days or weeks is counted back from, in seconds since 1970.
  package init?(_ text: some StringProtocol, now: Double = Date().timeIntervalSince1970) {
    let units: [Character: Double] = ["h": 3_600, "d": 86_400, "w": 7 * 86_400]
    if let unit = text.last.flatMap({ units[$0] }), let count = Double(text.dropLast()), count >= 0, count < 1e5 {
      seconds = now - count * unit
    } else if let day = CalendarDay(text) {
      seconds = Double(day.secondsSince1970)
    } else if let time = Timestamp(String(text)) {
      seconds = time.secondsSince1970
    } else {
      return nil
    }
  }
}
