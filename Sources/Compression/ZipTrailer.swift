/// The last record of a zip, "end of central directory" (APPNOTE, 4.3.16).
///
/// libarchive passes over a header that it doesn't recognise in search of the next one, so that a damaged archive may
/// silently have fewer members. How many it should have stands here.
enum ZipTrailer {
  /// The record has 22 bytes and a comment of up to 65,535.
  static let mostBytes = 22 + 65_535

  /// - Parameter tail: the last `mostBytes` bytes of the archive, or more, or all of them.
  /// - Returns: the number of members, folders included; nil if there is no such record.
  static func memberCount(_ tail: [UInt8]) -> MemberCount? {
    for start in stride(from: tail.count - 22, through: 0, by: -1)
    where tail[start] == 0x50 && tail[start + 1] == 0x4B && tail[start + 2] == 5 && tail[start + 3] == 6 {
      let count = Int(tail[start + 10]) | Int(tail[start + 11]) << 8
      return count == 0xFFFF ? .tooManyForRecord : .known(count)
    }
    return nil
  }

  enum MemberCount: Equatable {
    case known(Int)
    /// There is a zip64 record with the number, which isn't read: such archives are beyond any sensible limit.
    case tooManyForRecord
  }
}
