/// SHA-256 of a log's raw bytes: its address in the archive.
package struct LogDigest: Hashable, Sendable, CustomStringConvertible {
  /// Length in bytes.
  package static let byteCount = 32

  /// Exactly `byteCount` bytes.
  package let bytes: [UInt8]

  /// - Returns: nil unless there are exactly `byteCount` bytes.
  package init?(bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == LogDigest.byteCount else { return nil }
    self.bytes = bytes
  }

  /// 64 hexadecimal digits, lower case.
  package var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The same as `hex`.
  package var description: String { hex }
}
