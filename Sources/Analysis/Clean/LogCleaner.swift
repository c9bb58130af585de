/// Turns the bytes of a log into cleaned segments, a chunk at a time, in bounded memory.
///
/// The rules, which `docs/cleaning.md` states in full: lines end at `\n`, with the carriage returns right before it; a lone `\r` ends a
/// segment of the line; escape sequences are dropped; `\b` takes back a character; a provider's time goes; all else stays.
/// How the log is cut into chunks changes nothing.
///
/// The text of the current segment is gathered in `text`. What can't be decided yet lies in `state`, `returns` and `string`, so that a
/// chunk may end anywhere.
package struct LogCleaner {
  /// A string sequence longer than this, introducer and terminator included, is no sequence.
  static let longestString = 4_096
  /// Parameters of a control sequence longer than this are not told.
  private static let longestParameters = 128

  private enum State {
    case ground
    /// After `ESC`.
    case escape
    /// After `ESC` and intermediate bytes.
    case escapeIntermediate
    /// After `ESC [` and parameter bytes.
    case controlParameters
    /// After `ESC [`, parameters and intermediate bytes.
    case controlIntermediate
    /// After the introducer of a string sequence; its bytes lie in `string`.
    case string
  }

  private let windowBytes: Int
  private let overlapBytes: Int
  /// Bytes before a window that stay in view, for expressions that look back.
  private let contextBytes: Int
  private var state = State.ground
  /// Carriage returns that came last: a line's ending if `\n` follows, else the end of a segment.
  private var returns = 0
  /// A string sequence that may yet turn out to be none, from its introducer at `stringStart` on.
  private var string: [UInt8] = []
  private var stringStart = 0
  /// Parameters of the control sequence that is being read, kept for sinks that draw a terminal.
  private var parameters: [UInt8] = []

  /// The current segment: first `context` bytes of an earlier window, then what this window holds so far.
  private var text: [UInt8] = []
  private var context = 0
  /// Where `text` begins in the segment.
  private var offset = 0
  private var segment = 0
  private var line: Int
  private var lineHasBytes = false
  /// Whether the prefix of this line was already looked for.
  private var prefixDone = false

  /// Bytes taken so far.
  package private(set) var bytes = 0
  /// Lines begun so far; all lines of the log once it is finished.
  package var lines: Int { lineHasBytes ? line : line - 1 }

  /// Lines that nothing can be added to any more.
  package var linesOver: Int { line - 1 }

  /// - Parameters:
  ///   - contextBytes: how much of a segment stays in view before each window of it.
  ///   - firstLine: the number of the line that it begins with. Only line 1 may begin with a byte-order mark.
  package init(limits: ScanLimits = ScanLimits(), contextBytes: Int = 1_024, firstLine: Int = 1) {
    line = firstLine
    self.contextBytes = contextBytes
    windowBytes = max(limits.windowBytes, 4 * LinePrefix.longest)
    // Never 0, which says that a piece is the last.
    overlapBytes = max(1, min(limits.overlapBytes, windowBytes / 2))
    text.reserveCapacity(4_096)
  }

  /// Takes the next bytes of the log.
  package mutating func clean(_ chunk: UnsafeRawBufferPointer, into sink: inout some SegmentSink & ~Copyable) {
    bytes += chunk.count
    var index = 0
    while index < chunk.count {
      // The log's first line may begin with a byte-order mark, so it is never one of those that a sink cleans.
      if !lineHasBytes, line > 1 {
        let taken = sink.takeLines(UnsafeRawBufferPointer(rebasing: chunk[index...]), from: line)
        index += taken.bytes
        line += taken.lines
        if index == chunk.count { break }
      }
      if state == .ground, returns == 0 {
        let run = Self.plainRun(chunk, from: index)
        if run > index {
          append(UnsafeRawBufferPointer(rebasing: chunk[index..<run]), into: &sink)
          lineHasBytes = true
          index = run
          continue
        }
      }
      step(chunk[index], into: &sink)
      index += 1
    }
  }

  /// Passes over whole lines that were cleaned elsewhere. All that it took before must be whole lines, too.
  mutating func pass(lines: Int, bytes: Int) {
    precondition(!lineHasBytes, "a line has begun")
    line += lines
    self.bytes += bytes
  }

  /// Ends the log: an unterminated last line is a line.
  package mutating func finish(into sink: inout some SegmentSink & ~Copyable) {
    if state == .string { giveUpString(atLineEnd: true, into: &sink) }
    state = .ground
    returns = 0
    guard lineHasBytes else { return }
    endSegment(into: &sink)
    sink.endLine(line)
  }

  // MARK: - The state machine

  private mutating func step(_ byte: UInt8, into sink: inout some SegmentSink & ~Copyable) {
    if byte == UInt8(ascii: "\n") {
      if state == .string { giveUpString(atLineEnd: true, into: &sink) }
      endLine(into: &sink)
      return
    }
    lineHasBytes = true
    switch state {
    case .ground: ground(byte, into: &sink)
    case .escape: escape(byte, into: &sink)
    case .escapeIntermediate:
      if (0x20...0x2F).contains(byte) { return }
      state = .ground
      if !(0x30...0x7E).contains(byte) { ground(byte, into: &sink) }
    case .controlParameters:
      if (0x30...0x3F).contains(byte) {
        keepParameter(byte, for: &sink)
        return
      }
      if byte == UInt8(ascii: "m") { tellStyle(to: &sink) }
      controlIntermediate(byte, into: &sink)
    case .controlIntermediate: controlIntermediate(byte, into: &sink)
    case .string: inString(byte, into: &sink)
    }
  }

  private mutating func ground(_ byte: UInt8, into sink: inout some SegmentSink & ~Copyable) {
    if byte == UInt8(ascii: "\r") {
      returns += 1
      return
    }
    if returns > 0 {
      for _ in 0..<returns { endSegment(into: &sink) }
      returns = 0
    }
    switch byte {
    case 0x1B: state = .escape
    case 0x08: takeBackCharacter(into: &sink)
    case 0x90...0x9F where text.count > context && text.last == 0xC2 && Self.isIntroducer(c1: byte):
      // The two bytes of a C1 control in UTF-8. Looked for in the cleaned text, so that no such pair is left standing.
      text.removeLast()
      if byte == 0x9B { beginControl() } else { beginString(0xC2, byte) }
    default:
      withUnsafeBytes(of: byte) { append($0, into: &sink) }
    }
  }

  private mutating func escape(_ byte: UInt8, into sink: inout some SegmentSink & ~Copyable) {
    switch byte {
    case UInt8(ascii: "["): beginControl()
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"): beginString(0x1B, byte)
    case 0x20...0x2F: state = .escapeIntermediate
    case 0x30...0x7E: state = .ground
    default:
      // No sequence at all: the lone ESC goes, so that no later pass can find one that this one has not.
      state = .ground
      ground(byte, into: &sink)
    }
  }

  private mutating func controlIntermediate(_ byte: UInt8, into sink: inout some SegmentSink & ~Copyable) {
    if (0x20...0x2F).contains(byte) {
      state = .controlIntermediate
      return
    }
    state = .ground
    if !(0x40...0x7E).contains(byte) { ground(byte, into: &sink) }
  }

  private static func isIntroducer(c1 byte: UInt8) -> Bool {
    switch byte {
    case 0x90, 0x98, 0x9B, 0x9D, 0x9E, 0x9F: true  // DCS, SOS, CSI, OSC, PM, APC
    default: false
    }
  }

  // MARK: - What a terminal would do

  private mutating func beginControl() {
    state = .controlParameters
    if !parameters.isEmpty { parameters.removeAll(keepingCapacity: true) }
  }

  private mutating func keepParameter<Sink: SegmentSink & ~Copyable>(_ byte: UInt8, for sink: inout Sink) {
    if Sink.drawsTerminal, parameters.count <= Self.longestParameters { parameters.append(byte) }
  }

  private mutating func tellStyle<Sink: SegmentSink & ~Copyable>(to sink: inout Sink) {
    guard Sink.drawsTerminal, parameters.count <= Self.longestParameters else { return }
    sink.selectStyle(parameters, at: offset + text.count)
  }

  /// Tells an application's own string (APC), without introducer and terminator.
  private func tellString<Sink: SegmentSink & ~Copyable>(to sink: inout Sink) {
    guard Sink.drawsTerminal, string[stringStart + 1] == UInt8(ascii: "_") || string[stringStart + 1] == 0x9F else { return }
    sink.takeString(string[(stringStart + 2)..<(string.count - (string.last == 0x07 ? 1 : 2))])
  }

  // MARK: - String sequences

  private mutating func beginString(_ first: UInt8, _ second: UInt8) {
    state = .string
    string.removeAll(keepingCapacity: true)
    string.append(first)
    string.append(second)
    stringStart = 0
  }

  private mutating func inString(_ byte: UInt8, into sink: inout some SegmentSink & ~Copyable) {
    string.append(byte)
    let length = string.count - stringStart
    if byte == 0x07 || (byte == UInt8(ascii: "\\") && length > 3 && string[string.count - 2] == 0x1B) {
      tellString(to: &sink)
      string.removeAll(keepingCapacity: true)
      state = .ground
    } else if length >= Self.longestString {
      giveUpString(atLineEnd: false, into: &sink)
    }
  }

  /// The sequence has no end: its introducer goes, and what was gathered is text after all.
  ///
  /// That text may introduce another string sequence. It holds no terminator, so that one need not be looked for again:
  /// at the line's end the inner sequence has failed too; otherwise it goes on with what is gathered of it, without a copy.
  private mutating func giveUpString(atLineEnd: Bool, into sink: inout some SegmentSink & ~Copyable) {
    let gathered = string
    var index = stringStart + 2
    string = []
    state = .ground
    while index < gathered.count {
      step(gathered[index], into: &sink)
      index += 1
      guard state == .string else { continue }
      if atLineEnd {
        state = .ground
      } else {
        string = gathered
        stringStart = index - 2
        if stringStart > 16 * Self.longestString {
          string.removeFirst(stringStart)
          stringStart = 0
        }
        return
      }
    }
    if state == .string { state = .ground }
  }

  // MARK: - Text

  /// The end of the run of bytes from `start` on that are text whatever came before them.
  private static func plainRun(_ chunk: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while index < chunk.count {
      // Eight at a time, as long as none of them may be anything else.
      while index + 8 <= chunk.count, !mayHoldControl(chunk.loadUnaligned(fromByteOffset: index, as: UInt64.self)) { index += 8 }
      guard index < chunk.count else { break }
      let byte = chunk[index]
      if byte < 0x20 {
        if byte == 0x0A || byte == 0x0D || byte == 0x1B || byte == 0x08 { break }
      } else if byte >= 0x90, byte <= 0x9F {
        break
      }
      index += 1
    }
    return index
  }

  /// Whether any of eight bytes is below 20 or one of 90 to 9F. Where it is so of one, it may be said of those above it, too.
  @inline(__always) private static func mayHoldControl(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    let isLow = (word &- (ones * 0x20)) & ~word
    // Zero in each byte of 90 to 9F.
    let half = (word ^ (ones * 0x90)) & (ones * 0xF0)
    let isC1 = (half &- ones) & ~half
    return (isLow | isC1) & tops != 0
  }

  private mutating func append(_ run: UnsafeRawBufferPointer, into sink: inout some SegmentSink & ~Copyable) {
    var rest = run
    while !rest.isEmpty {
      let room = windowBytes - (text.count - context)
      if room == 0 {
        passWindow(into: &sink)
        continue
      }
      let count = min(room, rest.count)
      text.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest[..<count]))
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Takes back the last character of the segment: the bytes of a whole UTF-8 sequence, or one byte that is part of none.
  private mutating func takeBackCharacter<Sink: SegmentSink & ~Copyable>(into sink: inout Sink) {
    if !prefixDone, text.withUnsafeBytes({ LinePrefix.hasTime($0, isLogStart: line == 1) }) {
      takeOffPrefix(into: &sink)  // a time is no text of the segment
    }
    takeBackLast()
    if Sink.drawsTerminal { sink.takeBack(to: offset + text.count) }
  }

  private mutating func takeBackLast() {
    guard text.count > context, let last = text.popLast(), last & 0xC0 == 0x80 else { return }
    for length in 2...4 where text.count - context >= length - 1 {
      let lead = text[text.count - (length - 1)]
      if lead & 0xC0 == 0x80 { continue }
      let second = length == 2 ? last : text[text.count - (length - 2)]
      if Self.sequenceLength(lead, second) == length { text.removeLast(length - 1) }
      return
    }
  }

  /// The length of the UTF-8 sequence that these bytes begin (Unicode, table 3-7); 1 if they begin none.
  private static func sequenceLength(_ lead: UInt8, _ second: UInt8) -> Int {
    switch lead {
    case 0xC2...0xDF: 2
    case 0xE0: second >= 0xA0 ? 3 : 1
    case 0xED: second <= 0x9F ? 3 : 1
    case 0xE1...0xEF: 3
    case 0xF0: second >= 0x90 ? 4 : 1
    case 0xF1...0xF3: 4
    case 0xF4: second <= 0x8F ? 4 : 1
    default: 1
    }
  }

  /// Passes on a full window of a segment that goes on, and keeps what the next one needs.
  private mutating func passWindow(into sink: inout some SegmentSink & ~Copyable) {
    if !prefixDone {
      takeOffPrefix(into: &sink)
      if text.count < windowBytes { return }
    }
    pass(overlap: overlapBytes, into: &sink)
    let newContext = min(contextBytes, text.count - overlapBytes)
    let dropped = text.count - overlapBytes - newContext
    text.removeFirst(dropped)
    offset += dropped
    context = newContext
  }

  private mutating func endSegment(into sink: inout some SegmentSink & ~Copyable) {
    if !prefixDone { takeOffPrefix(into: &sink) }
    if text.count > context { pass(overlap: 0, into: &sink) }
    text.removeAll(keepingCapacity: true)
    context = 0
    offset = 0
    segment += 1
  }

  private mutating func endLine(into sink: inout some SegmentSink & ~Copyable) {
    endSegment(into: &sink)
    sink.endLine(line)
    state = .ground
    returns = 0
    segment = 0
    line += 1
    lineHasBytes = false
    prefixDone = false
  }

  private mutating func takeOffPrefix<Sink: SegmentSink & ~Copyable>(into sink: inout Sink) {
    prefixDone = true
    let length = text.withUnsafeBytes { LinePrefix.length($0, isLogStart: line == 1) }
    guard length > 0 else { return }
    if Sink.drawsTerminal { sink.takeOff(prefix: text[..<length]) }
    text.removeFirst(length)
  }

  private func pass(overlap: Int, into sink: inout some SegmentSink & ~Copyable) {
    text.withUnsafeBytes { buffer in
      sink.take(
        SegmentPiece(bytes: buffer, context: context, offset: offset, line: line, segment: segment, overlap: overlap))
    }
  }
}
