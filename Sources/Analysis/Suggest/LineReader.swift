import PCRE2

/// Judges and masks lines, one at a time. Not shared between threads.
struct LineReader: ~Copyable {
  private let rules: LineRules
  private var matcher: Matcher

  /// Bytes of a line that are looked at; what a line says, it says in its beginning.
  static let longestLine = 400

  init(_ rules: LineRules) {
    self.rules = rules
    matcher = Matcher(mostCaptures: LineRules.kinds.count, matchLimit: 20_000)
  }

  /// The beginning of a cleaned segment without the white space at its end; nil where nothing in it could be a pattern: it is empty, no
  /// UTF-8, or holds control characters other than tabs.
  func text(of piece: SegmentPiece) -> String? {
    guard piece.isFirst else { return nil }
    var end = min(piece.bytes.count, Self.longestLine)
    if end < piece.bytes.count {
      while end > 0, piece.bytes[end] & 0xC0 == 0x80 { end -= 1 }
    }
    while end > 0, piece.bytes[end - 1] == 0x20 || piece.bytes[end - 1] == 0x09 { end -= 1 }
    let bytes = UnsafeRawBufferPointer(rebasing: piece.bytes[..<end])
    guard end > 0, !bytes.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    // C1 controls and line separators are no text either; YAML wants them escaped, and people don't see them.
    return text.unicodeScalars.contains { (0x80..<0xA0).contains($0.value) || $0.value == 0x2028 || $0.value == 0x2029 }
      ? nil : text
  }

  /// How much a line looks like one that tells what went wrong: 0 not at all, 2 if it speaks of trouble, 4 if it names an error.
  mutating func weight(of text: String) -> Int {
    guard isFound(rules.alarm, text), !isQuiet(text) else { return 0 }
    return isFound(rules.strong, text) ? 4 : 2
  }

  /// Whether a line tells nothing, whatever its words.
  mutating func isQuiet(_ text: String) -> Bool { isFound(rules.quiet, text) }

  private mutating func isFound(_ regex: Regex, _ text: String) -> Bool {
    var text = text
    let outcome = text.withUTF8 { matcher.firstMatch(of: regex, in: UnsafeRawBufferPointer($0), from: 0) }
    if case .match = outcome { return true }
    return false
  }

  /// The line without the white space that it begins with, masked.
  mutating func template(of line: String) -> LineTemplate {
    var text = String(line.drop { $0 == " " || $0 == "\t" })
    return text.withUTF8 { utf8 in
      let bytes = UnsafeRawBufferPointer(utf8)
      var parts: [LineTemplate.Part] = []
      var done = 0
      var start = 0
      while start < bytes.count, case .match(let range) = matcher.firstMatch(of: rules.masks, in: bytes, from: start),
        !range.isEmpty
      {
        start = range.upperBound
        guard let (kind, value) = value() else { continue }
        if value.lowerBound > done { parts.append(.text(String(decoding: bytes[done..<value.lowerBound], as: UTF8.self))) }
        parts.append(.mask(kind, value: String(decoding: bytes[value], as: UTF8.self)))
        done = value.upperBound
      }
      if done < bytes.count { parts.append(.text(String(decoding: bytes[done...], as: UTF8.self))) }
      return LineTemplate(parts: parts)
    }
  }

  /// What the last match found: the first of the groups that took part.
  private func value() -> (MaskKind, Range<Int>)? {
    for (index, kind) in LineRules.kinds.enumerated() {
      if let range = matcher.group(index + 1) { return (kind, range) }
    }
    return nil
  }
}
