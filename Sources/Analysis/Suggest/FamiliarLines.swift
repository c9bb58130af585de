/// Finds out which of some templates occur in a passing log, too: a line that passing builds print doesn't tell why one failed.
package struct FamiliarLines: ~Copyable, SegmentSink {
  private var reader: LineReader
  /// The keys that are looked for and haven't been seen yet.
  private var wanted: Set<String>
  /// How the wanted lines begin, as far as texts of the templates tell; empty if one of them may begin with anything.
  private let beginnings: Set<UInt32>
  package private(set) var seen: Set<String> = []

  package init(_ rules: LineRules, among lines: [TellingLine]) {
    reader = LineReader(rules)
    wanted = Set(lines.map(\.key))
    let heads = lines.map { Self.beginning(of: $0.template.parts.first) }
    beginnings = heads.contains(nil) ? [] : Set(heads.compactMap(\.self))
  }

  /// The first bytes of a line, of which each line of a template that begins with a text has the same.
  private static func beginning(of part: LineTemplate.Part?) -> UInt32? {
    guard case .text(let text) = part else { return nil }
    return beginning(of: text)
  }

  private static func beginning(of text: some StringProtocol) -> UInt32? {
    var result: UInt32 = 0
    var count = 0
    for byte in text.utf8.prefix(3) { (result, count) = (result << 8 | UInt32(byte), count + 1) }
    return count == 3 ? result : nil
  }

  /// Whether the line may be one of the wanted: masking takes far longer than to see that it begins otherwise.
  private func mayBeWanted(_ text: String) -> Bool {
    guard !beginnings.isEmpty else { return true }
    return Self.beginning(of: text.drop { $0 == " " || $0 == "\t" }).map(beginnings.contains) ?? false
  }

  package mutating func take(_ piece: SegmentPiece) {
    guard !wanted.isEmpty, let text = reader.text(of: piece), mayBeWanted(text) else { return }
    let key = reader.template(of: text).key
    if wanted.remove(key) != nil { seen.insert(key) }
  }

  package mutating func endLine(_ line: Int) {}
}
