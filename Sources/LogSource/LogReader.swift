import Compression

/// The bytes of one log, in sequence. Lives only as long as the call that it is handed to.
package struct LogReader: ~Copyable {
  /// Size of the blocks of `forEachBlock`, in bytes.
  package static let blockBytes = 256 * 1024

  enum Origin {
    case plain(ByteInput, mostBytes: Int)
    case member(CompressedReader)
  }

  /// The name to show for this log.
  package let displayName: String
  private let origin: Origin
  private var plainBytes = 0

  init(displayName: String, origin: Origin) {
    self.displayName = displayName
    self.origin = origin
  }

  /// Reads at least one byte unless the log is at its end; waits for a pipe.
  /// - Parameter buffer: where to; not empty.
  /// - Returns: number of bytes, 0 at the end.
  /// - Throws: `LogSourceError`, after what could be read has been delivered.
  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogSourceError) -> Int {
    do throws(CompressionError) {
      switch origin {
      case .member(let reader): return try reader.read(into: buffer)
      case .plain(let input, let most):
        let count = try input.read(into: buffer)
        let allowed = most - plainBytes
        plainBytes += min(count, allowed)
        if count > 0, allowed == 0 { throw .tooLarge(.memberBytes) }
        return min(count, allowed)
      }
    } catch {
      throw LogSourceError(source: displayName, compression: error)
    }
  }

  /// Hands over the rest of the log in blocks; each is valid only during the call.
  /// - Throws: `LogSourceError`, or what `body` throws.
  package mutating func forEachBlock(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: LogReader.blockBytes, alignment: 4096)
    defer { block.deallocate() }
    while case let count = try read(into: block), count > 0 {
      try body(UnsafeRawBufferPointer(rebasing: block[..<count]))
    }
  }
}
