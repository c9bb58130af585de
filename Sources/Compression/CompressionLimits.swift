/// How much a `CompressedReader` may deliver: a few kilobytes can stand for petabytes.
package struct CompressionLimits: Equatable, Sendable {
  /// Most members of a zip, folders and the like included.
  package var members: Int
  /// Most decompressed bytes of one member.
  package var memberBytes: Int
  /// Most decompressed bytes of all members together, those that are skipped in a stream included.
  package var totalBytes: Int

  /// Limits that any real archive of logs keeps.
  package init(members: Int = 10_000, memberBytes: Int = 4 << 30, totalBytes: Int = 16 << 30) {
    self.members = members
    self.memberBytes = memberBytes
    self.totalBytes = totalBytes
  }

  /// No limits, for data that we wrote ourselves.
  package static let none = CompressionLimits(members: .max, memberBytes: .max, totalBytes: .max)

  /// Which limit was passed.
  package enum Kind: Equatable, Sendable {
    case members
    case memberBytes
    case totalBytes
  }
}
