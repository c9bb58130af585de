/// Finds out which of some templates occur in a passing log, too: a line that passing builds print doesn't tell why one failed.
package struct FamiliarLines: ~Copyable, SegmentSink {
  private var reader: LineReader
  /// The keys that are looked for and haven't been seen yet.
  private var wanted: Set<String>
  /// Whether lines that don't look like errors are looked for.
  private let wantsAll: Bool
  package private(set) var seen: Set<String> = []

  package init(_ rules: LineRules, among lines: [TellingLine]) {
    reader = LineReader(rules)
    wanted = Set(lines.map(\.key))
    wantsAll = lines.contains { !$0.looksLikeError }
  }

  package mutating func take(_ piece: SegmentPiece) {
    guard !wanted.isEmpty, let text = reader.text(of: piece), wantsAll || reader.weight(of: text) > 0 else { return }
    let key = reader.template(of: text).key
    if wanted.remove(key) != nil { seen.insert(key) }
  }

  package mutating func endLine(_ line: Int) {}
}
