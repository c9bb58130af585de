/// Gathers the different lines of logs, as far as they can be examples.
package struct ExampleLines: ~Copyable, SegmentSink {
  /// In the order in which they first came.
  package private(set) var lines: [String] = []
  private var seen: Set<String> = []

  /// The longest line that makes a readable example, in bytes.
  private static let longest = 400
  /// Lines that are kept in all.
  private static let most = 200_000

  package init() {}

  package mutating func take(_ piece: SegmentPiece) {
    guard piece.isWhole, piece.bytes.count <= Self.longest, lines.count < Self.most else { return }
    guard let line = String(validating: piece.bytes, as: UTF8.self), Self.isPlain(line), seen.insert(line).inserted else { return }
    lines.append(line)
  }

  package mutating func endLine(_ line: Int) {}

  /// Whether YAML takes the text in single quotes as it is.
  static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar == "\t"
        || scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value) && scalar.value != 0x2028 && scalar.value != 0x2029
          && scalar.value != 0xFEFF
    }
  }
}
