/// Gathers the telling lines of one log while it is cleaned: the last ones that look like errors, and the last ones of the others, each
/// template once. Its memory doesn't grow with the log.
///
/// Lines of both kinds are always kept: which of them tell something can only be said once it is known what passing builds say.
package struct TellingLines: ~Copyable, SegmentSink {
  /// Templates of lines that look like errors which are kept of a log.
  package static let most = 40
  /// Templates of other lines which are kept of a log, of the last `nearEnd` of them.
  package static let mostPlain = 30
  private static let nearEnd = 200

  private var reader: LineReader
  private var found: [String: TellingLine] = [:]
  /// Lines at the end, round and round: the oldest is at `plainCount % nearEnd` once there are so many. They are masked at the end only.
  private var plain: [(line: Int, text: String)] = []
  private var plainCount = 0

  package init(_ rules: LineRules) { reader = LineReader(rules) }

  package mutating func take(_ piece: SegmentPiece) {
    guard let text = reader.text(of: piece) else { return }
    let weight = reader.weight(of: text)
    if weight > 0 {
      keep(text, line: piece.line, weight: weight)
    } else if plain.count < Self.nearEnd {
      plain.append((piece.line, text))
    } else {
      plain[plainCount % Self.nearEnd] = (piece.line, text)
    }
    if weight == 0 { plainCount += 1 }
  }

  package mutating func endLine(_ line: Int) {}

  /// What was found, in the order of the log. Lines that say too little for a pattern are left out.
  package consuming func lines() -> [TellingLine] {
    var kept = Dictionary(inOrder().suffix(Self.most).map { ($0.key, $0) }, uniquingKeysWith: { $1 })
    var room = Self.mostPlain
    for (line, text) in plain.sorted(by: { $0.line > $1.line }) where room > 0 && !reader.isQuiet(text) {
      let template = reader.template(of: text)
      guard template.saysEnough else { continue }
      let key = template.key
      guard kept[key] == nil else { continue }
      kept[key] = TellingLine(template: template, key: key, line: line, text: text, weight: 1)
      room -= 1
    }
    return Self.inOrder(kept)
  }

  private mutating func keep(_ text: String, line: Int, weight: Int) {
    let template = reader.template(of: text)
    guard template.saysEnough else { return }
    let key = template.key
    found[key] = TellingLine(template: template, key: key, line: line, text: text, weight: weight)
    if found.count > 2 * Self.most {
      for old in inOrder().dropLast(Self.most) { found[old.key] = nil }
    }
  }

  private func inOrder() -> [TellingLine] { Self.inOrder(found) }

  private static func inOrder(_ lines: [String: TellingLine]) -> [TellingLine] {
    lines.values.sorted { $0.line == $1.line ? $0.key < $1.key : $0.line < $1.line }
  }
}
