import Glibc

/// Beside each log there may be an index of it, which can be made again from the log at any time:
///
///     archive/ab/cdef….grams
///
/// The archive doesn't know what is in it. It is not flushed to disk: whoever reads it checks it.
extension LogArchive {
  /// Keeps the index of a log, in place of the one that it had.
  /// - Throws: `ArchiveError`.
  package func storeIndex(_ bytes: [UInt8], of digest: LogDigest) throws(ArchiveError) {
    let file = try makeTemporaryFile()
    var written = 0
    while written < bytes.count {
      // What is written lies within the array.
      let count = bytes.withUnsafeBytes { write(file.descriptor, $0.baseAddress! + written, $0.count - written) }
      guard count >= 0 || errno == EINTR else { throw ArchiveError(operation: "writing a file", code: errno) }
      written += max(0, count)
    }
    try file.replace(place(of: digest).index)
  }

  /// Opens the index of a log.
  /// - Returns: nil if it can't be had, for whatever reason.
  package func openIndex(of digest: LogDigest) -> IndexFile? { IndexFile(path: place(of: digest).index) }
}

/// The stored index of a log, open for reading.
package final class IndexFile: Sendable {
  private let descriptor: Int32
  /// In bytes.
  package let size: Int

  init?(path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    self.descriptor = descriptor
    var status = stat()
    size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  deinit { close(descriptor) }

  /// Fills a buffer with the bytes from an offset on.
  /// - Returns: how many there were; fewer than wanted at the end of the file and after an error.
  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    max(0, pread(descriptor, buffer.baseAddress, buffer.count, offset))
  }
}
