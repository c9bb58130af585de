/// Gathers the lines of a window as they stand in the raw log: nothing is cleaned away, and sequences that set colours are there to be read and
/// have their effect nevertheless.
///
/// Each line is one segment. As offsets of findings are of the cleaned text, a line that has some is marked, but no part of it.
package struct RawWindowBuilder: ~Copyable {
  /// A sequence that is longer isn't one of colours.
  private static let longestSequence = 128
  private static let escape: UInt8 = 0x1B

  private let request: LogWindow.Request
  private let marks: [Int: [LineMark]]
  private var window = LogWindow()
  private var style = ConsoleStyle()
  private var number: Int
  private var segment: LogSegment
  /// A sequence whose end hasn't come, from the escape on; empty outside of one.
  private var sequence: [UInt8] = []
  private var keptBytes = 0
  private var styleChanges = 0

  /// Whether all lines are there.
  package private(set) var isComplete = false

  /// - Parameter firstLine: the line that it is given first.
  package init(_ request: LogWindow.Request, firstLine: Int = 1) {
    self.request = request
    marks = Dictionary(grouping: request.marks, by: \.line)
    number = firstLine
    segment = LogSegment(index: 0, bytes: [], start: 0, total: 0, styles: [], marks: [])
  }

  /// Lines that have ended, and the one that hasn't if there is anything in it.
  package var lines: Int { segment.total > 0 ? number : number - 1 }

  package mutating func take(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        endLine()
        if isComplete { return }
        continue
      }
      let begins = byte == Self.escape
      if begins { begin() }
      if request.lines.contains(number), segment.bytes.count < most { segment.bytes.append(byte) }
      segment.total += 1
      if !begins, !sequence.isEmpty { goOn(with: byte) }
    }
  }

  /// What was gathered, with the last line, which needs no newline.
  package consuming func finish() -> LogWindow {
    if segment.total > 0 { endLine() }
    return window
  }

  private var most: Int { keptBytes < request.bytes ? request.segmentBytes : 256 }

  private mutating func begin() {
    sequence = [Self.escape]
    var shown = ConsoleStyle()
    shown.isFaint = true
    change(to: shown, at: segment.total)
  }

  /// `ESC [ parameters m` (ECMA-48, 5.4); anything else ends at the first byte that doesn't fit.
  private mutating func goOn(with byte: UInt8) {
    let place = sequence.count
    sequence.append(byte)
    if place == 1, byte == UInt8(ascii: "[") { return }
    if place > 1, place < Self.longestSequence, (0x20...0x3F).contains(byte) { return }
    if place > 1, byte == UInt8(ascii: "m") { style.select(Array(sequence[2..<place])) }
    sequence = []
    change(to: style, at: segment.total)
  }

  private mutating func change(to style: ConsoleStyle, at offset: Int) {
    guard request.lines.contains(number), offset <= segment.bytes.count, styleChanges < request.styleChanges else { return }
    styleChanges += 1
    if segment.styles.last?.offset == offset { segment.styles.removeLast() }
    segment.styles.append(LogSegment.StyleChange(offset: offset, style: style))
  }

  private mutating func endLine() {
    if request.lines.contains(number) {
      keptBytes += segment.bytes.count
      segment.marks = (marks[number] ?? []).map { LineMark(line: number, segment: 0, start: 0, end: 0, id: $0.id) }
      var line = LogLine(number: number)
      line.segments = [segment]
      line.segmentCount = 1
      window.lines.append(line)
    }
    if number >= request.lines.upperBound { isComplete = true }
    number += 1
    // A sequence doesn't go on over the end of a line, but what it came to does.
    sequence = []
    segment = LogSegment(index: 0, bytes: [], start: 0, total: 0, styles: [], marks: [])
    if !style.isPlain { change(to: style, at: 0) }
  }
}
