import LogArchive

extension LogDigest {
  /// The digest that the database holds.
  /// - Throws: `ArchiveError` if it isn't 32 bytes.
  static func of(_ bytes: [UInt8]) throws(ArchiveError) -> LogDigest {
    guard let digest = LogDigest(bytes: bytes) else {
      throw .system(operation: "reading a digest of \(bytes.count) bytes", code: 22)
    }
    return digest
  }
}
