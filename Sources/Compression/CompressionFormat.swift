/// What compressed bytes are wrapped in, told by their first bytes and never by a file's name.
package enum CompressionFormat: Equatable, Sendable {
  /// RFC 1952: one or more members, which count as one text.
  case gzip
  /// RFC 8878: one or more frames, which count as one text.
  case zstd
  /// PKWARE's APPNOTE: any number of named members.
  case zip

  /// How many bytes `init(magic:)` wants to see.
  package static let magicBytes = 4

  /// - Parameter magic: the first `magicBytes` bytes, or fewer where there are no more.
  /// - Returns: nil for bytes that are in none of these formats, and for no bytes at all.
  package init?(magic: [UInt8]) {
    let first = magic.prefix(CompressionFormat.magicBytes)
    if first.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if first == [0x28, 0xB5, 0x2F, 0xFD] {
      self = .zstd
    } else if first.count == 4, first.first.map({ $0 & 0xF0 }) == 0x50, first.dropFirst() == [0x2A, 0x4D, 0x18] {
      // RFC 8878, 3.1.2: a skippable frame, sixteen numbers of which are set aside.
      self = .zstd
    } else if first == [0x50, 0x4B, 3, 4] || first == [0x50, 0x4B, 5, 6] {
      self = .zip
    } else {
      return nil
    }
  }
}
