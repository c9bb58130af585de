import Analysis
import Foundation
import LogArchive
import Model
import Postgres
import Store
import Telemetry

/// Tries on every log what it hasn't been tried on: claims logs, scans them, records the results.
///
/// Nothing is kept in memory that matters. Killed anywhere, the next run goes on with what isn't recorded.
package struct RescanStage: Sendable {
  package struct Settings: Sendable {
    /// Logs that are scanned at once in this process.
    package var lanes = max(1, ProcessInfo.processInfo.activeProcessorCount)
    package var limits = ScanLimits()
    package var logsPerClaim = 32
    package var bytesPerClaim = 64 << 20
    /// How long a worker that hangs, though its connection lives, keeps its logs; more for large ones.
    package var leaseSeconds: Double = 120
    /// A revision that is inconclusive on more logs than this is not tried any more.
    package var suspendAfter = 100

    package init() {}
  }

  /// What a run has done so far.
  package struct Progress: Sendable, Equatable {
    package var pairs = 0
    package var logs = 0
    package var bytes = 0
    package var findings = 0
    package var inconclusive = 0
    /// Logs whose bytes the archive doesn't have any more.
    package var lost: [String] = []
  }

  private let store: Store
  private let archive: LogArchive
  private let database: ConnectionConfiguration
  private let settings: Settings
  private let programs: ProgramCache
  private let scanners: [ScanLane]

  package init(store: Store, archive: LogArchive, database: ConnectionConfiguration, settings: Settings = Settings()) {
    self.store = store
    self.archive = archive
    self.database = database
    self.settings = settings
    programs = ProgramCache(store: store)
    scanners = (0..<settings.lanes).map { ScanLane(number: $0, archive: archive, limits: settings.limits, engine: store.engine) }
  }

  /// Works until nothing is due of what was there when it began.
  ///
  /// What another worker has is waited for, and done here if it comes back: right after a kill nobody can tell a worker whose connection
  /// is about to end from one that lives.
  ///
  /// - Parameter report: called after every recorded portion.
  /// - Throws: `PostgresError`, or `CancellationError` once everything that was claimed is recorded or given back.
  package func run(
    _ scope: RescanScope = RescanScope(), report: @Sendable @escaping (Progress) -> Void = { _ in }
  ) async throws -> Progress {
    try await Lifeline.with(database) { lifeline in
      let tally = Tally(report)
      var begun = scope
      // What is entered meanwhile would let it go on for ever.
      begun.newest = try await store.newestLog()
      var wait = Self.shortestWait
      while true {
        let before = await tally.progress
        try await drain(begun, lifeline.worker, tally)
        guard try await store.due(begun).logs > 0 else { break }
        wait = await tally.progress == before ? min(wait * 2, Self.longestWait) : Self.shortestWait
        try await Task.sleep(for: .seconds(wait))
      }
      // Also for what was recorded by a run that was killed before it could look.
      try await store.markSuspects()
      return await tally.progress
    }
  }

  /// How often it looks whether what others have is done, in seconds.
  private static let shortestWait: Double = 0.02
  private static let longestWait: Double = 1

  /// The same as a step of a worker that is registered already.
  ///
  /// - Returns: nil if nothing was due that isn't another worker's.
  package func step(_ worker: Store.WorkerID) async throws -> StepReport? {
    let tally = Tally { _ in }
    try await drain(RescanScope(), worker, tally)
    let done = await tally.progress
    guard done.logs > 0 || !done.lost.isEmpty else { return nil }
    // By the numbers that the pages know them by.
    let builds = await tally.builds.sorted().map(String.init).joined(separator: " ")
    return StepReport(
      "scanned", subject: "\(done.logs) logs, \(done.findings) findings", problem: done.lost.first,
      ids: builds.isEmpty ? [:] : ["builds": builds])
  }

  /// Does what is due and isn't another worker's.
  private func drain(_ scope: RescanScope, _ worker: Store.WorkerID, _ tally: Tally) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in scanners { group.addTask { try await drain(scope, worker, lane, tally) } }
      try await group.waitForAll()
    }
    if await tally.hasNewSamples { try await store.markSuspects() }
  }

  private func drain(
    _ scope: RescanScope, _ worker: Store.WorkerID, _ lane: ScanLane, _ tally: Tally
  ) async throws {
    while true {
      try Task.checkCancellation()
      let claim = try await store.claim(
        scope, worker: worker, most: settings.logsPerClaim, mostBytes: settings.bytesPerClaim,
        leaseSeconds: settings.leaseSeconds)
      guard let claim else { return }
      let program = try await programs.program(for: claim.missing)
      var results: [Store.LogResult] = []
      var bytes = 0
      var lastRecorded = ContinuousClock.now
      for (index, log) in claim.logs.enumerated() {
        do {
          // A log that was never read to its end has no number of lines yet.
          let outcome = try await lane.scan(
            digest: log.digest, bytes: log.bytes, names: log.names, with: program.program, measured: Self.isMeasured(log),
            unless: log.lines == nil ? nil : program.query)
          results.append(
            outcome.map { program.result(of: log, $0, isMeasured: Self.isMeasured(log)) }
              ?? Store.LogResult(log: log.id, lines: log.lines ?? 0, findings: []))
          bytes += log.bytes
          // A process that is killed loses what isn't recorded, so slow logs are not gathered for long.
          if lastRecorded.duration(to: .now) > .milliseconds(500) {
            try await record(results, bytes, of: claim, program, tally)
            (results, bytes, lastRecorded) = ([], 0, .now)
          }
        } catch let error as ArchiveError where !error.isRetryable {
          try await store.recordLost(log.id, of: claim, reason: error.description)
          await tally.lost(error.description)
        } catch {
          // Stopped, or the archive is out of reach: what is done is kept, what isn't is another's to do.
          try? await record(results, bytes, of: claim, program, tally)
          try? await store.giveBack(claim, claim.logs[index...].map(\.id))
          throw error
        }
      }
      try await record(results, bytes, of: claim, program, tally)
    }
  }

  /// One log in 32, the same ones for every pattern.
  private static func isMeasured(_ log: Store.ClaimedLog) -> Bool { log.digest.first.map { $0 % 32 == 0 } ?? false }

  private func record(
    _ results: [Store.LogResult], _ bytes: Int, of claim: Store.Claim, _ program: RescanProgram, _ tally: Tally
  ) async throws {
    guard !results.isEmpty else { return }
    // Recording must not be cut off by the cancellation that brought us here.
    let written = try await Task { [store, settings] in
      try await store.record(results, of: claim, suspendAfter: settings.suspendAfter, leaseSeconds: settings.leaseSeconds)
    }.value
    await tally.add(results.filter { written.contains($0.log) }, bytes: bytes, pairsPerLog: program.pairsPerLog)
    await tally.note(builds: claim.logs.lazy.filter { written.contains($0.id) }.map(\.build))
    guard claim.logs.contains(where: { $0.isSample && written.contains($0.id) }) else { return }
    if await tally.shouldMark() { try await store.markSuspects() }
  }

  private actor Tally {
    private(set) var progress = Progress()
    private let report: @Sendable (Progress) -> Void

    init(_ report: @Sendable @escaping (Progress) -> Void) { self.report = report }

    func add(_ results: [Store.LogResult], bytes: Int, pairsPerLog: Int) {
      Metric.scannedLogs.add(results.count)
      Metric.scannedBytes.add(bytes)
      Metric.scannedPairs.add(results.count * pairsPerLog)
      Metric.findings.add(results.reduce(0) { $0 + $1.findings.count })
      for pair in results.lazy.flatMap(\.inconclusive) { Metric.inconclusive.add(1, pair.inconclusive.reason.rawValue) }
      progress.logs += results.count
      progress.pairs += results.count * pairsPerLog
      progress.bytes += bytes
      for result in results {
        progress.findings += result.findings.count
        progress.inconclusive += result.inconclusive.count
      }
      report(progress)
    }

    /// Some of the builds whose logs were recorded, for the log of the worker.
    private(set) var builds: Set<Int64> = []
    private static let mostBuilds = 10

    func note(builds new: some Sequence<Int64>) {
      for build in new where builds.count < Self.mostBuilds { builds.insert(build) }
    }

    /// Whether logs of passing builds were recorded that no marking has looked at.
    private(set) var hasNewSamples = false
    private var lastMarking = ContinuousClock.now

    /// Whether a long run should look for suspects now, rather than at its end.
    func shouldMark() -> Bool {
      hasNewSamples = true
      guard lastMarking.duration(to: .now) > .seconds(10) else { return false }
      lastMarking = .now
      hasNewSamples = false
      return true
    }

    func lost(_ reason: String) {
      Metric.lostLogs.add()
      progress.lost.append(reason)
      report(progress)
    }
  }

  /// Compiled once per set of revisions, of which a run meets few.
  private actor ProgramCache {
    private let store: Store
    private var programs: [String: RescanProgram] = [:]

    init(store: Store) { self.store = store }

    func program(for missing: String) async throws -> RescanProgram {
      if let program = programs[missing] { return program }
      let program = try RescanProgram(try await store.revisions(in: missing))
      if programs.count >= 64 { programs.removeAll() }
      programs[missing] = program
      return program
    }
  }
}
