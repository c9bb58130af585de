import Model
import PCRE2

/// Scans one log: bytes in, findings out, in bounded memory.
///
/// What matches is defined by PCRE2 alone, on each cleaned segment: the leftmost match, then the leftmost one from its end on, and so
/// forth; after an empty match the search goes on one character later.
package struct LogScanner: ~Copyable {
  private var cleaner: LogCleaner
  private var scan: ChunkScan

  /// - Parameters:
  ///   - names: what the log's build is called; nil to try patterns whatever their `where` says.
  ///   - grams: is given all cleaned text and knows the log's index once it is finished.
  ///   - measured: whether the summary is to tell what each pattern cost, which costs some time itself.
  package init(
    program: ScanProgram, names: LogNames? = LogNames(), limits: ScanLimits = ScanLimits(), grams: GramIndexBuilder? = nil,
    measured: Bool = false
  ) {
    cleaner = LogCleaner(limits: limits, contextBytes: program.contextBytes)
    scan = ChunkScan(program: program, names: names, limits: limits)
    scan.grams = grams
    if measured { scan.search.meter = SearchMeter(patterns: program.patterns.count) }
  }

  /// Takes the next bytes of the log and tells what is certain by now, in order.
  package mutating func scan(_ chunk: UnsafeRawBufferPointer, tell: (Finding) throws -> Void) rethrows {
    cleaner.clean(chunk, into: &scan)
    scan.searchGathered(lines: cleaner.linesOver)
    try scan.search.release(tell)
  }

  /// Takes the next bytes of the log from a `LineCutter`'s batch, which may be sifted already.
  package mutating func scan(_ batch: LineBatch, tell: (Finding) throws -> Void) rethrows {
    guard batch.isWhole else { return try scan(batch.bytes, tell: tell) }
    batch.sift()
    if let grams = scan.grams { batch.index(in: grams) }
    batch.search(with: &scan.search, linesBefore: cleaner.linesOver)
    cleaner.pass(lines: batch.lines, bytes: batch.bytes.count)
    scan.search.endLines(through: cleaner.linesOver)
    try scan.search.release(tell)
  }

  /// Ends the log and tells the rest.
  package mutating func finish(tell: (Finding) throws -> Void) rethrows -> ScanSummary {
    cleaner.finish(into: &scan)
    scan.searchGathered(lines: cleaner.lines)
    scan.search.finish(lines: cleaner.lines)
    try scan.search.release(tell)
    var summary = scan.search.summary
    summary.lines = cleaner.lines
    summary.bytes = cleaner.bytes
    return summary
  }
}

extension LogScanner {
  /// Which instructions are used: `scalar`, `avx2`, `avx512` or `neon`.
  package static var kernels: String { Kernels.chosen.name }

  /// Cleans a log and does nothing with it, to be measured. Returns the size of the cleaned text.
  package static func cleanOnly(_ log: UnsafeRawBufferPointer) -> Int {
    struct Gathering: ~Copyable, SegmentSink {
      var chunk = CleanChunk(room: ChunkScan.chunkBytes)
      var bytes = 0

      mutating func take(_ piece: SegmentPiece) {
        if !chunk.hasRoom(for: piece.bytes.count) { empty() }
        chunk.append(piece.bytes, line: piece.line, segment: piece.segment)
      }
      mutating func endLine(_ line: Int) {}
      mutating func takeLines(_ raw: UnsafeRawBufferPointer, from line: Int) -> (bytes: Int, lines: Int) {
        if chunk.count > ChunkScan.chunkBytes / 2 { empty() }
        return chunk.appendLines(raw, from: line, kernels: .chosen)
      }
      mutating func empty() {
        bytes += chunk.count
        chunk.removeAll()
      }
    }
    var sink = Gathering()
    var cleaner = LogCleaner()
    cleaner.clean(log, into: &sink)
    cleaner.finish(into: &sink)
    return sink.bytes + sink.chunk.count
  }
}

/// Scans a log that is in memory.
package func scanText(
  _ bytes: [UInt8], program: ScanProgram, names: LogNames? = LogNames(), limits: ScanLimits = ScanLimits()
) -> (findings: [Finding], summary: ScanSummary) {
  var scanner = LogScanner(program: program, names: names, limits: limits)
  var findings: [Finding] = []
  bytes.withUnsafeBytes { scanner.scan($0) { findings.append($0) } }
  let summary = scanner.finish { findings.append($0) }
  return (findings, summary)
}
