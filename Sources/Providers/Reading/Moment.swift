import Foundation

/// A moment as CI systems write it: ISO 8601 with or without fractions and with any offset, or `2016-08-12 15:23:28 UTC`, which GitLab's
/// webhooks have.
struct Moment: Decodable, Sendable, Hashable {
  /// Since 1970-01-01 00:00 UTC.
  let seconds: Double

  init?(_ text: String) {
    var text = text
    if text.hasSuffix(" UTC") { text = text.dropLast(4).replacing(" ", with: "T") + "Z" }
    let date =
      (try? Date(text, strategy: .iso8601))
      ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    guard let date else { return nil }
    seconds = date.timeIntervalSince1970
  }

  init(from decoder: any Decoder) throws {
    guard let moment = Self(try decoder.singleValueContainer().decode(String.self)) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no time"))
    }
    self = moment
  }

  /// `2026-01-02T03:04:05Z`, as parameters of requests want it.
  static func format(_ seconds: Double) -> String { Date(timeIntervalSince1970: seconds).formatted(.iso8601) }
}
