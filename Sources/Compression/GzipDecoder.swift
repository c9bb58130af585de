import CZlib
import Glibc

/// Reads gzip with zlib: all members as one text, with their checksums and lengths verified.
///
/// libarchive (3.6.2) isn't used here: it skips the checksum, and drops up to 256 KiB before the place of an error.
// `@safe`: the stream and the block are made in `init` and freed in `deinit` only, zlib writes to neither outside the
// calls below (zlib.h), and neither leaves this type.
@safe final class GzipDecoder: Decoder {
  private let input: ByteInput
  // zlib keeps the stream's address and compares it in each call, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let block: UnsafeMutableRawBufferPointer
  private var state = State.beforeFirst
  /// What the next call throws.
  private var failure: CompressionError?
  private var hasBegun = false

  private enum State {
    case beforeFirst
    case inMember
    /// Behind a member's trailer: another member, zeros or the end may follow.
    case betweenMembers
    /// Behind the first zero after a member; tapes fill their last block with zeros, as gzip(1) knows.
    case inPadding
    case ended
  }

  init(_ input: ByteInput) throws(CompressionError) {
    self.input = input
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe block = .allocate(byteCount: 64 * 1024, alignment: 16)
    // zlib.h: fails only without memory, or if header and library differ in version.
    guard unsafe culprit_inflate_init_gzip(stream) == Z_OK else {
      // `inflateEnd` in `deinit` accepts a stream without a state.
      throw .system(operation: "starting zlib", code: ENOMEM)
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
    unsafe block.deallocate()
  }

  var mustDecodeToSkip: Bool { false }

  func nextMember() -> DecodedMember? {
    defer { hasBegun = true }
    return hasBegun ? nil : .text(Member(name: nil, declaredBytes: nil))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int {
    if let failure { throw failure }
    let room = min(buffer.count, Int(UInt32.max))
    unsafe stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = UInt32(room)
    do throws(CompressionError) {
      while unsafe stream.pointee.avail_out > 0, state != .ended { try advance() }
    } catch {
      failure = error
    }
    let count = room - Int(unsafe stream.pointee.avail_out)
    if count == 0, let failure { throw failure }
    return count
  }

  private func advance() throws(CompressionError) {
    if unsafe stream.pointee.avail_in == 0 {
      let count = unsafe try input.read(into: block)
      guard count > 0 else {
        if state == .inMember || state == .beforeFirst { throw .truncated }
        state = .ended
        return
      }
      unsafe stream.pointee.next_in = block.baseAddress?.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_in = UInt32(count)
    }
    switch state {
    case .betweenMembers, .inPadding:
      try passBoundary()
    case .beforeFirst:
      state = .inMember
    case .inMember:
      try inflateSome()
    case .ended:
      break
    }
  }

  /// Looks at one byte behind a member.
  private func passBoundary() throws(CompressionError) {
    // `advance` saw to it that there is a byte.
    if unsafe stream.pointee.next_in.pointee == 0 {
      state = .inPadding
      unsafe stream.pointee.next_in += 1
      unsafe stream.pointee.avail_in -= 1
    } else if state == .inPadding {
      throw .corrupt("something follows the zeros at the end")
    } else {
      // zlib.h: keeps the buffers and begins a new stream of the same kind.
      guard unsafe inflateReset(stream) == Z_OK else { throw .corrupt("zlib lost its state") }
      state = .inMember
    }
  }

  private func inflateSome() throws(CompressionError) {
    // zlib.h: reads at most `avail_in` and writes at most `avail_out` bytes.
    switch unsafe inflate(stream, Z_NO_FLUSH) {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: state = .betweenMembers
    case Z_MEM_ERROR: throw .system(operation: "decompressing", code: ENOMEM)
    default:
      // `msg` points to a constant string of the library, or nowhere.
      throw .corrupt(unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "not gzip")
    }
  }
}
