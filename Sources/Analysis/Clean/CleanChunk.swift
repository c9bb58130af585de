import CScanKernels
import Glibc

/// Cleaned segments one after the other, each ended by a newline, and what is needed to tell which line each belongs to.
///
/// Before the first there is a newline, too, so that a segment's start looks the same wherever it is.
/// Each newline ends a line, empty ones included, except where a mark says otherwise: that is where a line goes on, and after gaps.
struct CleanChunk: ~Copyable {
  /// `count` bytes, and the slack that the kernels may touch.
  private(set) var text: UnsafeMutablePointer<UInt8>
  private(set) var count = 1
  private var capacity: Int
  /// Bytes that are gathered, newlines included.
  private let room: Int
  /// Ascending; the first is where the first segment begins.
  private(set) var marks: [Mark] = []
  /// The line that text appended now belongs to, unless a mark is set.
  private(set) var nextLine = 1

  /// The segment that begins at `offset` is that of that line.
  struct Mark {
    let offset: Int
    let line: Int
    let segment: Int
  }

  init(room: Int) {
    precondition(room > 1, "no room for the first newline and another")
    self.room = room
    capacity = room
    text = Self.allocate(room)
  }

  deinit { text.deallocate() }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
    let text = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Kernels.slack)
    text[0] = UInt8(ascii: "\n")
    return text
  }

  var isEmpty: Bool { count == 1 }

  mutating func removeAll() {
    count = 1
    marks.removeAll(keepingCapacity: true)
  }

  /// Whether so many more bytes and their newline fit.
  func hasRoom(for bytes: Int) -> Bool { bytes < room - count }

  /// Appends a segment. There is room for it, or the chunk is empty.
  mutating func append(_ bytes: UnsafeRawBufferPointer, line: Int, segment: Int) {
    if bytes.count >= capacity - count {
      precondition(isEmpty)
      text.deallocate()
      capacity = bytes.count + 2
      text = Self.allocate(capacity)
    }
    if marks.isEmpty || line != nextLine || segment != 0 { marks.append(Mark(offset: count, line: line, segment: segment)) }
    if let base = bytes.baseAddress { UnsafeMutableRawPointer(text + count).copyMemory(from: base, byteCount: bytes.count) }
    text[count + bytes.count] = UInt8(ascii: "\n")
    count += bytes.count + 1
    nextLine = line + 1
  }

  /// Appends whole lines as far as they are simple, but for lone carriage returns, and there is room for them.
  mutating func appendLines(_ raw: UnsafeRawBufferPointer, from line: Int, kernels: Kernels) -> (bytes: Int, lines: Int) {
    var bytes = 0
    var lines = 0
    while bytes < raw.count {
      let rest = UnsafeRawBufferPointer(rebasing: raw[bytes...])
      let cleaned = kernels.cleanLines(rest, into: text + count, room: room - count)
      if cleaned.lines > 0 {
        if marks.isEmpty || line + lines != nextLine { marks.append(Mark(offset: count, line: line + lines, segment: 0)) }
        count += cleaned.written
        bytes += cleaned.taken
        lines += cleaned.lines
        nextLine = line + lines
      }
      // Progress bars are the most common of the lines that aren't simple.
      let progress = appendSegments(UnsafeRawBufferPointer(rebasing: raw[bytes...]), line: line + lines)
      if progress == 0 { break }
      bytes += progress
      lines += 1
    }
    return (bytes, lines)
  }

  /// Appends the segments of the first line of `raw`, if there are several, each is simple, and there is room for them.
  ///
  /// As the state machine has it: each lone carriage return ends a segment, a time is taken off the first, and empty ones are counted only.
  /// - Returns: the bytes of the line with its ending; 0 if it wasn't appended.
  private mutating func appendSegments(_ raw: UnsafeRawBufferPointer, line: Int) -> Int {
    guard let base = raw.baseAddress, let newline = memchr(base, CInt(UInt8(ascii: "\n")), raw.count) else { return 0 }
    let start = base.assumingMemoryBound(to: UInt8.self)
    let length = UnsafeRawPointer(newline) - base
    // What is written is never longer than the line.
    guard length < room - count else { return 0 }
    var end = length
    while end > 0, start[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    guard memchr(base, CInt(UInt8(ascii: "\r")), end) != nil else { return 0 }
    let marksBefore = marks.count
    var written = count
    var from = 0
    var segment = 0
    while from <= end {
      let to = memchr(base + from, CInt(UInt8(ascii: "\r")), end - from).map { UnsafeRawPointer($0) - base } ?? end
      let cleaned = culprit_clean_segment(start + from, start + to, text + written, segment == 0 ? 1 : 0, start + raw.count)
      guard let cleaned else {
        marks.removeLast(marks.count - marksBefore)
        return 0
      }
      if cleaned > text + written {
        if marks.isEmpty || line != nextLine || segment != 0 {
          marks.append(Mark(offset: written, line: line, segment: segment))
        }
        cleaned.pointee = UInt8(ascii: "\n")
        written = UnsafePointer(cleaned) - UnsafePointer(text) + 1
      }
      from = to + 1
      segment += 1
    }
    if written > count { nextLine = line + 1 }
    count = written
    return length + 1
  }

  /// Finds the lines of segments that are asked for in their order.
  struct LineCursor {
    private var mark = -1
    private var offset = 0
    private var line = 0

    /// The line of the segment that begins at `start`, and which of the line's segments it is.
    mutating func place(of start: Int, in chunk: borrowing CleanChunk, kernels: Kernels) -> (line: Int, segment: Int) {
      while mark + 1 < chunk.marks.count, chunk.marks[mark + 1].offset <= start {
        mark += 1
        offset = chunk.marks[mark].offset
        line = chunk.marks[mark].line
      }
      line += kernels.countNewlines(chunk.text + offset, start - offset)
      offset = start
      return (line, start == chunk.marks[mark].offset ? chunk.marks[mark].segment : 0)
    }
  }
}
