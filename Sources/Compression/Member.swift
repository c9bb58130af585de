/// One text within compressed bytes.
package struct Member: Equatable, Sendable {
  /// The name to show, made harmless by `DisplayName`; nil for gzip and zstd. Never a path to write to.
  package let name: String?
  /// Decompressed size in bytes as the archive claims it; nil where it comes only after the data, and for gzip and zstd.
  package let declaredBytes: Int?

  /// - Parameter name: already made harmless.
  package init(name: String?, declaredBytes: Int?) {
    self.name = name
    self.declaredBytes = declaredBytes
  }
}
