/// Some lines of a log, in order.
package struct LogWindow: Sendable, Equatable {
  package var lines: [LogLine] = []
  /// Sections that the first line stands in, the outermost first. Those that began long before the window are not known.
  package var sections: [LogLine.Section] = []
  /// The line from which on the log was read: which colours and sections are on is known from there.
  package var knownFrom = 1
  /// Lines of the whole log, if the log's end was seen or they are known otherwise.
  package var total: Int?

  package init() {}

  /// What is wanted of a log, and how much of it at most.
  package struct Request: Sendable {
    /// The lines that are wanted; the log may have fewer.
    package var lines: ClosedRange<Int>
    /// Parts to be marked. A segment with a mark is shown, and from near its first mark on if it is long.
    package var marks: [LineMark] = []
    /// Lines of which all segments are shown.
    package var wholeLines: Set<Int> = []
    /// Lines before the first that are read for the colours and sections that are on when it begins, and raw bytes before those.
    package var linesBefore = 1_000
    package var bytesBefore = 1 << 20
    /// Whether the log has headings as Buildkite's have, even if no line tells so.
    package var hasHeadings = false
    /// Bytes of a segment that are kept.
    package var segmentBytes = 8 * 1024
    /// Segments of a line that are kept.
    package var segmentsPerLine = 200
    /// Bytes of all segments; when there are more, only the beginnings of segments are kept.
    package var bytes = 2 << 20
    /// Changes of style in all lines; the text from there on is shown without.
    package var styleChanges = 50_000

    /// Whether the lines are wanted as they stand in the raw log, with all controls.
    package var isRaw = false

    package init(lines: ClosedRange<Int>) { self.lines = lines }
  }
}
