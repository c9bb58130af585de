/// What the archive says of a log that it has taken in.
package struct StoredLog: Equatable, Sendable {
  /// Digest of the raw bytes.
  package let digest: LogDigest
  /// Number of raw bytes.
  package let size: Int
}
