import Analysis
import Glibc
import LogArchive
import Model
import Postgres
import Store

/// Scans archived logs, one at a time, on a thread of its own: reading and matching block, and Swift's own threads are for what doesn't.
actor ScanLane {
  private let queue: QueueExecutor
  private let archive: LogArchive
  private let limits: ScanLimits
  private let engine: Int

  nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

  /// - Parameter engine: the version of cleaning and matching that indexes are made for.
  init(number: Int, archive: LogArchive, limits: ScanLimits, engine: Int) {
    queue = QueueExecutor(label: "culprit.scan.\(number)")
    self.archive = archive
    self.limits = limits
    self.engine = engine
  }

  /// What became of one log.
  struct Outcome: Sendable {
    var findings: [Finding] = []
    var summary = ScanSummary()
    /// CPU time of cleaning and matching.
    var nanoseconds = 0
  }

  /// - Parameters:
  ///   - digest: SHA-256 of the raw log.
  ///   - bytes: size of the raw log.
  ///   - measured: whether the summary is to tell what each pattern cost.
  ///   - query: what the log's index is asked first; nil to scan the log whatever it says.
  /// - Returns: nil if nothing can be found in the log, so that it was not opened.
  /// - Throws: `ArchiveError` if the bytes can't be had, `CancellationError` between two blocks.
  func scan(
    digest: [UInt8], bytes: Int, names: LogNames, with program: ScanProgram, measured: Bool = false, unless query: GramQuery?
  ) throws -> Outcome? {
    let digest = try LogDigest.of(digest)
    if query != nil, !program.applies(to: names) { return nil }
    let index = LogIndex(archive, digest, engine: engine)
    var builder: GramIndexBuilder?
    if bytes >= GramIndex.smallestLog {
      switch index.ask(query) {
      case .no: return nil
      case .maybe: break
      case .missing: builder = GramIndexBuilder(rawBytes: bytes)
      }
    }
    let outcome = try scan(digest, names: names, with: program, measured: measured, builder)
    if let builder { index.store(builder) }
    return outcome
  }

  private func scan(
    _ digest: LogDigest, names: LogNames, with program: ScanProgram, measured: Bool, _ builder: GramIndexBuilder?
  ) throws -> Outcome {
    var outcome = Outcome()
    let began = Self.threadNanoseconds()
    var scanner = LogScanner(program: program, names: names, limits: limits, grams: builder, measured: measured)
    outcome.nanoseconds += Self.threadNanoseconds() - began
    try archive.readBlocks(of: digest) { block in
      let began = Self.threadNanoseconds()
      scanner.scan(block) { outcome.findings.append($0) }
      outcome.nanoseconds += Self.threadNanoseconds() - began
    }
    let ending = Self.threadNanoseconds()
    outcome.summary = scanner.finish { outcome.findings.append($0) }
    outcome.nanoseconds += Self.threadNanoseconds() - ending - (builder?.nanoseconds ?? 0)
    return outcome
  }

  private static func threadNanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
