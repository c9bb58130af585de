/// Decompresses a stream that is handed over piece by piece, as it comes from a network, in bounded memory: a block of 64 KiB, and
/// zlib's or zstd's window.
///
/// Not shared between threads.
// `@safe`: the block is made in `init` and freed in `deinit` only; pieces are looked at during the call alone.
@safe package final class PieceDecoder {
  package enum Format: Sendable {
    /// RFC 1952: all members as one text.
    case gzip
    /// RFC 8878, with a window of at most 8 MiB, which is what HTTP allows (RFC 9659).
    case zstd
  }

  private let decompression: any Decompression
  private let block: UnsafeMutableRawBufferPointer

  /// - Throws: `CompressionError` if there is no memory.
  package init(_ format: Format) throws(CompressionError) {
    switch format {
    case .gzip: decompression = try GzipDecompression()
    case .zstd: decompression = try ZstdDecompression(mostWindowLog: 23)
    }
    unsafe block = .allocate(byteCount: 64 << 10, alignment: 16)
  }

  deinit { unsafe block.deallocate() }

  /// Decodes the next piece.
  ///
  /// - Parameter take: gets what was decoded, in parts of at most 64 KiB that are valid during its call.
  /// - Throws: `CompressionError`; what `take` threw. Nothing more can be decoded then.
  package func decode(_ piece: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
    var rest = unsafe piece
    repeat {
      var room = unsafe block
      // What was decoded before an error goes first, as far as it can be told.
      var failure: CompressionError?
      do throws(CompressionError) { unsafe try decompression.advance(&rest, &room) } catch { failure = error }
      let count = unsafe block.count - room.count
      if count > 0 { unsafe try take(UnsafeRawBufferPointer(rebasing: block[..<count])) }
      if let failure { throw failure }
    } while unsafe !rest.isEmpty || decompression.mayHoldMore
  }

  /// Behind the last piece.
  ///
  /// - Throws: `CompressionError.truncated` if the stream isn't at its end.
  package func finish() throws(CompressionError) {
    guard decompression.isWhole else { throw .truncated }
  }
}
