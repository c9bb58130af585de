/// Gathers the lines of a window from what cleaning tells, in memory that the request bounds.
///
/// It may be given lines before the window; from these it learns how text looks and which sections are open when the window begins.
package struct WindowBuilder: ~Copyable, SegmentSink {
  package static var drawsTerminal: Bool { true }

  /// Bytes at the beginning of each segment that are looked at for what it says of sections.
  private static let markBytes = 512
  /// Bytes of a segment that are kept once the window has all that it may have.
  private static let fewBytes = 256
  /// Bytes that are shown before the first mark of a long segment.
  private static let bytesBeforeMark = 500

  private let request: LogWindow.Request
  private let marks: [Int: [LineMark]]
  private var window = LogWindow()
  private var sections = SectionStack()
  private var keptBytes = 0
  private var styleChanges = 0

  /// How text looks from here on.
  private var style = ConsoleStyle()
  private var time: String?
  private var currentLine: Int
  /// The segment that is being told, and what it began with.
  private var segment: LogSegment?
  private var beginning: [UInt8] = []
  private var changes: [LogSegment.StyleChange] = []
  private var line: LogLine?
  private var lastSegment: LogSegment?
  private var lastIsOfSections = false

  /// - Parameter firstLine: the line that it is told first.
  package init(_ request: LogWindow.Request, firstLine: Int = 1) {
    self.request = request
    currentLine = firstLine
    marks = Dictionary(grouping: request.marks, by: \.line)
    sections.hasHeadings = request.hasHeadings
    startSegment()
  }

  /// Whether all lines are there.
  package private(set) var isComplete = false

  /// What was gathered.
  package consuming func finish() -> LogWindow { window }

  // MARK: - What cleaning tells

  package mutating func selectStyle(_ parameters: [UInt8], at offset: Int) {
    let before = style
    style.select(parameters)
    guard style != before, request.lines.contains(currentLine), styleChanges < request.styleChanges else { return }
    if changes.last?.offset == offset { changes.removeLast() } else { styleChanges += 1 }
    changes.append(LogSegment.StyleChange(offset: offset, style: style))
  }

  package mutating func takeBack(to offset: Int) {
    guard let last = changes.last, last.offset > offset else { return }
    while let top = changes.last, top.offset >= offset { changes.removeLast() }
    changes.append(LogSegment.StyleChange(offset: offset, style: last.style))
  }

  package mutating func takeOff(prefix: ArraySlice<UInt8>) {
    for index in changes.indices { changes[index].offset = max(0, changes[index].offset - prefix.count) }
    let text = prefix.starts(with: [0xEF, 0xBB, 0xBF]) ? prefix.dropFirst(3) : prefix
    let digits = text.prefix { $0 != UInt8(ascii: " ") }
    if !digits.isEmpty { time = String(decoding: digits, as: UTF8.self) }
  }

  package mutating func takeString(_ string: ArraySlice<UInt8>) {
    guard let milliseconds = BuildkiteTime.milliseconds(string) else { return }
    sections.hasHeadings = true
    time = BuildkiteTime.text(milliseconds)
  }

  package mutating func take(_ piece: SegmentPiece) {
    let new = UnsafeRawBufferPointer(rebasing: piece.bytes[piece.context...])
    let offset = piece.offset + piece.context
    // Most segments say nothing of sections, and their first byte tells.
    if piece.isFirst { beginning = LogSection.mayBegin(with: new[0]) ? Array(new.prefix(Self.markBytes)) : [] }
    if request.lines.contains(piece.line) { keep(new, at: offset, of: piece) }
    if piece.isLast { endSegment(piece) }
  }

  package mutating func endLine(_ number: Int) {
    defer {
      sections.endLine()
      currentLine = number + 1
      time = nil
      line = nil
      lastSegment = nil
      lastIsOfSections = false
      startSegment()
    }
    guard request.lines.contains(number) else {
      if number > request.lines.upperBound { isComplete = true }
      return
    }
    if window.lines.isEmpty { window.sections = sections.openBeforeLine }
    var line = line ?? LogLine(number: number)
    if let lastSegment { line.segments.append(lastSegment) }
    line.time = time
    sections.describe(&line, title: line.segments.last.map { String($0.text.prefix(300)) } ?? "")
    window.lines.append(line)
    if number == request.lines.upperBound { isComplete = true }
  }

  // MARK: - Segments

  private mutating func startSegment() {
    segment = nil
    changes.removeAll(keepingCapacity: true)
    if !style.isPlain { changes.append(LogSegment.StyleChange(offset: 0, style: style)) }
  }

  private mutating func keep(_ new: UnsafeRawBufferPointer, at offset: Int, of piece: SegmentPiece) {
    let marks = marks[piece.line]?.filter { $0.segment == piece.segment } ?? []
    var segment = segment ?? LogSegment(index: piece.segment, bytes: [], start: 0, total: 0, styles: [], marks: marks)
    segment.total = offset + new.count
    let most = keptBytes < request.bytes ? request.segmentBytes : Self.fewBytes
    let wanted = marks.map(\.start).min().map { $0 > most / 2 ? $0 - Self.bytesBeforeMark : 0 } ?? 0
    // Where the part that is wanted begins in this piece; a window that comes again begins with what is there already.
    let from = max(segment.bytes.isEmpty ? max(0, wanted) : segment.start + segment.bytes.count, offset)
    if from - offset < new.count, segment.bytes.count < most {
      if segment.bytes.isEmpty { segment.start = from }
      let part = new[(from - offset)...].prefix(most - segment.bytes.count)
      segment.bytes.append(contentsOf: part)
    }
    self.segment = segment
  }

  private mutating func endSegment(_ piece: SegmentPiece) {
    let isOfSections = sections.take(beginning[...], line: piece.line)
    if var segment {
      segment.styles = changes.filter { $0.offset <= segment.start + segment.bytes.count }
      var line = line ?? LogLine(number: piece.line)
      line.segmentCount += 1
      // The one before is shown only if there is more to it than that it came before this.
      let isWhole = request.wholeLines.contains(piece.line)
      if let last = lastSegment, !last.marks.isEmpty || isWhole, line.segments.count < request.segmentsPerLine {
        line.segments.append(last)
      } else {
        keptBytes -= lastSegment?.bytes.count ?? 0
        // Where a section begins is told as that; nobody misses the words.
        if lastIsOfSections { line.segmentCount -= 1 }
      }
      lastIsOfSections = isOfSections
      keptBytes += segment.bytes.count
      lastSegment = segment
      self.line = line
    }
    startSegment()
  }
}
