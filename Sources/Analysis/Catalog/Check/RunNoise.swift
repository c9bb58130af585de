import PCRE2

/// Values that a run makes up anew: times, durations, hashes, addresses.
enum RunNoise {
  /// Whether the value as a whole is of such a kind. Plain numbers are not: they may be ports, lines or exit codes.
  static func isNoise(_ value: String) -> Bool {
    guard let regex else { return false }
    var matcher = Matcher(mostCaptures: regex.captureCount, matchLimit: 100_000)
    var value = value
    let outcome = value.withUTF8 { matcher.firstMatch(of: regex, in: UnsafeRawBufferPointer($0), from: 0) }
    if case .match = outcome { return true }
    return false
  }

  private static let regex = try? Regex(
    #"""
    (?xi) \A (?:
      [0-9a-f]{8} (?: - [0-9a-f]{4} ){3} - [0-9a-f]{12}           # UUID
      | 0x [0-9a-f]{6,}                                           # address
      | (?= [a-f]* [0-9] ) (?= [0-9]* [a-f] ) [0-9a-f]{12,}       # hash
      | \d{4} - \d\d - \d\d (?: [T\ ] \d\d : \d\d .* )?           # date, or date and time
      | \d\d : \d\d : \d\d (?: [.,] \d+ )?                        # time
      | \d+ (?: [.,] \d+ )? \s? (?: ms | s | sec | secs | seconds | milliseconds )   # duration
      | \d{10,}                                                   # seconds since 1970, or a counter
    ) \z
    """#)
}
