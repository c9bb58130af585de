/// A moment as RFC 3339 (section 5.6) writes it: `2026-01-02T03:04:05Z`, `2026-01-02T03:04:05.678+01:00`.
package struct Timestamp: Hashable, Sendable {
  /// Since 1970-01-01 00:00 UTC.
  package let secondsSince1970: Double

  /// Reads a day that exists, from 1970 to 9999, a time of day, and the offset from UTC; nothing else, not even a leap second.
  package init?(_ text: String) {
    let shape = /(.{10})T([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]{1,9})?(?:Z|([+-])([0-9]{2}):?([0-9]{2}))/
    guard let parts = text.wholeMatch(of: shape)?.output, let day = CalendarDay(parts.1), day.year >= 1970,
      let hour = Int(parts.2), hour < 24, let minute = Int(parts.3), minute < 60, let second = Int(parts.4), second < 60
    else { return nil }
    var whole = day.secondsSince1970 + hour * 3600 + minute * 60 + second
    if let sign = parts.6, let hours = parts.7.flatMap({ Int($0) }), let minutes = parts.8.flatMap({ Int($0) }) {
      guard hours < 24, minutes < 60 else { return nil }
      whole += (sign == "+" ? -60 : 60) * (hours * 60 + minutes)
    }
    secondsSince1970 = Double(whole) + (parts.5.flatMap { Double("0" + $0) } ?? 0)
  }
}
