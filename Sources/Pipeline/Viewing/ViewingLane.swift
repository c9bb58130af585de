import Analysis
import LogArchive
import Model
import Postgres

/// Reads logs for people, one at a time, on a thread of its own: reading blocks, and Swift's own threads are for what doesn't.
actor ViewingLane {
  private let queue: QueueExecutor
  private let archive: LogArchive

  nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

  init(label: String, archive: LogArchive) {
    queue = QueueExecutor(label: label)
    self.archive = archive
  }

  func window(of digest: [UInt8], _ request: LogWindow.Request) throws -> LogWindow {
    try window(of: archive.openParts(of: LogDigest.of(digest)), request)
  }

  func end(of digest: [UInt8], _ request: LogWindow.Request) throws -> LogWindow {
    let log = try archive.openParts(of: LogDigest.of(digest))
    let newlines = if let known = log.newlines { known } else { try countNewlines(log) }
    var request = request
    // One more than there are newlines: what stands behind the last one is a line, too.
    let last = newlines + 1
    request.lines = max(1, last - request.lines.count)...last
    return try window(of: log, request)
  }

  private func window(of log: ArchivedLogParts, _ request: LogWindow.Request) throws -> LogWindow {
    var request = request
    let first = max(1, request.lines.lowerBound)
    request.lines = first...max(first, min(request.lines.upperBound, first + LogViewer.mostLines - 1))
    // A line but the first begins behind a newline, which reading must find.
    let start = log.start(bytes: request.bytesBefore, before: log.start(newlines: max(1, first - request.linesBefore) - 2))
    let isWhole = start.bytes == 0
    let firstLine = isWhole ? 1 : start.newlines + 2
    var window =
      try request.isRaw
      ? raw(log, request, from: start, firstLine: firstLine) : cleaned(log, request, from: start, firstLine: firstLine)
    window.knownFrom = firstLine
    return window
  }

  private func cleaned(
    _ log: ArchivedLogParts, _ request: LogWindow.Request, from start: ArchivedLogParts.Start, firstLine: Int
  ) throws -> LogWindow {
    var builder = WindowBuilder(request, firstLine: firstLine)
    var cleaner = LogCleaner(firstLine: firstLine)
    let isAtEnd = try read(log, from: start) { bytes in
      cleaner.clean(bytes, into: &builder)
      return !builder.isComplete
    }
    if isAtEnd { cleaner.finish(into: &builder) }
    let lines = isAtEnd ? cleaner.lines : nil
    var window = builder.finish()
    window.total = lines
    return window
  }

  private func raw(
    _ log: ArchivedLogParts, _ request: LogWindow.Request, from start: ArchivedLogParts.Start, firstLine: Int
  ) throws -> LogWindow {
    var builder = RawWindowBuilder(request, firstLine: firstLine)
    let isAtEnd = try read(log, from: start) { bytes in
      builder.take(bytes)
      return !builder.isComplete
    }
    let lines = isAtEnd ? builder.lines : nil
    var window = builder.finish()
    window.total = lines
    return window
  }

  /// Reads whole lines: of what begins within one, nothing up to its end.
  ///
  /// - Returns: whether the end of the log came before `take` had enough, which it says by false.
  private func read(
    _ log: ArchivedLogParts, from start: ArchivedLogParts.Start, _ take: (UnsafeRawBufferPointer) throws -> Bool
  ) throws -> Bool {
    var hasBegun = start.bytes == 0
    var isAtEnd = true
    try log.read(from: start) { bytes in
      try Task.checkCancellation()
      var bytes = bytes
      if !hasBegun {
        guard let newline = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return true }
        hasBegun = true
        bytes = UnsafeRawBufferPointer(rebasing: bytes[(newline + 1)...])
      }
      isAtEnd = try take(bytes)
      return isAtEnd
    }
    return isAtEnd
  }

  private func countNewlines(_ log: ArchivedLogParts) throws -> Int {
    var count = 0
    try log.read { bytes in
      try Task.checkCancellation()
      count += bytes.count { $0 == UInt8(ascii: "\n") }
      return true
    }
    return count
  }

  func search(_ digest: [UInt8], for pattern: Pattern, _ query: LogSearch.Query) throws -> LogSearch {
    let program = try ScanProgram([pattern])
    let log = try archive.openParts(of: LogDigest.of(digest))
    var limits = ScanLimits()
    limits.findingsPerPattern = query.most
    var scanner = LogScanner(program: program, names: nil, limits: limits)
    var result = LogSearch()
    let clock = ContinuousClock()
    let end = clock.now + query.time
    try log.read { bytes in
      try Task.checkCancellation()
      scanner.scan(bytes) { result.findings.append($0) }
      if clock.now >= end { result.unfinished = .time }
      return result.unfinished == nil
    }
    let summary = scanner.finish { result.findings.append($0) }
    result.count = summary.findings
    result.lines = summary.lines
    if !summary.inconclusive.isEmpty { result.unfinished = .expression }
    return result
  }
}
