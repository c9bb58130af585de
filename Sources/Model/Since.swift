import Foundation

/// A moment in the past, as people give it: `14d`, `12h`, `2w`, `2026-01-31`, `2026-01-31T10:00:00Z`.
package struct Since: Sendable, Equatable {
  /// Since 1970-01-01 00:00 UTC.
  package let seconds: Double

  /// What a number of hours, days or weeks looks like, as an expression: `init` takes nothing else.
  package static let count = "^[0-9]{1,4}(\\.[0-9]{1,3})?[hdw]$"

  /// Fails unless the text is a number of hours, days or weeks, a day, or a time of RFC 3339.
  ///
  /// - Parameter now: what a number of hours, days or weeks is counted back from, in seconds since 1970.
  package init?(_ text: some StringProtocol, now: Double = Date().timeIntervalSince1970) {
    let units: [Character: Double] = ["h": 3_600, "d": 86_400, "w": 7 * 86_400]
    if String(text).wholeMatch(of: /[0-9]{1,4}(?:\.[0-9]{1,3})?[hdw]/) != nil, let unit = text.last.flatMap({ units[$0] }),
      let count = Double(text.dropLast())
    {
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
