import Compression
import Glibc

extension LogArchive {
  /// Opens a log to read from somewhere in it.
  /// - Throws: as `open`.
  package func openParts(of digest: LogDigest) throws(ArchiveError) -> ArchivedLogParts {
    try ArchivedLogParts(digest, path: place(of: digest).path)
  }
}

/// A stored log, to be read from the beginning of any of its parts. Not shared between threads.
///
/// Each part is held against its own checksum; only `LogArchive.open` holds the whole log against its digest.
package final class ArchivedLogParts {
  private let digest: LogDigest
  private let path: String
  private let table: PartTable?

  fileprivate init(_ digest: LogDigest, path: String) throws(ArchiveError) {
    self.digest = digest
    self.path = path
    let input = try Self.open(digest, path)
    table = input.size.flatMap { size in
      PartTable(size: size) { offset, count in
        guard (try? input.seek(to: offset)) != nil, let bytes = try? input.peek(count), bytes.count == count else { return nil }
        return bytes
      }
    }
  }

  /// Lines of the whole log; nil if that isn't known without reading it. What stands behind the last newline counts as a line.
  package var newlines: Int? { table.map { $0.parts.reduce(0) { $0 + $1.lines } } }

  /// A place that reading can begin at.
  package struct Start: Equatable, Sendable {
    /// Newlines before it.
    package var newlines = 0
    /// Raw bytes before it.
    package var bytes = 0
    fileprivate var stored = 0
  }

  /// The last place that has at most so many newlines before it.
  package func start(newlines: Int) -> Start {
    var start = Start()
    for part in table?.parts.dropLast() ?? [] {
      guard start.newlines + part.lines <= newlines else { break }
      start = Start(newlines: start.newlines + part.lines, bytes: start.bytes + part.bytes, stored: start.stored + part.stored)
    }
    return start
  }

  /// The first place that has at most so many raw bytes between it and another one.
  package func start(bytes: Int, before other: Start) -> Start {
    var start = Start()
    for part in table?.parts ?? [] {
      guard start.bytes < other.bytes - bytes else { break }
      start = Start(newlines: start.newlines + part.lines, bytes: start.bytes + part.bytes, stored: start.stored + part.stored)
    }
    return start
  }

  /// Reads from a place to the end of the log.
  /// - Parameter take: is given the next bytes, never none, and says whether to go on.
  /// - Throws: `ArchiveError`, or what `take` throws.
  package func read(from start: Start = Start(), _ take: (UnsafeRawBufferPointer) throws -> Bool) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: LogArchive.blockBytes, alignment: 64)
    defer { buffer.deallocate() }
    let reader = try reader(from: start)
    while case let count = try next(reader, buffer), count > 0 {
      guard try take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { return }
    }
  }

  private func reader(from start: Start) throws(ArchiveError) -> CompressedReader {
    let input = try Self.open(digest, path)
    do throws(CompressionError) {
      try input.seek(to: start.stored)
      let reader = try CompressedReader(input, limits: .none)
      guard reader.format == .zstd, try reader.nextMember() != nil else { throw CompressionError.corrupt("this is no zstd") }
      return reader
    } catch {
      throw ArchiveError(error, reading: digest)
    }
  }

  private func next(_ reader: CompressedReader, _ buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    do throws(CompressionError) {
      return try reader.read(into: buffer)
    } catch {
      throw ArchiveError(error, reading: digest)
    }
  }

  private static func open(_ digest: LogDigest, _ path: String) throws(ArchiveError) -> ByteInput {
    do throws(CompressionError) {
      return try ByteInput(path: path)
    } catch .system(_, ENOENT) {
      throw .missing(digest)
    } catch {
      throw ArchiveError(error, reading: digest)
    }
  }
}
