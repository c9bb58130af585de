import CScanKernels
import Model

/// The engine: gathers cleaned segments in a chunk that stays in the processor's cache, finds the literals of all expressions in it in
/// one pass, and has each expression searched for in just those segments that hold one of its literals.
struct ChunkScan: ~Copyable, SegmentSink {
  var search: PatternSearch
  /// Makes the log's index, if it is to have one.
  var grams: GramIndexBuilder?

  private let filter: LiteralFilter
  private let tables: LiteralFilter.Tables
  private let kernels: Kernels
  private var chunk: CleanChunk
  private let sampledHits = UnsafeMutablePointer<UInt32>.allocate(capacity: ChunkScan.blockBytes / 4 + 16)
  private let shortHits = UnsafeMutablePointer<UInt32>.allocate(capacity: ChunkScan.blockBytes + 64)

  /// The steps that the current segment must be searched for, each once.
  private var wanted: [Int] = []
  /// For each step the last segment that it was wanted for, by `segmentNumber`.
  private var lastWanted: [Int]
  private var segmentNumber = 0

  /// Cleaned text that is gathered before it is searched.
  static let chunkBytes = 128 * 1024
  /// The literals are found in so many bytes of it at a time; a multiple of the kernels' blocks.
  private static let blockBytes = 8 * 1024

  init(program: ScanProgram, names: LogNames?, limits: ScanLimits) {
    filter = program.filter
    tables = filter.tables
    kernels = filter.kernels
    // What is gathered is never longer than a window, so that no line is searched whole that mustn't be.
    chunk = CleanChunk(room: min(Self.chunkBytes, limits.windowBytes))
    search = PatternSearch(program: program, names: names, limits: limits)
    lastWanted = Array(repeating: -1, count: program.steps.count)
  }

  deinit {
    sampledHits.deallocate()
    shortHits.deallocate()
  }

  // MARK: - Gathering

  mutating func take(_ piece: SegmentPiece) {
    if !chunk.hasRoom(for: piece.bytes.count) { searchChunk(alone: nil) }
    if piece.isWhole, chunk.hasRoom(for: piece.bytes.count) {
      chunk.append(piece.bytes, line: piece.line, segment: piece.segment)
      return
    }
    // A piece that is part of a segment, or larger than a chunk, is a chunk of its own.
    searchChunk(alone: nil)
    chunk.append(piece.bytes, line: piece.line, segment: piece.segment)
    searchChunk(alone: piece)
  }

  mutating func endLine(_ line: Int) {}

  mutating func takeLines(_ raw: UnsafeRawBufferPointer, from line: Int) -> (bytes: Int, lines: Int) {
    var bytes = 0
    var lines = 0
    while true {
      let rest = UnsafeRawBufferPointer(rebasing: raw[bytes...])
      let taken = chunk.appendLines(rest, from: line + lines, kernels: kernels)
      bytes += taken.bytes
      lines += taken.lines
      // Stopped by a full chunk or by a line that isn't simple; an empty chunk tells which.
      if taken.lines == 0 || chunk.count < Self.chunkBytes / 2 { return (bytes, lines) }
      searchChunk(alone: nil)
    }
  }

  /// Searches what is gathered, so that all findings up to that line are certain.
  mutating func searchGathered(lines: Int) {
    searchChunk(alone: nil)
    search.endLines(through: lines)
  }

  // MARK: - Searching

  /// Where in the chunk the search is.
  private struct Position {
    /// The current segment, without its newline; at first the nothing before the chunk's first newline.
    var start = 0
    var end = 0
    var cursor = CleanChunk.LineCursor()
  }

  private mutating func searchChunk(alone piece: SegmentPiece?) {
    guard !chunk.isEmpty else { return }
    grams?.add(chunk.text, count: chunk.count)
    var position = Position()
    if piece != nil {
      position.start = 1
      position.end = chunk.count - 1
    }
    var from = 0
    while from < chunk.count {
      let to = min(from + Self.blockBytes, chunk.count)
      searchBlock(from..<to, &position, alone: piece)
      from = to
    }
    if piece == nil, !filter.always.isEmpty { advance(&position, to: chunk.count) }
    endSegment(&position, alone: piece)
    chunk.removeAll()
  }

  /// Goes through what the kernels find in a block, in order of its place.
  private mutating func searchBlock(_ range: Range<Int>, _ position: inout Position, alone piece: SegmentPiece?) {
    var sampledCount = 0
    if let sampled = tables.sampled {
      var maps = sampled.maps
      sampledCount = kernels.findSampled(&maps, in: chunk.text, range, hits: sampledHits)
    }
    var shortCount = 0
    if let shorts = tables.shorts {
      shortCount = kernels.findShorts(shorts.classes.base, in: chunk.text, range, hits: shortHits)
    }
    var nextSampled = 0
    var nextShort = 0
    // Both lists hold as many positions as the kernels say, each below the end of the chunk rounded up to a block: within its slack.
    while nextSampled < sampledCount || nextShort < shortCount {
      if nextShort == shortCount || (nextSampled < sampledCount && sampledHits[nextSampled] <= shortHits[nextShort]) {
        let at = Int(sampledHits[nextSampled])
        nextSampled += 1
        guard let sampled = tables.sampled else { continue }
        let gram = UnsafeRawPointer(chunk.text + at).loadUnaligned(as: UInt64.self) | 0x2020_2020_2020_2020
        check(sampled.fours.places(of: gram & 0xFFFF_FFFF), at, &position, alone: piece)
        if let eights = sampled.eights { check(eights.places(of: gram), at, &position, alone: piece) }
      } else {
        let at = Int(shortHits[nextShort])
        nextShort += 1
        guard let shorts = tables.shorts else { continue }
        let gram = UnsafeRawPointer(chunk.text + at).loadUnaligned(as: UInt32.self) | 0x2020_2020
        check(shorts.fours.places(of: UInt64(gram)), at, &position, alone: piece)
      }
    }
  }

  /// Compares the literals that may have a q-gram at that place of the chunk.
  private mutating func check(
    _ places: UnsafeBufferPointer<GramTable.Place>, _ at: Int, _ position: inout Position, alone piece: SegmentPiece?
  ) {
    for place in places {
      let literal = tables.literals.base + Int(place.literal)
      let start = at - Int(place.offset)
      // What is compared lies within the chunk; the words that it is loaded by end within its slack.
      guard start >= 0, start + literal.pointee.count <= chunk.count, literal.pointee.lies(at: chunk.text + start) else { continue }
      // A literal holds no newline but at its start, where it stands for the start of a segment: what is behind lies in the segment.
      let inside = max(at, start + 1)
      if inside >= position.end { advance(&position, to: inside) }
      let first = Int(literal.pointee.firstStep)
      for index in first..<first + Int(literal.pointee.stepCount) {
        let step = Int(tables.steps.base[index])
        if lastWanted[step] == segmentNumber { continue }
        lastWanted[step] = segmentNumber
        wanted.append(step)
      }
    }
  }

  /// Ends the current segment and goes on to the one that holds `offset`, or to the end of the chunk if none does.
  private mutating func advance(_ position: inout Position, to offset: Int) {
    endSegment(&position, alone: nil)
    if filter.always.isEmpty {
      position.start = startOfSegment(offset, notBefore: position.end + 1)
      position.end = endOfSegment(offset)
      return
    }
    // Those in between are searched for what every segment is searched for.
    position.start = position.end + 1
    while position.start < chunk.count {
      position.end = endOfSegment(position.start)
      if offset < position.end { return }
      endSegment(&position, alone: nil)
      position.start = position.end + 1
    }
    position.end = position.start
  }

  /// Searches the current segment for what it must be searched for.
  private mutating func endSegment(_ position: inout Position, alone piece: SegmentPiece?) {
    defer { segmentNumber += 1 }
    guard position.end > position.start else { return }
    if !filter.always.isEmpty { wanted.append(contentsOf: filter.always) }
    guard !wanted.isEmpty else { return }
    wanted.sort()
    let segment =
      piece
      ?? {
        let place = position.cursor.place(of: position.start, in: chunk, kernels: kernels)
        return SegmentPiece(
          bytes: UnsafeRawBufferPointer(start: chunk.text + position.start, count: position.end - position.start),
          context: 0, offset: 0, line: place.line, segment: place.segment, overlap: 0)
      }()
    search.begin(segment)
    for step in wanted { search.search(step, in: segment) }
    wanted.removeAll(keepingCapacity: true)
  }

  private func startOfSegment(_ offset: Int, notBefore first: Int) -> Int {
    var start = offset
    while start > first, chunk.text[start - 1] != UInt8(ascii: "\n") { start -= 1 }
    return start
  }

  /// The chunk ends with a newline, so there is one from any offset within it on.
  private func endOfSegment(_ offset: Int) -> Int {
    var end = offset
    while chunk.text[end] != UInt8(ascii: "\n") { end += 1 }
    return end
  }
}
