/// Reads gzip or zstd from an input, as one member.
// `@safe`: the block is made in `init` and freed in `deinit` only, and never leaves this type.
@safe final class StreamDecoder: Decoder {
  private let input: ByteInput
  private let decompression: any Decompression
  private let block: UnsafeMutableRawBufferPointer
  /// The part of `block` that isn't decoded yet.
  private var pending = 0..<0
  private var hasEnded = false
  /// What the next call throws.
  private var failure: CompressionError?
  private var hasBegun = false
  init(_ input: ByteInput, _ decompression: any Decompression) {
    self.input = input
    self.decompression = decompression
    unsafe block = .allocate(byteCount: 128 * 1024, alignment: 16)
  }

  deinit { unsafe block.deallocate() }

  var mustDecodeToSkip: Bool { false }

  func nextMember() -> DecodedMember? {
    defer { hasBegun = true }
    return hasBegun ? nil : .text(Member(name: nil, declaredBytes: nil))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int {
    if let failure { throw failure }
    var room = unsafe buffer
    do throws(CompressionError) {
      while room.count == buffer.count, !hasEnded { unsafe try advance(&room) }
    } catch {
      failure = error
    }
    let count = buffer.count - room.count
    if count == 0, let failure { throw failure }
    return count
  }

  private func advance(_ room: inout UnsafeMutableRawBufferPointer) throws(CompressionError) {
    if pending.isEmpty, !decompression.mayHoldMore {
      let count = unsafe try input.read(into: block)
      guard count > 0 else {
        guard decompression.isWhole else { throw .truncated }
        hasEnded = true
        return
      }
      pending = 0..<count
    }
    var rest = unsafe UnsafeRawBufferPointer(rebasing: block[pending])
    defer { pending = pending.upperBound - rest.count..<pending.upperBound }
    unsafe try decompression.advance(&rest, &room)
  }
}
