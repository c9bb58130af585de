import Compression

/// How much `LogSource` reads before it gives up on a source.
package struct LogSourceLimits: Equatable, Sendable {
  /// Most bytes of one log that isn't compressed.
  package var plainBytes: Int
  /// Most decompressed bytes of one archive member, or of a `.gz` or `.zst`.
  package var memberBytes: Int
  /// Most decompressed bytes of all members of one archive.
  package var archiveBytes: Int
  /// Most members of one archive, folders included.
  package var members: Int
  /// Most entries below one folder that was named, everything included.
  package var folderEntries: Int
  /// Most folders within one another below a folder that was named. Each takes one open file.
  package var depth: Int

  /// Limits that any real logs keep.
  package init(
    plainBytes: Int = 64 << 30, memberBytes: Int = 4 << 30, archiveBytes: Int = 16 << 30, members: Int = 10_000,
    folderEntries: Int = 1_000_000, depth: Int = 64
  ) {
    self.plainBytes = plainBytes
    self.memberBytes = memberBytes
    self.archiveBytes = archiveBytes
    self.members = members
    self.folderEntries = folderEntries
    self.depth = depth
  }

  var compression: CompressionLimits {
    CompressionLimits(members: members, memberBytes: memberBytes, totalBytes: archiveBytes)
  }
}
