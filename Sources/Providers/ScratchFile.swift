import Compression
import Foundation
import Synchronization

/// A file for what has to be had whole before it can be read. It has no name, so it goes with the process at the latest.
final class ScratchFile: Sendable {
  private let descriptor: Int32
  /// Bytes.
  private let length = Mutex(0)

  /// - Throws: `POSIXError` if the folder for temporary files (`TMPDIR`) takes none.
  init() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "culprit-\(UUID().uuidString)").path
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    unlink(path)
  }

  deinit { close(descriptor) }

  /// Writes behind what is there.
  ///
  /// - Throws: `POSIXError`; `EFBIG` if it would have more than so many bytes.
  func write(_ bytes: UnsafeRawBufferPointer, atMost most: Int) throws {
    try length.withLock { length in
      guard length + bytes.count <= most else { throw POSIXError(.EFBIG) }
      var rest = bytes
      while !rest.isEmpty {
        let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(length))
        guard count >= 0 else {
          if errno == EINTR { continue }
          throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        length += count
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }

  /// Reads it from the beginning. One reader at a time: they share a position; the file lives at least as long as this object.
  func input() -> ByteInput {
    lseek(descriptor, 0, SEEK_SET)
    return ByteInput(descriptor: descriptor, isOwned: false)
  }
}
