import Foundation
import Model

/// How numbers and times read on pages.
enum Figures {
  /// `4.8 %`, of a share from 0 to 1.
  static func percent(_ share: Double) -> String {
    share > 0 && share < 0.0995 ? String(format: "%.1f %%", share * 100) : String(format: "%.0f %%", share * 100)
  }

  /// `12,345`.
  static func count(_ number: Int) -> String {
    let digits = String(abs(number))
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return number < 0 ? "−" + text : text
  }

  /// `3 builds`, `1 build`.
  static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count(number)) \(number == 1 ? one : many ?? one + "s")"
  }

  /// `2026-01-31 10:00 UTC`.
  static func time(_ seconds: Double) -> String {
    let day = CalendarDay(secondsSince1970: seconds)
    let second = Int(seconds.rounded(.down)) - day.secondsSince1970
    return String(format: "%@ %02d:%02d UTC", day.description, second / 3_600, second / 60 % 60)
  }

  /// `3 h ago`; a moment to come is `in 3 h`.
  static func ago(_ seconds: Double, now: Double) -> String {
    let passed = now - seconds
    let text = span(abs(passed))
    return passed < 0 ? "in \(text)" : "\(text) ago"
  }

  /// `12 s`, `5 min`, `3 h`, `4 d`.
  static func span(_ seconds: Double) -> String {
    switch seconds {
    case ..<60: "\(Int(seconds)) s"
    case ..<3_600: "\(Int(seconds / 60)) min"
    case ..<(48 * 3_600): "\(Int(seconds / 3_600)) h"
    default: "\(Int(seconds / 86_400)) d"
    }
  }

  /// `1.2 MB`, in powers of 1,000.
  static func bytes(_ count: Int64) -> String {
    let units = ["B", "KB", "MB", "GB", "TB"]
    var (value, unit) = (Double(count), 0)
    while value >= 1_000, unit < units.count - 1 { (value, unit) = (value / 1_000, unit + 1) }
    return unit == 0 || value >= 100 ? String(format: "%.0f %@", value, units[unit]) : String(format: "%.1f %@", value, units[unit])
  }
}
