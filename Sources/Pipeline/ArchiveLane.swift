import Analysis
import LogArchive
import Postgres

/// Reads archived logs through a sink, one at a time, on a thread of its own: reading and cleaning block, and Swift's own threads are for
/// what doesn't.
actor ArchiveLane {
  private let queue: QueueExecutor
  private let archive: LogArchive

  nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

  init(number: Int, archive: LogArchive) {
    queue = QueueExecutor(label: "culprit.read.\(number)")
    self.archive = archive
  }

  /// The telling lines of a log.
  /// - Throws: `ArchiveError` if the bytes can't be had, `CancellationError` between two blocks.
  func tellingLines(_ digest: [UInt8], _ rules: LineRules) throws -> [TellingLine] {
    var sink = TellingLines(rules)
    try read(digest, into: &sink)
    return sink.lines()
  }

  /// The keys of those lines that a log has, too.
  /// - Throws: as `tellingLines`.
  func familiar(_ lines: [TellingLine], in digest: [UInt8], _ rules: LineRules) throws -> Set<String> {
    var sink = FamiliarLines(rules, among: lines)
    try read(digest, into: &sink)
    return sink.seen
  }

  private func read(_ bytes: [UInt8], into sink: inout some SegmentSink & ~Copyable) throws {
    var cleaner = LogCleaner()
    try archive.readBlocks(of: LogDigest.of(bytes)) { cleaner.clean($0, into: &sink) }
    cleaner.finish(into: &sink)
  }
}

extension LogArchive {
  /// Reads a log from its beginning, block by block.
  ///
  /// - Throws: `ArchiveError` if the bytes can't be had, `CancellationError` between two blocks.
  func readBlocks(of digest: LogDigest, _ take: (UnsafeRawBufferPointer) -> Void) throws {
    var reader = try open(digest)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      try Task.checkCancellation()
      let count = try reader.read(into: buffer)
      if count == 0 { return }
      take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}
