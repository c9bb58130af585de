import Analysis
import LogArchive
import Model
import Postgres
import Store

/// Scans archived logs, one at a time, on a thread of its own: reading and matching block, and Swift's own threads are for what doesn't.
actor ScanLane {
  private let queue: QueueExecutor
  private let archive: LogArchive
  private let limits: ScanLimits

  nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

  init(number: Int, archive: LogArchive, limits: ScanLimits) {
    queue = QueueExecutor(label: "culprit.scan.\(number)")
    self.archive = archive
    self.limits = limits
  }

  /// - Throws: `ArchiveError` if the bytes can't be had, `CancellationError` between two blocks.
  func scan(_ log: Store.ClaimedLog, with rescan: RescanProgram) throws -> Store.LogResult {
    guard let digest = LogDigest(bytes: log.digest) else {
      throw ArchiveError.system(operation: "reading a digest of \(log.digest.count) bytes", code: 22)
    }
    var reader = try archive.open(digest)
    var scanner = LogScanner(program: rescan.program, names: log.names, limits: limits)
    var result = Store.LogResult(log: log.id, lines: 0, findings: [])
    func keep(_ finding: Finding) {
      if let revision = rescan.revisions[finding.pattern] { result.findings.append((revision, finding)) }
    }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      try Task.checkCancellation()
      let count = try reader.read(into: buffer)
      if count == 0 { break }
      scanner.scan(UnsafeRawBufferPointer(rebasing: buffer[..<count]), tell: keep)
    }
    let summary = scanner.finish(tell: keep)
    result.lines = summary.lines
    result.overflow = summary.overflow.compactMap { pattern, count in rescan.revisions[pattern].map { ($0, count) } }
    result.inconclusive = summary.inconclusive.compactMap { entry in rescan.revisions[entry.pattern].map { ($0, entry) } }
    for (revision, pattern) in rescan.uncompilable {
      result.inconclusive.append((revision, Inconclusive(pattern: pattern, reason: .engineError, line: 1)))
    }
    return result
  }
}
