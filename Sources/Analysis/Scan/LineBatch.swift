/// Some lines of a log, and what can be done of their scan without knowing what came before them: cleaning, and sifting.
///
/// A line is cleaned alike wherever it stands, but for the log's first, and what it may match is the same, too. So any thread may sift a
/// batch. The searches, with all that depends on their order (sequences, `tail`, limits, budgets), stay with the one `LogScanner`
/// that takes the batches in turn.
package final class LineBatch: @unchecked Sendable {
  // `@unchecked Sendable`: a batch belongs to one thread at a time, which hands it on: reader, sifter, scanner.

  private static let mostBytes = 256 * 1024

  private let limits: ScanLimits
  private let raw: UnsafeMutableRawBufferPointer
  private var count = 0
  private var isLogStart = false
  private var gathered: Gathered
  private var sieve: ChunkSieve
  /// Whether these are whole lines. What isn't can't be sifted, and is scanned as it comes.
  package private(set) var isWhole = false
  private(set) var isSifted = false
  /// Lines that it holds, once it is sifted.
  private(set) var lines = 0

  /// - Parameter limits: those of the scan.
  package init(program: ScanProgram, limits: ScanLimits) {
    self.limits = limits
    // No line of a batch is longer than a window.
    let capacity = max(1, min(Self.mostBytes, limits.windowBytes))
    raw = .allocate(byteCount: capacity, alignment: 64)
    gathered = Gathered(kernels: program.filter.kernels, room: capacity + 2)
    sieve = ChunkSieve(program)
  }

  deinit { raw.deallocate() }

  /// The bytes as they stand in the log.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: raw[..<count]) }

  /// Fills it with what `body` writes and tells.
  func fill(_ body: (UnsafeMutableRawBufferPointer) throws -> (count: Int, isWhole: Bool), isLogStart: Bool) rethrows {
    count = 0
    isSifted = false
    self.isLogStart = isLogStart
    (count, isWhole) = try body(raw)
  }

  /// Cleans the lines and finds what they may match.
  package func sift() {
    guard isWhole, !isSifted else { return }
    gathered.chunk.removeAll()
    var cleaner = LogCleaner(limits: limits, firstLine: firstLine)
    cleaner.clean(bytes, into: &gathered)
    lines = cleaner.linesOver - (firstLine - 1)
    sieve.sift(gathered.chunk)
    isSifted = true
  }

  /// The number that its first line has here: it only tells whether the line is the log's first.
  private var firstLine: Int { isLogStart ? 1 : 2 }

  /// - Parameter linesBefore: lines of the log before this batch.
  func search(with search: inout PatternSearch, linesBefore: Int) {
    search.search(sieve, in: gathered.chunk, linesBefore: linesBefore - (firstLine - 1))
  }

  /// Gives its cleaned text to the log's index.
  func index(in grams: GramIndexBuilder) { grams.add(gathered.chunk.text, count: gathered.chunk.count) }

  /// A chunk that has room for all of the batch: cleaning makes nothing longer.
  private struct Gathered: ~Copyable, SegmentSink {
    let kernels: Kernels
    var chunk: CleanChunk

    init(kernels: Kernels, room: Int) {
      self.kernels = kernels
      chunk = CleanChunk(room: room)
    }

    mutating func take(_ piece: SegmentPiece) { chunk.append(piece.bytes, line: piece.line, segment: piece.segment) }
    mutating func endLine(_ line: Int) {}
    mutating func takeLines(_ raw: UnsafeRawBufferPointer, from line: Int) -> (bytes: Int, lines: Int) {
      chunk.appendLines(raw, from: line, kernels: kernels)
    }
  }
}
