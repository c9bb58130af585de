/// Gathers the telling lines of one log while it is cleaned: the last ones that look like errors, each template once; where no line
/// does, the last lines of all. Its memory doesn't grow with the log.
package struct TellingLines: ~Copyable, SegmentSink {
  /// Templates that are kept of a log.
  package static let most = 40
  /// Lines that are kept of a log in which nothing looks like an error.
  package static let mostLast = 10

  private var reader: LineReader
  private var found: [String: TellingLine] = [:]
  private var last: [(line: Int, text: String)] = []

  package init(_ rules: LineRules) { reader = LineReader(rules) }

  package mutating func take(_ piece: SegmentPiece) {
    guard let text = reader.text(of: piece) else { return }
    let weight = reader.weight(of: text)
    if weight > 0 {
      keep(text, line: piece.line, weight: weight)
    } else if found.isEmpty {
      if last.count == Self.mostLast { last.removeFirst() }
      last.append((piece.line, text))
    }
  }

  package mutating func endLine(_ line: Int) {}

  /// What was found, in the order of the log. Lines that say too little for a pattern are left out.
  package consuming func lines() -> [TellingLine] {
    if found.isEmpty {
      for (line, text) in last where !reader.isQuiet(text) { keep(text, line: line, weight: 1) }
    }
    return Array(inOrder().suffix(Self.most))
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

  private func inOrder() -> [TellingLine] {
    found.values.sorted { $0.line == $1.line ? $0.key < $1.key : $0.line < $1.line }
  }
}
