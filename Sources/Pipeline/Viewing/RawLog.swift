import LogArchive
import Postgres

/// The raw bytes of an archived log, block by block, read as fast as they are taken. Held against its digest at the end.
package struct RawLog: AsyncSequence, Sendable {
  package typealias Element = [UInt8]

  let archive: LogArchive
  let digest: [UInt8]

  package func makeAsyncIterator() -> Iterator { Iterator(reading: Reading(archive, digest)) }

  package struct Iterator: AsyncIteratorProtocol, Sendable {
    fileprivate let reading: Reading

    /// - Throws: `ArchiveError`.
    package mutating func next() async throws -> [UInt8]? { try await reading.next() }
  }

  /// On a thread of its own: reading blocks.
  fileprivate actor Reading {
    private let queue = QueueExecutor(label: "culprit.view.raw")
    private let archive: LogArchive
    private let digest: [UInt8]
    private var reader: ArchivedLogReader?

    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    init(_ archive: LogArchive, _ digest: [UInt8]) {
      self.archive = archive
      self.digest = digest
    }

    func next() throws -> [UInt8]? {
      if reader == nil { reader = try archive.open(LogDigest.of(digest)) }
      let block = try [UInt8](unsafeUninitializedCapacity: 256 * 1024) { buffer, count in
        count = try reader?.read(into: UnsafeMutableRawBufferPointer(buffer)) ?? 0
      }
      return block.isEmpty ? nil : block
    }
  }
}
