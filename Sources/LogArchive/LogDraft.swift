import Compression
import Crypto

/// A log that is being taken in. Let go of without `publish`, it leaves nothing behind.
struct LogDraft: ~Copyable {
  private let archive: LogArchive
  private let file: ArchiveFile
  private var writer: ZstdWriter
  private var hash = SHA256()
  private(set) var size = 0
  private var parts = PartTable()
  private var part = PartTable.Part()

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
    var rest = bytes[...]
    do throws(CompressionError) {
      while !rest.isEmpty {
        if part.bytes == PartTable.partBytes { try endPart() }
        let next = UnsafeRawBufferPointer(rebasing: rest.prefix(PartTable.partBytes - part.bytes))
        try writer.write(next)
        part.bytes += next.count
        part.lines += next.count { $0 == UInt8(ascii: "\n") }
        rest = rest.dropFirst(next.count)
      }
    } catch {
      throw ArchiveError(error)
    }
    size += bytes.count
  }

  private mutating func endPart() throws(CompressionError) {
    try writer.endFrame()
    part.stored = writer.written - parts.stored
    parts.append(part)
    part = PartTable.Part()
  }

  /// From now on the archive has the log, also after a crash of the machine.
  consuming func publish() throws -> StoredLog {
    do throws(CompressionError) {
      try endPart()
      for frame in parts.frames { try writer.writeSkippable(frame.content, number: frame.number) }
    } catch {
      throw ArchiveError(error)
    }
    let (archive, size, digest) = (archive, size, try archive.digest(of: hash))
    try archive.publish(file, as: digest)
    return StoredLog(digest: digest, size: size)
  }
}
