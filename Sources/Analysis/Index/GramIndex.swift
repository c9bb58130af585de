/// The index of one log: a map of bits, of which each run of bytes in the cleaned log has set one.
///
/// A run whose bit is not set occurs nowhere in the log; one whose bit is set may occur. So the index never says no to what is there.
/// One hash for each run suffices: it is best where about half of the bits are set, and at 3 % of the raw size more hashes per run did
/// not tell more.
package enum GramIndex {
  /// Counts up whenever the same log gives another index.
  package static let version: UInt32 = 1
  /// A smaller log has none: it is scanned as fast as it is asked about.
  package static let smallestLog = 8 * 1024
  /// The most memory that an index takes while it is made, in bytes; reached by logs of 145 MB.
  static let mostBytes = 4 << 20

  /// Where an index belongs to, which each of its pages is sealed with.
  package struct Seal: Sendable, Equatable {
    /// Digest of the raw log.
    package let digest: [UInt8]
    /// Version of cleaning and matching: another one may see other text.
    package let engine: Int

    package init(digest: [UInt8], engine: Int) {
      self.digest = digest
      self.engine = engine
    }
  }

  /// Room for the map of a log of so many raw bytes, in words of 64 bits: 2.9 % with the pages' seals. Nil if the log is too small.
  static func words(rawBytes: Int) -> Int? {
    guard rawBytes >= smallestLog else { return nil }
    // A multiple of 8, so that the map can be halved.
    return min(rawBytes / 35, mostBytes) / 64 * 8
  }
}
