import Crypto
import Model

/// What two findings of one pattern must have in common to be the same failure.
package enum GroupKey {
  /// Longest key, in bytes of UTF-8.
  package static let longest = 512

  /// The values of the pattern's `group-by` captures, or the whole match where it has none.
  ///
  /// Different values give different keys: values stand with a unit separator (U+001F) between them, and within them the
  /// backslash, that separator and NUL (which PostgreSQL can't store) are escaped. A capture that took no part in the match is
  /// `\N`, unlike an empty one. A key that would be too long keeps its beginning and has a hash of the whole as its end.
  /// - Parameter groupBy: the pattern's `group-by`.
  package static func of(_ finding: Finding, groupBy: [String]) -> String {
    let values: [String?] = groupBy.isEmpty ? [finding.matched] : groupBy.map(finding.capture)
    return shortened(values.map { $0.map(escaped) ?? "\\N" }.joined(separator: "\u{1F}"))
  }

  private static func escaped(_ value: String) -> String {
    guard value.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0x1F || $0 == 0 }) else { return value }
    var result = String.UnicodeScalarView()
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
      case "\u{1F}": result.append(contentsOf: "\\s".unicodeScalars)
      case "\0": result.append(contentsOf: "\\0".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private static func shortened(_ key: String) -> String {
    guard key.utf8.count > longest else { return key }
    let hex = SHA256.hash(data: Array(key.utf8)).prefix(16).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
    var end = key.utf8.index(key.utf8.startIndex, offsetBy: longest - hex.utf8.count - 1)
    while end.samePosition(in: key.unicodeScalars) == nil { end = key.utf8.index(before: end) }
    return key[..<end] + "#" + hex
  }
}
