/// The rules of cleaning in their plainest form: the whole log in memory, one line after the other.
package enum ReferenceCleaner {
  package struct Segment: Equatable {
    package var line: Int
    package var segment: Int
    package var bytes: [UInt8]

    package init(line: Int, segment: Int, bytes: [UInt8]) {
      self.line = line
      self.segment = segment
      self.bytes = bytes
    }
  }

  package struct Log: Equatable {
    /// Those that aren't empty.
    package var segments: [Segment] = []
    package var lines = 0

    package init(segments: [Segment] = [], lines: Int = 0) {
      self.segments = segments
      self.lines = lines
    }
  }

  package static func clean(_ log: [UInt8]) -> Log {
    var result = Log()
    for var line in splitLines(log) {
      result.lines += 1
      if line.last == UInt8(ascii: "\n") {
        line.removeLast()
        while line.last == UInt8(ascii: "\r") { line.removeLast() }
      }
      for (index, segment) in segments(of: line, isLogStart: result.lines == 1).enumerated() where !segment.isEmpty {
        result.segments.append(Segment(line: result.lines, segment: index, bytes: segment))
      }
    }
    return result
  }

  /// The cleaned log as bytes: lone carriage returns and newlines where they were.
  package static func joined(_ log: Log) -> [UInt8] {
    var bytes: [UInt8] = []
    var line = 1
    var segment = 0
    for next in log.segments {
      while line < next.line {
        bytes.append(UInt8(ascii: "\n"))
        line += 1
        segment = 0
      }
      while segment < next.segment {
        bytes.append(UInt8(ascii: "\r"))
        segment += 1
      }
      bytes += next.bytes
    }
    while line <= log.lines {
      bytes.append(UInt8(ascii: "\n"))
      line += 1
    }
    return bytes
  }

  /// Where two cleaned logs differ, in few words; nil if they don't.
  package static func difference(_ log: Log, _ expected: Log) -> String? {
    if log.lines != expected.lines { return "\(log.lines) lines, not \(expected.lines)" }
    for index in 0..<max(log.segments.count, expected.segments.count) {
      guard index < log.segments.count, index < expected.segments.count else {
        return "\(log.segments.count) segments, not \(expected.segments.count)"
      }
      let segment = log.segments[index]
      let wanted = expected.segments[index]
      if segment == wanted { continue }
      if segment.line != wanted.line || segment.segment != wanted.segment {
        return "\(segment.line):\(segment.segment), not \(wanted.line):\(wanted.segment)"
      }
      let same = zip(segment.bytes, wanted.bytes).prefix { $0 == $1 }.count
      return """
        \(wanted.line):\(wanted.segment) of \(segment.bytes.count) bytes, not \(wanted.bytes.count), from byte \(same) on \
        \(segment.bytes[same...].prefix(20)), not \(wanted.bytes[same...].prefix(20))
        """
    }
    return nil
  }

  /// What is left of a cleaned log if each line loses one more prefix.
  package static func withoutPrefixes(_ log: Log) -> Log {
    var result = log
    for index in log.segments.indices where log.segments[index].segment == 0 {
      result.segments[index].bytes.removeFirst(prefixLength(log.segments[index].bytes, isLogStart: log.segments[index].line == 1))
    }
    result.segments.removeAll { $0.bytes.isEmpty }
    return result
  }

  /// Lines with their `\n`; the last one may have none.
  private static func splitLines(_ log: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var line: [UInt8] = []
    for byte in log {
      line.append(byte)
      if byte == UInt8(ascii: "\n") {
        lines.append(line)
        line = []
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }

  private static func segments(of line: [UInt8], isLogStart: Bool) -> [[UInt8]] {
    var done: [[UInt8]] = []
    var text: [UInt8] = []
    var mayHavePrefix = true
    func takeOffPrefix(_ text: inout [UInt8]) {
      if mayHavePrefix { text.removeFirst(prefixLength(text, isLogStart: isLogStart)) }
      mayHavePrefix = false
    }
    var at = 0
    while at < line.count {
      let byte = line[at]
      switch byte {
      case 0x1B:
        at += escapeLength(line, at)
      case 0x90, 0x98, 0x9B, 0x9D, 0x9E, 0x9F:
        if text.last == 0xC2 {
          text.removeLast()
          at += byte == 0x9B ? 1 + controlLength(line, at + 1) : 1 + stringLength(line, at + 1)
        } else {
          text.append(byte)
          at += 1
        }
      case UInt8(ascii: "\r"):
        takeOffPrefix(&text)
        done.append(text)
        text = []
        at += 1
      case 0x08:
        // A provider's time is no text, so it can't be taken back.
        if hasTime(text, isLogStart: isLogStart) { takeOffPrefix(&text) }
        text.removeLast(lastCharacterLength(text))
        at += 1
      default:
        text.append(byte)
        at += 1
      }
    }
    takeOffPrefix(&text)
    return done + [text]
  }

  // MARK: - Escape sequences

  /// Bytes to drop from the ESC at `start` on.
  private static func escapeLength(_ line: [UInt8], _ start: Int) -> Int {
    guard start + 1 < line.count else { return 1 }
    switch line[start + 1] {
    case UInt8(ascii: "["): return 2 + controlLength(line, start + 2)
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"):
      return 2 + stringLength(line, start + 2)
    case 0x20...0x2F:
      var at = start + 1
      while at < line.count, (0x20...0x2F).contains(line[at]) { at += 1 }
      if at < line.count, (0x30...0x7E).contains(line[at]) { at += 1 }
      return at - start
    case 0x30...0x7E: return 2
    default: return 1
    }
  }

  /// Parameters, intermediates and final byte of a CSI, as far as they are there.
  private static func controlLength(_ line: [UInt8], _ start: Int) -> Int {
    var at = start
    while at < line.count, (0x30...0x3F).contains(line[at]) { at += 1 }
    while at < line.count, (0x20...0x2F).contains(line[at]) { at += 1 }
    if at < line.count, (0x40...0x7E).contains(line[at]) { at += 1 }
    return at - start
  }

  /// What a string sequence holds after its two introducing bytes, terminator included; 0 if it is no sequence.
  private static func stringLength(_ line: [UInt8], _ start: Int) -> Int {
    for at in start..<min(line.count, start + 4_094) {
      if line[at] == 0x07 { return at + 1 - start }
      if line[at] == UInt8(ascii: "\\"), at > start, line[at - 1] == 0x1B { return at + 1 - start }
    }
    return 0
  }

  // MARK: - Characters and prefixes

  /// 1 for a byte that is part of no UTF-8 sequence; 0 for no text.
  private static func lastCharacterLength(_ text: [UInt8]) -> Int {
    for length in 2...4 where text.count >= length {
      // The standard library knows what a whole sequence is.
      let end = text.suffix(length)
      if end.first! >= 0xC2, String(validating: end, as: UTF8.self)?.unicodeScalars.count == 1 { return length }
    }
    return text.isEmpty ? 0 : 1
  }

  private static func hasTime(_ text: [UInt8], isLogStart: Bool) -> Bool { prefixLength(text, isLogStart: isLogStart) > 3 }

  package static func prefixLength(_ text: [UInt8], isLogStart: Bool) -> Int {
    var at = 0
    func digit(_ index: Int) -> Bool { index < text.count && (0x30...0x39).contains(text[index]) }
    func hex(_ index: Int) -> Bool {
      digit(index) || (index < text.count && ((0x41...0x46).contains(text[index]) || (0x61...0x66).contains(text[index])))
    }
    func byte(_ index: Int, _ characters: Character...) -> Bool {
      index < text.count && characters.contains { $0.asciiValue == text[index] }
    }
    if isLogStart, text.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    let separators: [Int: Character] = [4: "-", 7: "-", 10: "T", 13: ":", 16: ":", 19: "."]
    for index in 0..<26 {
      if let separator = separators[index] {
        if !byte(at + index, separator) { return at }
      } else if !digit(at + index) {
        return at
      }
    }
    var after = at + 26
    while after < at + 29, digit(after) { after += 1 }
    guard byte(after, "Z"), byte(after + 1, " ") else { return at }
    after += 2
    let isMarker = hex(after) && hex(after + 1) && byte(after + 2, "O", "E") && byte(after + 3, " ", "+")
    return isMarker ? after + 4 : after
  }
}
