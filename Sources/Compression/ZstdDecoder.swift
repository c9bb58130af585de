import CZstd
import Glibc

/// Reads zstd with libzstd: all frames as one text, skippable ones skipped, checksums verified.
// `@safe`: the context and the block are made in `init` and freed in `deinit` only, a context keeps no pointer to either
// buffer between calls (zstd.h, "Streaming decompression"), and neither leaves this type.
@safe final class ZstdDecoder: Decoder {
  /// Largest window that is accepted, as a power of two: 128 MiB, what libzstd itself accepts without being asked.
  static let mostWindowLog: Int32 = 27

  private let input: ByteInput
  private let context: OpaquePointer
  private let block: UnsafeMutableRawBufferPointer
  /// The part of `block` that isn't decoded yet.
  private var pending = 0..<0
  private var isInFrame = false
  /// Whether libzstd may have decoded more than there was room for.
  private var mayHoldMore = false
  private var hasEnded = false
  private var failure: CompressionError?
  private var hasBegun = false

  init(_ input: ByteInput) throws(CompressionError) {
    guard let context = unsafe ZSTD_createDCtx() else { throw .system(operation: "starting zstd", code: ENOMEM) }
    self.input = input
    unsafe self.context = context
    unsafe block = .allocate(byteCount: ZSTD_DStreamInSize(), alignment: 16)
    // zstd.h: a frame with a larger window is refused before memory is taken for it.
    _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, ZstdDecoder.mostWindowLog)
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
    unsafe block.deallocate()
  }

  var mustDecodeToSkip: Bool { false }

  func nextMember() -> DecodedMember? {
    defer { hasBegun = true }
    return hasBegun ? nil : .text(Member(name: nil, declaredBytes: nil))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int {
    if let failure { throw failure }
    var output = unsafe ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    do throws(CompressionError) {
      while unsafe output.pos == 0, !hasEnded { unsafe try advance(&output) }
    } catch {
      failure = error
    }
    let count = unsafe output.pos
    if count == 0, let failure { throw failure }
    return count
  }

  private func advance(_ output: inout ZSTD_outBuffer) throws(CompressionError) {
    if pending.isEmpty, !mayHoldMore {
      let count = unsafe try input.read(into: block)
      guard count > 0 else {
        if isInFrame { throw .truncated }
        hasEnded = true
        return
      }
      pending = 0..<count
    }
    var source = unsafe ZSTD_inBuffer(src: block.baseAddress, size: pending.upperBound, pos: pending.lowerBound)
    // zstd.h: reads and writes only between `pos` and `size`, and moves `pos`, of either buffer.
    let hint = unsafe ZSTD_decompressStream(context, &output, &source)
    pending = unsafe source.pos..<pending.upperBound
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
    mayHoldMore = unsafe isInFrame && output.pos == output.size
  }
}
