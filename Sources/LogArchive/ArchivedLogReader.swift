import Compression
import Crypto
import Glibc

/// The raw bytes of an archived log, in sequence, verified against its digest at the end. Not shared between threads.
package struct ArchivedLogReader: ~Copyable {
  private let digest: LogDigest
  private let reader: CompressedReader
  private var hash = SHA256()
  private var hasEnded = false

  init(_ digest: LogDigest, _ input: ByteInput) throws(ArchiveError) {
    reader = try ArchivedLogReader.begin(digest, input)
    self.digest = digest
  }

  private static func begin(_ digest: LogDigest, _ input: ByteInput) throws(ArchiveError) -> CompressedReader {
    do throws(CompressionError) {
      let reader = try CompressedReader(input, limits: .none)
      guard reader.format == .zstd, try reader.nextMember() != nil else { throw .corrupt("this is no zstd") }
      return reader
    } catch {
      throw ArchiveError(error, reading: digest)
    }
  }

  /// Reads at least one byte unless the log is at its end. Only a log that was read to its end has been verified.
  /// - Parameter buffer: where to; not empty.
  /// - Returns: number of bytes, 0 at the end.
  /// - Throws: `ArchiveError.corrupt`, also at the end if what was read doesn't fit the digest; `.system`.
  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    if hasEnded { return 0 }
    let count: Int
    do throws(CompressionError) {
      count = try reader.read(into: buffer)
    } catch {
      throw ArchiveError(error, reading: digest)
    }
    if count > 0 {
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    } else {
      guard hash.finalize().elementsEqual(digest.bytes) else { throw .corrupt(digest, "it is another log") }
      hasEnded = true
    }
    return count
  }
}
