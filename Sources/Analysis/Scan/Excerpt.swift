/// Cuts text that people can read out of bytes that may be anything.
enum Excerpt {
  /// The bytes as text, at most so many of them, whole characters only; what isn't UTF-8 becomes U+FFFD.
  static func prefix(of bytes: UnsafeRawBufferPointer, _ range: Range<Int>, bytes most: Int) -> String {
    var end = range.upperBound
    if range.count > most {
      end = range.lowerBound + most
      while end > range.lowerBound, isContinuation(bytes[end]) { end -= 1 }
    }
    return String(decoding: bytes[range.lowerBound..<end], as: UTF8.self)
  }

  /// All of it if it is short, else so many characters around the range, most of them from its start on.
  static func around(_ range: Range<Int>, in bytes: UnsafeRawBufferPointer, characters most: Int) -> String {
    guard bytes.count > most else { return String(decoding: bytes, as: UTF8.self) }
    // No character takes more than four bytes, so that a character cut here is never among those that are kept.
    let reach = 4 * most
    let before = String(decoding: bytes[max(0, range.lowerBound - reach)..<range.lowerBound], as: UTF8.self).unicodeScalars
    let after = String(decoding: bytes[range.lowerBound..<min(bytes.count, range.lowerBound + reach)], as: UTF8.self).unicodeScalars
    let behind = after.prefix(most - min(before.count, most / 5))
    return String(before.suffix(most - behind.count)) + String(behind)
  }

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
