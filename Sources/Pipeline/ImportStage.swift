import Foundation
import LogArchive
import LogSource
import Model
import Postgres
import Providers
import Store

/// From local log files to archived logs of entered builds.
package struct ImportStage: Sendable {
  private let store: Store
  private let archive: LogArchive

  package init(store: Store, archive: LogArchive) {
    self.store = store
    self.archive = archive
  }

  /// Builds that are entered in one transaction.
  private static let portion = 100

  /// Enters logs with their builds. Entering the same again changes nothing; killed, the next run does the rest.
  ///
  /// - Parameter lines: files are opened as they are named here.
  /// - Throws: `LogSourceError` for the first file that can't be read; `ArchiveError`, `PostgresError`.
  package func enter(
    _ lines: [ManifestLine], report: (Int) -> Void = { _ in }
  ) async throws -> Store.Entered {
    let disk = DiskLane(archive)
    try await disk.sweep()
    var total = Store.Entered()
    for start in stride(from: 0, to: lines.count, by: Self.portion) {
      try Task.checkCancellation()
      let part = lines[start..<min(start + Self.portion, lines.count)]
      var entries: [Store.Entry] = []
      for line in part { entries += try await disk.archived(line) }
      let entered = try await store.enter(entries)
      total.builds += entered.builds
      total.logs += entered.logs
      total.changed += entered.changed
      report(start + part.count)
    }
    return total
  }

  /// Where files are read, compressed and flushed: that blocks, and Swift's own threads are for what doesn't.
  private actor DiskLane {
    private let queue = QueueExecutor(label: "culprit.import")
    private let archive: LogArchive

    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    init(_ archive: LogArchive) { self.archive = archive }

    func sweep() throws { _ = try archive.sweep() }

    func archived(_ line: ManifestLine) throws -> [Store.Entry] { try ImportStage.archived(line, in: archive) }
  }

  /// Stores what a line's file holds: one log, or one per member of a zip, each a step of its own.
  private static func archived(_ line: ManifestLine, in archive: LogArchive) throws -> [Store.Entry] {
    var entries: [Store.Entry] = []
    var failure: LogSourceError?
    try LogSource().forEachLog(
      in: [line.file],
      { reader in
        let name = reader.displayName
        let stored = try archive.store { buffer in try reader.read(into: buffer) }
        let step = line.step(of: name, in: line.file)
        entries.append(
          Store.Entry(build: line.build, step: step, digest: stored.digest.bytes, bytes: stored.size))
      },
      failure: { failure = failure ?? $0 })
    if let failure { throw failure }
    return entries
  }
}
