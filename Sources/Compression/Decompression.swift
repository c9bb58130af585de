/// Gzip or zstd, decoded piece by piece by whoever has the pieces. It reads and writes only within the buffers of a call.
///
/// Not shared between threads.
protocol Decompression: AnyObject {
  /// Decodes some of the input into some of the room, and takes what it used off the beginning of both.
  ///
  /// It gets on as long as there is room, and either input or something that it holds (`mayHoldMore`).
  /// - Throws: `CompressionError`; what was decoded before is in the room.
  func advance(_ input: inout UnsafeRawBufferPointer, _ room: inout UnsafeMutableRawBufferPointer) throws(CompressionError)

  /// Whether more may have been decoded than there was room for.
  var mayHoldMore: Bool { get }

  /// Whether the text is whole if no more input comes.
  var isWhole: Bool { get }
}
