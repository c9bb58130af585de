import Foundation
import LogArchive
import Model
import Postgres
import Providers
import Store
import Telemetry

/// From a provider's log to the archive.
package struct FetchStage: Sendable {
  private let store: Store
  private let archive: LogArchive
  private let providers: [String: any Provider]
  /// Of the providers that this worker can ask.
  let names: [String]
  private let limits: LogWriter.Limits
  private let plan: RetryPlan
  private let now: @Sendable () -> Date

  /// - Parameter providers: by name.
  package init(
    store: Store, archive: LogArchive, providers: [String: any Provider], limits: LogWriter.Limits = LogWriter.Limits(),
    plan: RetryPlan = RetryPlan(), now: @Sendable @escaping () -> Date = { Date() }
  ) {
    self.store = store
    self.archive = archive
    self.providers = providers
    names = providers.keys.sorted()
    self.limits = limits
    self.plan = plan
    self.now = now
  }

  /// How long a worker that hangs keeps a log, in seconds.
  private static let leaseSeconds: Double = 1_800

  /// Fetches one log.
  ///
  /// - Returns: what was done; nil if none is due.
  /// - Throws: `PostgresError`, `ArchiveError`, or `CancellationError` once the log is given back.
  package func step(_ worker: Store.WorkerID) async throws -> StepReport? {
    guard let log = try await store.claimFetch(worker: worker, providers: names, leaseSeconds: Self.leaseSeconds)
    else { return nil }
    let build = log.build
    do {
      guard let provider = providers[build.provider] else {
        throw ProviderError(.unsupported, operation: "fetch a log of \(build.provider) build \(build.externalID)")
      }
      let disk = DiskLane()
      let writer = try await disk.open(archive, limits)
      let extent = try await provider.fetch(LogReference(step: log.step, locator: log.locator), of: build) { try writer.write($0) }
      let (stored, isShortened) = try await disk.finish(writer)
      let isCut = isShortened || extent == .cut
      _ = try await store.recordFetched(log, digest: stored.digest.bytes, bytes: stored.size, isCut: isCut)
      Metric.fetches.add(1, build.provider, isCut ? "cut" : "stored")
      Metric.fetchedBytes.add(stored.size, build.provider)
      return StepReport(isCut ? "fetched a part of a log" : "fetched a log", build: build)
    } catch let error as ProviderError {
      Metric.fetches.add(1, build.provider, error.reason.rawValue)
      let next = plan.next(after: error, attempts: log.attempts, age: log.age, now: now().timeIntervalSince1970)
      try await store.recordUnfetched(log, reason: error.reason.rawValue, detail: error.description, next: next)
      return StepReport("could not fetch a log", build: build, problem: error.description)
    } catch {
      let store = store
      await Task { try? await store.recordUnfetched(log, reason: nil, detail: nil, next: .later(seconds: 0)) }.value
      throw error
    }
  }

  /// Where files are opened and flushed: that blocks, and Swift's own threads are for what doesn't.
  private actor DiskLane {
    private let queue = QueueExecutor(label: "culprit.fetch")
    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    func open(_ archive: LogArchive, _ limits: LogWriter.Limits) throws -> LogWriter { try LogWriter(archive, limits: limits) }
    func finish(_ writer: LogWriter) throws -> (log: StoredLog, isCut: Bool) { try writer.finish() }
  }
}
