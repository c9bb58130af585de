/// What `CompressedReader` needs of each format. Limits are the reader's business.
protocol Decoder: AnyObject {
  /// Goes to the next member, whatever was left of the last one.
  /// - Returns: nil behind the last member.
  func nextMember() throws(CompressionError) -> DecodedMember?

  /// Delivers bytes of the current member: at least one, or 0 at its end.
  ///
  /// What was decoded before an error is delivered first; the error comes with the call after it.
  /// - Parameter buffer: not empty.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CompressionError) -> Int

  /// Whether `nextMember` must decode what is left of the current member to find the next one.
  var mustDecodeToSkip: Bool { get }
}

/// What a decoder found where a member begins.
enum DecodedMember {
  case text(Member)
  /// A folder, a link or another thing without text.
  case other
}
