/// A commit's full object name.
struct ObjectName: Decodable, Sendable, Hashable {
  /// SHA-1 or SHA-256 in hexadecimal, in lower case.
  let text: String

  init?(_ text: String) {
    let lower = text.lowercased()
    guard lower.utf8.count == 40 || lower.utf8.count == 64, lower.utf8.allSatisfy(Self.isDigit) else { return nil }
    self.text = lower
  }

  init(from decoder: any Decoder) throws {
    guard let name = Self(try decoder.singleValueContainer().decode(String.self)) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no object name"))
    }
    self = name
  }

  /// Whether it names no commit: git writes zeros for a branch that was deleted.
  var isNone: Bool { text.utf8.allSatisfy { $0 == UInt8(ascii: "0") } }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
