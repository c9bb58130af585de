import Analysis

/// Puts the pieces of segments together again, and checks that they fit.
package struct CleanCollector: SegmentSink {
  package private(set) var log = ReferenceCleaner.Log()
  package private(set) var pieces = 0
  /// What was told in a wrong order or doesn't fit together.
  package private(set) var faults: [String] = []
  private var isOpen = false

  package mutating func take(_ piece: SegmentPiece) {
    pieces += 1
    let bytes = Array(piece.bytes[piece.context...])
    let start = piece.offset + piece.context
    if piece.line != log.lines + 1 { faults.append("a segment of line \(piece.line) after \(log.lines) lines") }
    if piece.bytes.count == piece.context { faults.append("an empty piece on line \(piece.line)") }
    if piece.isFirst {
      if isOpen { faults.append("line \(piece.line): a segment begins in another") }
      log.segments.append(ReferenceCleaner.Segment(line: piece.line, segment: piece.segment, bytes: bytes))
    } else if let last = log.segments.last, last.line == piece.line, last.segment == piece.segment, start <= last.bytes.count {
      if Array(piece.bytes[..<piece.context]) != Array(last.bytes[piece.offset..<start]) {
        faults.append("line \(piece.line): another context than the text before")
      }
      log.segments[log.segments.count - 1].bytes.removeLast(last.bytes.count - start)
      log.segments[log.segments.count - 1].bytes += bytes
    } else {
      faults.append("line \(piece.line): a piece at \(start) that continues nothing")
    }
    isOpen = !piece.isLast
  }

  package mutating func endLine(_ line: Int) {
    log.lines += 1
    if line != log.lines { faults.append("line \(line) ends as number \(log.lines)") }
    isOpen = false
  }
}

extension CleanCollector {
  /// Cleans a log that comes in chunks of the given sizes, and then all that is left.
  package static func clean(_ bytes: [UInt8], chunks: [Int] = [], limits: ScanLimits = ScanLimits()) -> CleanCollector {
    var cleaner = LogCleaner(limits: limits)
    var collector = CleanCollector()
    bytes.withUnsafeBytes { all in
      var at = 0
      for size in chunks + [all.count] {
        let end = min(all.count, at + size)
        cleaner.clean(UnsafeRawBufferPointer(rebasing: all[at..<end]), into: &collector)
        at = end
      }
    }
    cleaner.finish(into: &collector)
    if cleaner.lines != collector.log.lines { collector.faults.append("\(cleaner.lines) lines, told \(collector.log.lines)") }
    if cleaner.bytes != bytes.count { collector.faults.append("\(cleaner.bytes) bytes of \(bytes.count)") }
    return collector
  }
}
