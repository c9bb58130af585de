/// How far a scan goes for hostile patterns and hostile logs. What is cut off by a limit is always told.
package struct ScanLimits: Sendable, Equatable {
  /// PCRE2's match limit, counted anew from each start position.
  package var matchLimit: UInt32 = 100_000
  /// The most that compiled expressions may use as stack, in bytes per worker.
  package var stackBytes = 1 << 20
  /// CPU time above a fair share that a pattern may spend on one line, in nanoseconds for each begun 64 KiB of the segment.
  package var lineNanoseconds: UInt64 = 20_000_000
  /// CPU time above a fair share that a pattern may spend on one log, in nanoseconds.
  package var patternNanoseconds: UInt64 = 1_000_000_000
  /// CPU time above their fair shares that all patterns together may spend on one log, in nanoseconds.
  package var logNanoseconds: UInt64 = 30_000_000_000
  /// A segment up to so many bytes is matched whole; a longer one in windows of this size.
  package var windowBytes = 1 << 20
  /// How far one window reaches into the next.
  package var overlapBytes = 64 * 1024
  /// Findings that are kept per pattern and log; the others are counted.
  package var findingsPerPattern = 1_000
  /// Findings that are kept per log, beside an equal part of that for each pattern; the others are counted.
  package var findingsPerLog = 100_000
  /// Bytes of findings that are kept per log; then the others are counted, but for the first of each pattern. Each may have many captures.
  package var keptBytes = 128 << 20
  /// Bytes of a capture that are kept.
  package static let captureBytes = 4_096
  /// Bytes of all captures of a finding that are kept; the last ones are cut.
  package static let capturesBytes = 64 * captureBytes
  /// Characters of a segment that are kept around a match.
  package static let excerptCharacters = 500

  package init() {}
}
