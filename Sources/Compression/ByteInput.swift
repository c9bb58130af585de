import Glibc

/// Bytes in sequence from a file, a pipe or memory; rewindable where the file is a regular one.
///
/// Not shared between threads.
// `unsafe` here: system calls that fill a structure of ours (fstat(2), poll(2)) or a buffer no further than its count.
package final class ByteInput {
  private enum Origin {
    case descriptor(Int32, isOwned: Bool)
    case memory([UInt8])
  }

  private let origin: Origin
  /// Bytes that were looked at and not yet read; the descriptor stands behind them.
  private var peeked: [UInt8] = []
  /// Offset in the file at which this input begins; nil if it can't be sought in.
  private let start: Int?
  /// Next byte to read, from the beginning of this input.
  package private(set) var position = 0

  /// Whether `seek(to:)` works: true for regular files and memory.
  package var isSeekable: Bool { start != nil }

  /// Opens a file for reading; it is closed with this object.
  /// - Throws: `CompressionError.system`.
  package convenience init(path: String) throws(CompressionError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(operation: "open", code: errno) }
    self.init(descriptor: descriptor, isOwned: true)
  }

  /// Reads from an open file, pipe, socket or terminal, from where it stands.
  /// - Parameter isOwned: whether the descriptor is closed with this object.
  package init(descriptor: Int32, isOwned: Bool) {
    origin = .descriptor(descriptor, isOwned: isOwned)
    var status = stat()
    // lseek(2) also "works" on some devices that don't go back, hence regular files only.
    if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      let offset = lseek(descriptor, 0, SEEK_CUR)
      start = offset >= 0 ? offset : nil
    } else {
      start = nil
    }
  }

  /// Reads from memory, which is kept as long as this object.
  package init(memory: [UInt8]) {
    origin = .memory(memory)
    start = 0
  }

  deinit {
    if case .descriptor(let descriptor, isOwned: true) = origin { close(descriptor) }
  }

  /// Reads at least one byte unless the input is at its end; waits for a pipe.
  /// - Returns: number of bytes, 0 at the end.
  /// - Throws: `CompressionError.system`.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int {
    var count = 0
    if !peeked.isEmpty {
      count = min(peeked.count, buffer.count)
      unsafe buffer.copyBytes(from: peeked.prefix(count))
      peeked.removeFirst(count)
    } else {
      switch origin {
      case .memory(let bytes):
        count = min(bytes.count - position, buffer.count)
        unsafe buffer.copyBytes(from: bytes[position..<position + count])
      case .descriptor(let descriptor, _):
        count = unsafe try ByteInput.read(descriptor, into: buffer)
      }
    }
    position += count
    return count
  }

  /// Up to `count` of the next bytes, fewer only at the end, without reading past them.
  /// - Throws: `CompressionError.system`.
  package func peek(_ count: Int) throws(CompressionError) -> [UInt8] {
    switch origin {
    case .memory(let bytes):
      return Array(bytes[position...].prefix(count))
    case .descriptor(let descriptor, _):
      while peeked.count < count {
        let more = try ByteInput.read(descriptor, atMost: count - peeked.count)
        if more.isEmpty { break }
        peeked += more
      }
      return Array(peeked.prefix(count))
    }
  }

  /// Goes to a place counted from the beginning of this input. Only where `isSeekable`.
  /// - Throws: `CompressionError.system`.
  package func seek(to position: Int) throws(CompressionError) {
    guard let start, position >= 0 else { throw .system(operation: "seek", code: ESPIPE) }
    switch origin {
    case .memory(let bytes):
      self.position = min(position, bytes.count)
    case .descriptor(let descriptor, _):
      guard lseek(descriptor, start + position, SEEK_SET) >= 0 else { throw .system(operation: "seek", code: errno) }
      peeked = []
      self.position = position
    }
  }

  /// Number of bytes from the beginning of this input to its end; nil where it can't be known.
  package var size: Int? {
    guard let start else { return nil }
    switch origin {
    case .memory(let bytes): return bytes.count
    case .descriptor(let descriptor, _):
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0 else { return nil }
      return max(0, Int(status.st_size) - start)
    }
  }

  private static func read(_ descriptor: Int32, atMost count: Int) throws(CompressionError) -> [UInt8] {
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { unsafe scratch.deallocate() }
    return unsafe try Array(scratch.prefix(read(descriptor, into: scratch)))
  }

  private static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int {
    while true {
      // read(2): fills at most `count` bytes.
      let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        // Someone we share the pipe with made it non-blocking.
        var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&one, 1, -1)
      default: throw .system(operation: "read", code: errno)
      }
    }
  }
}
