import Foundation
import Model
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0.0), ("2026-01-02T03:04:05Z", 1_767_323_045), ("2024-02-29T23:59:59.5+01:00", 1_709_247_599.5),
    ("2026-01-02T03:04:05-0330", 1_767_335_645), ("9999-12-31T23:59:59Z", 253_402_300_799),
  ])
  func momentsAreRead(text: String, seconds: Double) throws {
    #expect(Timestamp(text)?.secondsSince1970 == seconds)
  }

  @Test(arguments: [
    "2026-02-31T00:00:00Z", "2025-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "99999-01-01T00:00:00Z",
    "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00", "2026-01-01",
    "2026-01-01 00:00:00Z",
    "2026-01-01T00:00:00Z ", "2026-01-01T00:00:00+24:00", "٢٠٢٦-01-01T00:00:00Z", "",
  ])
  func whatIsNoMomentIsRefused(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func countingTheDaysGoesBothWays() throws {
    for day in stride(from: -800_000, to: 2_932_000, by: 997) {
      let seconds = Double(day) * 86_400
      let there = CalendarDay(secondsSince1970: seconds)
      guard (1...9999).contains(there.year) else { continue }
      #expect(Double(there.secondsSince1970) == seconds)
    }
  }
}
