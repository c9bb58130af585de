import LogArchive
import Model
import Postgres
import Store

/// A log that someone sends us piece by piece: into the archive, and then, with its build, into the database.
///
/// If it is let go before its end, nothing of it stays. Its work is done on a thread of its own.
package actor SentLog {
  private let queue = QueueExecutor(label: "culprit.sent")
  private let archive: LogArchive
  private var writer: LogWriter?
  /// Bytes that came.
  private var count = 0

  package nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

  package init(_ archive: LogArchive) { self.archive = archive }

  /// Made when it is first needed, as an initialiser runs on its caller's thread.
  private func opened() throws -> LogWriter {
    if let writer { return writer }
    let made = try LogWriter(archive)
    writer = made
    return made
  }

  /// - Throws: `ArchiveError`.
  package func write(_ bytes: [UInt8]) throws {
    count += bytes.count
    let writer = try opened()
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

  /// - Parameter now: seconds since 1970-01-01 00:00 UTC.
  /// - Throws: `ArchiveError`, `StoreError.sentByAnother`, `PostgresError`.
  package func finish(_ build: Build, step: String, by sender: Sender, _ store: Store, now: Double) async throws -> Kept {
    let (log, isCut) = try opened().finish()
    let (row, entered) = try await store.enterSent(
      Store.Entry(build: build, step: step, digest: log.digest.bytes, bytes: log.size, isCut: isCut), by: sender, now: now)
    return Kept(build: row, entered: entered, bytes: count, isCut: isCut)
  }
}
