@testable import Analysis
import Model

/// The engine at its plainest, which the fast one is held against: every step is searched for in every segment.
struct PlainScan: ~Copyable, SegmentSink {
  private var search: PatternSearch
  private let steps: Int

  init(program: ScanProgram, limits: ScanLimits) {
    search = PatternSearch(program: program, names: LogNames(), limits: limits)
    steps = program.steps.count
  }

  mutating func take(_ piece: SegmentPiece) {
    search.begin(piece)
    for step in 0..<steps { search.search(step, in: piece) }
  }

  mutating func endLine(_ line: Int) { search.endLines(through: line) }

  /// Cleans and scans a log that is in memory.
  static func scan(_ log: [UInt8], program: ScanProgram, limits: ScanLimits) -> (findings: [Finding], summary: ScanSummary) {
    var cleaner = LogCleaner(limits: limits, contextBytes: program.contextBytes)
    var scan = PlainScan(program: program, limits: limits)
    log.withUnsafeBytes { cleaner.clean($0, into: &scan) }
    cleaner.finish(into: &scan)
    scan.search.finish(lines: cleaner.lines)
    var findings: [Finding] = []
    scan.search.release { findings.append($0) }
    var summary = scan.search.summary
    summary.lines = cleaner.lines
    summary.bytes = cleaner.bytes
    return (findings, summary)
  }
}
