/// A piece of a cleaned segment, in most cases all of it.
///
/// A segment longer than `ScanLimits.windowBytes` comes as several pieces that overlap. The bytes are valid during the call only.
package struct SegmentPiece {
  /// `context` bytes that came before the piece, then the piece.
  package let bytes: UnsafeRawBufferPointer
  /// How many of `bytes` are there only to be looked back at.
  package let context: Int
  /// Where `bytes` begins in the segment.
  package let offset: Int
  /// From 1, by `\n` in the raw log.
  package let line: Int
  /// From 0, by lone carriage returns in the line; empty segments are counted and not told.
  package let segment: Int
  /// How many bytes at the end come again at the beginning of the next piece; 0 for the last piece.
  package let overlap: Int

  package var isFirst: Bool { offset == 0 && context == 0 }
  package var isLast: Bool { overlap == 0 }
  package var isWhole: Bool { isFirst && isLast }
}

/// Takes what cleaning makes of a log, in order.
package protocol SegmentSink: ~Copyable {
  /// Called for every piece of every segment that isn't empty.
  mutating func take(_ piece: SegmentPiece)
  /// Called once a line is over, empty ones included.
  mutating func endLine(_ line: Int)
  /// Offers raw bytes from the start of a line on, one that is not the log's first. The sink may clean and take whole lines of them in
  /// whatever way yields the same as the state machine; it isn't told of these again.
  /// - Returns: how many bytes and lines it took; none for the state machine to go on.
  mutating func takeLines(_ raw: UnsafeRawBufferPointer, from line: Int) -> (bytes: Int, lines: Int)

  /// Whether the calls below are made, for sinks that show a log rather than search it.
  static var drawsTerminal: Bool { get }
  /// A sequence that selects how text looks from here on (ECMA-48, 8.3.117 SGR).
  /// - Parameters:
  ///   - parameters: what stands between `ESC [` and `m`.
  ///   - offset: where in the segment's text it stands; what `takeOff` tells later counts.
  mutating func selectStyle(_ parameters: [UInt8], at offset: Int)
  /// Characters were taken back: the segment's text ends at this offset now.
  mutating func takeBack(to offset: Int)
  /// These bytes at the start of the line turned out to be no text of its first segment. Told before that segment's first piece.
  mutating func takeOff(prefix: ArraySlice<UInt8>)
  /// A string that is meant for an application (ECMA-48, 8.3.2 APC), which terminals ignore: Buildkite tells times so.
  mutating func takeString(_ string: ArraySlice<UInt8>)
}

extension SegmentSink where Self: ~Copyable {
  package mutating func takeLines(_ raw: UnsafeRawBufferPointer, from line: Int) -> (bytes: Int, lines: Int) { (0, 0) }

  package static var drawsTerminal: Bool { false }
  package mutating func selectStyle(_ parameters: [UInt8], at offset: Int) {}
  package mutating func takeBack(to offset: Int) {}
  package mutating func takeOff(prefix: ArraySlice<UInt8>) {}
  package mutating func takeString(_ string: ArraySlice<UInt8>) {}
}
