import LogArchive
import Model
import Postgres
import Store

/// A log that someone sends us piece by piece: into the archive, and then, with its build, into the database.
///
/// If it is let go before its end, nothing of it stays. Its work is done on a thread of its own.
package actor SentLog {
  private let queue = QueueExecutor(label: "culprit.sent")
  private let writer: LogWriter
  /// Bytes that came.
  private var count = 0

  package nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

  /// - Throws: `ArchiveError`.
  package init(_ archive: LogArchive) throws { writer = try LogWriter(archive) }

  /// - Throws: `ArchiveError`.
  package func write(_ bytes: [UInt8]) throws {
    count += bytes.count
    try bytes.withUnsafeBytes { try writer.write($0) }
  }

  /// What became of it.
  package struct Kept: Sendable {
    /// The build's row.
    package let build: Int64
    /// What was new.
    package let entered: Store.Entered
    /// In bytes, as it was sent.
    package let bytes: Int
    /// Whether only head and tail were kept.
    package let isCut: Bool
  }

  /// - Throws: `ArchiveError`, `PostgresError`.
  package func finish(_ build: Build, step: String, _ store: Store) async throws -> Kept {
    let (log, isCut) = try writer.finish()
    let (row, entered) = try await store.enterSent(
      Store.Entry(build: build, step: step, digest: log.digest.bytes, bytes: log.size, isCut: isCut))
    return Kept(build: row, entered: entered, bytes: count, isCut: isCut)
  }
}
