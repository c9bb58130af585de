import CZstd
import Glibc

/// Decodes zstd with libzstd: all frames as one text, skippable ones skipped, checksums verified.
// `@safe`: the context is made in `init` and freed in `deinit` only, keeps no pointer to either buffer between calls
// (zstd.h, "Streaming decompression"), and never leaves this type.
@safe final class ZstdDecompression: Decompression {
  /// Largest window that is accepted of a file, as a power of two: 128 MiB, what libzstd itself accepts without being asked.
  static let mostWindowLog: Int32 = 27

  private let context: OpaquePointer
  private var isInFrame = false
  private(set) var mayHoldMore = false

  /// - Parameter mostWindowLog: the largest window that memory is taken for, as a power of two.
  init(mostWindowLog: Int32 = mostWindowLog) throws(CompressionError) {
    guard let context = unsafe ZSTD_createDCtx() else { throw .system(operation: "starting zstd", code: ENOMEM) }
    unsafe self.context = context
    // zstd.h: a frame with a larger window is refused before memory is taken for it.
    _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, mostWindowLog)
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  var isWhole: Bool { !isInFrame }

  func advance(_ input: inout UnsafeRawBufferPointer, _ room: inout UnsafeMutableRawBufferPointer) throws(CompressionError) {
    var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var output = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
    // zstd.h: reads and writes only between `pos` and `size`, and moves `pos`, of either buffer.
    let hint = unsafe ZSTD_decompressStream(context, &output, &source)
    unsafe input = UnsafeRawBufferPointer(rebasing: input.dropFirst(source.pos))
    unsafe room = UnsafeMutableRawBufferPointer(rebasing: room.dropFirst(output.pos))
    guard ZSTD_isError(hint) == 0 else {
      switch ZSTD_getErrorCode(hint) {
      case ZSTD_error_frameParameter_windowTooLarge: throw .windowTooLarge
      case ZSTD_error_memory_allocation: throw .system(operation: "decompressing", code: ENOMEM)
      default:
        // zstd.h: a constant string, whatever the code.
        throw .corrupt(unsafe String(cString: ZSTD_getErrorName(hint)))
      }
    }
    // zstd.h: 0 means that a frame is complete and written out.
    isInFrame = hint != 0
    // zstd.h: all that was decoded has been written out if there is room left.
    mayHoldMore = unsafe isInFrame && room.isEmpty
  }
}
