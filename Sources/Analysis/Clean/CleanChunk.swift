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

  /// Appends whole lines as far as they are simple and there is room for them.
  mutating func appendLines(_ raw: UnsafeRawBufferPointer, from line: Int, kernels: Kernels) -> (bytes: Int, lines: Int) {
    let cleaned = kernels.cleanLines(raw, into: text + count, room: room - count)
    guard cleaned.lines > 0 else { return (0, 0) }
    if marks.isEmpty || line != nextLine { marks.append(Mark(offset: count, line: line, segment: 0)) }
    count += cleaned.written
    nextLine = line + cleaned.lines
    return (cleaned.taken, cleaned.lines)
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
