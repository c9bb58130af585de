import CArchive
import Glibc

/// Feeds a `ByteInput` to libarchive: the "client data" of its callbacks.
// `@safe`: the block is freed in `deinit` only, and `ZipDecoder` keeps this object until the archive is freed.
@safe final class ZipInput {
  let input: ByteInput
  /// libarchive uses a block until it asks for the next one (archive_read_callbacks(3)), so it outlives the callback.
  private let block: UnsafeMutableRawBufferPointer
  /// What made a callback fail: libarchive itself only learns that it did.
  private(set) var failure: CompressionError?
  /// How many more bytes may be read; nil for any number. Keeps the table of contents, which libarchive holds in
  /// memory as a whole, within bounds.
  var allowance: Int?
  /// The last bytes that were read, of an input that can't be sought in.
  private var tail: [UInt8] = []

  init(_ input: ByteInput) {
    self.input = input
    unsafe block = .allocate(byteCount: 64 * 1024, alignment: 16)
  }

  deinit { unsafe block.deallocate() }

  /// Makes `archive` read from this object, which must outlive it.
  func attach(to archive: OpaquePointer) -> Int32 {
    // archive_read_callbacks(3): the pointer is handed to each callback as it is. It owns nothing: whoever frees the
    // archive keeps this object until then.
    unsafe archive_read_set_callback_data(archive, Unmanaged.passUnretained(self).toOpaque())
    unsafe archive_read_set_read_callback(archive) { _, data, start in
      guard let data = unsafe data, let start = unsafe start else { return -1 }
      return unsafe Unmanaged<ZipInput>.fromOpaque(data).takeUnretainedValue().read(start)
    }
    if input.isSeekable {
      unsafe archive_read_set_seek_callback(archive) { _, data, offset, whence in
        guard let data = unsafe data else { return Int64(ARCHIVE_FATAL) }
        return unsafe Unmanaged<ZipInput>.fromOpaque(data).takeUnretainedValue().seek(offset, whence)
      }
    }
    return unsafe archive_read_open1(archive)
  }

  /// - Returns: number of bytes, 0 at the end, -1 for an error.
  private func read(_ start: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    do throws(CompressionError) {
      let count = unsafe try input.read(into: block)
      if let allowance {
        guard count <= allowance else { throw CompressionError.tooLarge(.members) }
        self.allowance = allowance - count
      }
      if !input.isSeekable { unsafe remember(UnsafeRawBufferPointer(rebasing: block[..<count])) }
      unsafe start.pointee = UnsafeRawPointer(block.baseAddress)
      return count
    } catch {
      failure = error
      return -1
    }
  }

  private func remember(_ bytes: UnsafeRawBufferPointer) {
    unsafe tail.append(contentsOf: bytes)
    // Seldom, so that the bytes are moved once on the whole.
    if tail.count > 4 * ZipTrailer.mostBytes { tail.removeFirst(tail.count - ZipTrailer.mostBytes) }
  }

  /// Reads on to the end of the input, which libarchive must not need any more.
  /// - Returns: at least the last `ZipTrailer.mostBytes` bytes, or all there are.
  func readTail() throws(CompressionError) -> [UInt8] {
    if let size = input.size { try input.seek(to: max(0, size - ZipTrailer.mostBytes)) }
    while case let count = unsafe try input.read(into: block), count > 0 {
      unsafe remember(UnsafeRawBufferPointer(rebasing: block[..<count]))
    }
    return tail
  }

  /// - Returns: the new offset from the beginning, or `ARCHIVE_FATAL`.
  private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
    let base: Int? =
      switch whence {
      case SEEK_SET: 0
      case SEEK_CUR: input.position
      case SEEK_END: input.size
      default: nil
      }
    // Offsets come from the archive, hence the check for overflow.
    guard let base, case (let target, false) = base.addingReportingOverflow(Int(offset)), target >= 0 else {
      return Int64(ARCHIVE_FATAL)
    }
    do throws(CompressionError) {
      try input.seek(to: target)
      return Int64(target)
    } catch {
      failure = error
      return Int64(ARCHIVE_FATAL)
    }
  }
}
