import Model

/// The engine: gathers cleaned segments in a chunk that stays in the processor's cache, has the chunk sifted, and searches just those
/// segments for just those expressions that the sieve names.
struct ChunkScan: ~Copyable, SegmentSink {
  var search: PatternSearch
  /// Makes the log's index, if it is to have one.
  var grams: GramIndexBuilder?

  private let kernels: Kernels
  private var chunk: CleanChunk
  private var sieve: ChunkSieve

  /// Cleaned text that is gathered before it is searched.
  static let chunkBytes = 128 * 1024

  init(program: ScanProgram, names: LogNames?, limits: ScanLimits) {
    kernels = program.filter.kernels
    // What is gathered is never longer than a window, so that no line is searched whole that mustn't be.
    chunk = CleanChunk(room: min(Self.chunkBytes, limits.windowBytes))
    sieve = ChunkSieve(program)
    search = PatternSearch(program: program, names: names, limits: limits)
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

  // MARK: - Searching

  /// Searches what is gathered, so that all findings up to that line are certain.
  mutating func searchGathered(lines: Int) {
    searchChunk(alone: nil)
    search.endLines(through: lines)
  }

  private mutating func searchChunk(alone piece: SegmentPiece?) {
    guard !chunk.isEmpty else { return }
    grams?.add(chunk.text, count: chunk.count)
    sieve.sift(chunk, isOneSegment: piece != nil)
    search.search(sieve, in: chunk, alone: piece)
    chunk.removeAll()
  }
}
