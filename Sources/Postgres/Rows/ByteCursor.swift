/// A place in a value's binary form, from where its parts are read one after the other.
struct ByteCursor {
  private var offset = 0

  /// The next integer, in network byte order, or nil when there are fewer bytes.
  mutating func next<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type, in bytes: RawSpan
  ) -> Value? {
    let size = Value.bitWidth / 8
    guard let range = next(count: size, in: bytes) else { return nil }
    // Within bounds, which the call checks as well; every bit pattern is an integer.
    return unsafe Value(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: type))
  }

  /// Where the next bytes lie, or nil when there are fewer.
  mutating func next(count: Int, in bytes: RawSpan) -> Range<Int>? {
    guard count >= 0, count <= bytes.byteCount - offset else { return nil }
    defer { offset += count }
    return offset..<offset + count
  }
}

extension FixedWidthInteger where Self: BitwiseCopyable {
  /// Reads an integer that fills the bytes.
  init?(all bytes: RawSpan) {
    var cursor = ByteCursor()
    guard bytes.byteCount == Self.bitWidth / 8, let value = cursor.next(Self.self, in: bytes) else { return nil }
    self = value
  }
}
