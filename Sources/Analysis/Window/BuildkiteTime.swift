import Model

/// The time of a line in Buildkite's logs, told by a string sequence that terminals ignore: `ESC _ bk;t=1745322209921 BEL`.
enum BuildkiteTime {
  /// - Parameter string: what stands between introducer and terminator.
  /// - Returns: since 1970; nil if it is another string.
  static func milliseconds(_ string: ArraySlice<UInt8>) -> Int? {
    guard string.starts(with: "bk;t=".utf8) else { return nil }
    let digits = string.dropFirst(5)
    guard (10...15).contains(digits.count) else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// As providers write it at the beginning of a line.
  static func text(_ milliseconds: Int) -> String {
    let second = milliseconds / 1_000
    let ofDay = second % 86_400
    let parts = [ofDay / 3_600, ofDay / 60 % 60, ofDay % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    let fraction = String(1_000 + milliseconds % 1_000).dropFirst()
    return "\(CalendarDay(secondsSince1970: Double(second)))T\(parts.joined(separator: ":")).\(fraction)Z"
  }
}
