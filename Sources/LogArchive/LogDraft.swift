import Compression
import Crypto

/// A log that is being taken in. Let go of without `publish`, it leaves nothing behind.
struct LogDraft: ~Copyable {
  private let archive: LogArchive
  private let file: ArchiveFile
  private var writer: ZstdWriter
  private var hash = SHA256()
  private(set) var size = 0

  init(in archive: LogArchive) throws {
    let file = try archive.makeTemporaryFile()
    let writer = try Self.makeWriter(file.descriptor)
    self.archive = archive
    self.file = file
    self.writer = writer
  }

  private static func makeWriter(_ descriptor: Int32) throws(ArchiveError) -> ZstdWriter {
    do throws(CompressionError) {
      return try ZstdWriter(descriptor: descriptor)
    } catch {
      throw ArchiveError(error)
    }
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    hash.update(bufferPointer: bytes)
    do throws(CompressionError) {
      try writer.write(bytes)
    } catch {
      throw ArchiveError(error)
    }
    size += bytes.count
  }

  /// From now on the archive has the log, also after a crash of the machine.
  consuming func publish() throws -> StoredLog {
    let (archive, size, digest) = (archive, size, try archive.digest(of: hash))
    do throws(CompressionError) {
      try writer.finish()
    } catch {
      throw ArchiveError(error)
    }
    try archive.publish(file, as: digest)
    return StoredLog(digest: digest, size: size)
  }
}
