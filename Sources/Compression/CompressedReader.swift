/// Reads gzip, zstd and zip as a sequence of members in blocks, within limits and in bounded memory.
///
/// Memory: about 1 MiB for gzip and zip, a zip's table of contents (a few MiB at most), and zstd's window, which is
/// 8 MiB up to level 19 and never more than 128 MiB. Nothing is ever written to disk and no other program is started.
///
///     while let member = try reader.nextMember() {
///       while case let count = try reader.read(into: buffer), count > 0 { … }
///     }
///
/// An error of `read` concerns that member; `nextMember` may be called again and tries to get past it.
/// Not shared between threads.
// `unsafe` here: buffers are handed on within the call that they were handed in, as their type asks.
package final class CompressedReader {
  /// What the bytes turned out to be.
  package let format: CompressionFormat

  private let decoder: any Decoder
  private let limits: CompressionLimits
  private var members = 0
  /// Delivered of the current member.
  private var memberBytes = 0
  /// Decoded of all members.
  private var totalBytes = 0
  private var isInMember = false
  /// Whether the current member has passed a limit; it may go on, but not for us.
  private var isCutOff = false
  /// Bytes of the current member that were looked at and not yet read.
  private var peeked: [UInt8] = []
  /// The error that came behind them.
  private var failureBehindPeeked: CompressionError?

  /// - Parameters:
  ///   - input: not to be used by anyone else while this reader is.
  ///   - limits: what is delivered at most.
  /// - Throws: `CompressionError.unknownFormat` if the first bytes are of no format, or what reading them threw.
  package init(_ input: ByteInput, limits: CompressionLimits = CompressionLimits()) throws(CompressionError) {
    let magic = try input.peek(CompressionFormat.magicBytes)
    guard let format = CompressionFormat(magic: magic) else { throw .unknownFormat }
    self.format = format
    self.limits = limits
    switch format {
    case .gzip: decoder = StreamDecoder(input, try GzipDecompression())
    case .zstd: decoder = StreamDecoder(input, try ZstdDecompression())
    case .zip: decoder = try ZipDecoder(input, mostMembers: limits.members)
    }
  }

  /// Goes to the next text, whatever was left of the last one.
  ///
  /// Gzip and zstd hold exactly one. A zip's folders, links and the like are passed over.
  /// - Returns: nil behind the last one.
  /// - Throws: `CompressionError` if there may be more members but they can't be reached; the end is reached then.
  package func nextMember() throws(CompressionError) -> Member? {
    if isInMember, decoder.mustDecodeToSkip { try skipRest() }
    isInMember = false
    isCutOff = false
    peeked = []
    failureBehindPeeked = nil
    guard totalBytes <= limits.totalBytes else { throw .tooLarge(.totalBytes) }
    while let next = try decoder.nextMember() {
      members += 1
      guard members <= limits.members else { throw .tooLarge(.members) }
      if case .text(let member) = next {
        memberBytes = 0
        isInMember = true
        return member
      }
    }
    return nil
  }

  /// Delivers the next bytes of the current member.
  /// - Parameter buffer: where to; not empty.
  /// - Returns: number of bytes, at least one; 0 at the end of the member, and if there is no current member.
  /// - Throws: `CompressionError`, after all that could be decoded and was allowed has been delivered.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int {
    precondition(unsafe !buffer.isEmpty, "there is no room to read into")
    if !peeked.isEmpty {
      let count = min(peeked.count, buffer.count)
      unsafe buffer.copyBytes(from: peeked.prefix(count))
      peeked.removeFirst(count)
      return count
    }
    if let failure = failureBehindPeeked {
      failureBehindPeeked = nil
      throw failure
    }
    return unsafe try readPastPeeked(into: buffer)
  }

  /// Up to `count` of the next bytes of the current member, which stay to be read.
  ///
  /// Fewer at its end, or before an error, which `read` throws then.
  package func peek(_ count: Int) -> [UInt8] {
    do throws(CompressionError) {
      while peeked.count < count, failureBehindPeeked == nil {
        let missing = count - peeked.count
        let more = unsafe try withScratch(missing) { buffer throws(CompressionError) in
          unsafe try Array(buffer.prefix(readPastPeeked(into: buffer)))
        }
        if more.isEmpty { break }
        peeked += more
      }
    } catch {
      failureBehindPeeked = error
    }
    return Array(peeked.prefix(count))
  }

  private func readPastPeeked(into buffer: UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int {
    guard isInMember, !isCutOff else { return 0 }
    let allowed = min(limits.memberBytes - memberBytes, limits.totalBytes - totalBytes)
    guard allowed > 0 else {
      try probeForEnd()
      return 0
    }
    let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(allowed))
    let count = unsafe try decode(into: room)
    memberBytes += count
    return count
  }

  /// Tells whether a limit was reached or passed.
  private func probeForEnd() throws(CompressionError) {
    let count = unsafe try withScratch(1) { buffer throws(CompressionError) in unsafe try decode(into: buffer) }
    guard count > 0 else { return }
    isCutOff = true
    throw .tooLarge(totalBytes > limits.totalBytes ? .totalBytes : .memberBytes)
  }

  /// Decodes what is left of a member in a stream, counting it.
  private func skipRest() throws(CompressionError) {
    while isInMember, totalBytes <= limits.totalBytes {
      let count: Int
      do {
        count = unsafe try withScratch(64 * 1024) { buffer throws(CompressionError) in unsafe try decode(into: buffer) }
      } catch {
        // Whoever didn't read this far doesn't care; if it matters to what follows, that will say so.
        return
      }
      if count == 0 { return }
    }
  }

  private func decode(into buffer: UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int {
    do {
      let count = unsafe try decoder.read(into: buffer)
      totalBytes += count
      if count == 0 { isInMember = false }
      return count
    } catch {
      isInMember = false
      throw error
    }
  }

  private func withScratch<Result>(
    _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(CompressionError) -> Result
  ) throws(CompressionError) -> Result {
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { unsafe scratch.deallocate() }
    return unsafe try body(scratch)
  }
}
