/// A line of a log as it is shown.
package struct LogLine: Sendable, Equatable {
  /// From 1, by `\n` in the raw log.
  package var number: Int
  /// The provider's time, `2024-05-01T10:20:30.1234567Z`, if the line has one.
  package var time: String?
  /// The last segment that isn't empty, those with marks, and all of them where that was asked for; in order.
  package var segments: [LogSegment] = []
  /// Segments that aren't empty, shown or not.
  package var segmentCount = 0
  /// Sections that end before this line.
  package var endsBefore = 0
  /// Sections that begin with this line.
  package var begins: [Section] = []
  /// Sections that end with this line.
  package var endsAfter = 0

  package init(number: Int) { self.number = number }

  /// A part of the log that can be folded away.
  package struct Section: Sendable, Equatable {
    package var title: String
    /// The line that it begins with.
    package var line: Int
    /// Whether it isn't to be folded at first.
    package var isOpen: Bool
  }
}
