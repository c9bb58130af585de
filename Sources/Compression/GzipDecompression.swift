import CZlib
import Glibc

/// Decodes gzip with zlib: all members as one text, with their checksums and lengths verified.
///
/// libarchive (3.6.2) isn't used here: it skips the checksum, and drops up to 256 KiB before the place of an error.
// `@safe`: the stream is made in `init` and freed in `deinit` only, zlib follows its pointers only during the calls below
// (zlib.h), each of which sets them, and it never leaves this type.
@safe final class GzipDecompression: Decompression {
  // zlib keeps the stream's address and compares it in each call, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var state = State.inMember
  private(set) var mayHoldMore = false

  private enum State {
    case inMember
    /// Behind a member's trailer: another member, zeros or the end may follow.
    case betweenMembers
    /// Behind the first zero after a member; tapes fill their last block with zeros, as gzip(1) knows.
    case inPadding
  }

  init() throws(CompressionError) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // zlib.h: fails only without memory, or if header and library differ in version.
    guard unsafe culprit_inflate_init_gzip(stream) == Z_OK else {
      // `inflateEnd` in `deinit` accepts a stream without a state.
      throw .system(operation: "starting zlib", code: ENOMEM)
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  var isWhole: Bool { state != .inMember }

  func advance(_ input: inout UnsafeRawBufferPointer, _ room: inout UnsafeMutableRawBufferPointer) throws(CompressionError) {
    switch state {
    case .inMember: unsafe try inflateSome(&input, &room)
    case .betweenMembers, .inPadding: unsafe try passBoundary(&input)
    }
  }

  /// Looks at one byte behind a member.
  private func passBoundary(_ input: inout UnsafeRawBufferPointer) throws(CompressionError) {
    guard let next = unsafe input.first else { return }
    if next == 0 {
      state = .inPadding
      unsafe input = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    } else if state == .inPadding {
      throw .corrupt("something follows the zeros at the end")
    } else {
      // zlib.h: begins a new stream of the same kind.
      guard unsafe inflateReset(stream) == Z_OK else { throw .corrupt("zlib lost its state") }
      state = .inMember
    }
  }

  private func inflateSome(
    _ input: inout UnsafeRawBufferPointer, _ room: inout UnsafeMutableRawBufferPointer
  ) throws(CompressionError) {
    let given = (input: UInt32(clamping: input.count), room: UInt32(clamping: room.count))
    // zlib reads its input through a pointer that is not const, and doesn't write there (zlib.h, `z_const`).
    unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    unsafe stream.pointee.avail_in = given.input
    unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = given.room
    // zlib.h: reads at most `avail_in` and writes at most `avail_out` bytes.
    let code = unsafe inflate(stream, Z_NO_FLUSH)
    unsafe input = UnsafeRawBufferPointer(rebasing: input.dropFirst(Int(given.input - stream.pointee.avail_in)))
    unsafe room = UnsafeMutableRawBufferPointer(rebasing: room.dropFirst(Int(given.room - stream.pointee.avail_out)))
    mayHoldMore = false
    switch code {
    // The second: it could do nothing with what it was given, and waits for more.
    case Z_OK, Z_BUF_ERROR: mayHoldMore = unsafe room.isEmpty
    case Z_STREAM_END: state = .betweenMembers
    case Z_MEM_ERROR: throw .system(operation: "decompressing", code: ENOMEM)
    default:
      // `msg` points to a constant string of the library, or nowhere.
      throw .corrupt(unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "not gzip")
    }
  }
}
