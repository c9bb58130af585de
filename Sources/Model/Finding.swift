/// One place in one log where a pattern matched.
package struct Finding: Sendable, Equatable {
  package var pattern: PatternID
  /// From 1, by `\n` in the raw log. For a sequence: the line of its last step.
  package var line: Int
  /// Which part of the line between lone carriage returns, from 0.
  package var segment: Int
  /// Byte offsets into the cleaned segment, half-open.
  package var start: Int
  package var end: Int
  package var captures: [Capture]
  /// The matched text as valid UTF-8, at most `ScanLimits.captureBytes` bytes of it.
  package var matched: String
  /// The cleaned segment as valid UTF-8, cut to 500 characters around the match.
  package var text: String
  /// Whether the segment was too long to be matched whole and was matched in overlapping windows.
  package var windowed: Bool

  package init(
    pattern: PatternID, line: Int, segment: Int, start: Int, end: Int, captures: [Capture] = [],
    matched: String = "", text: String, windowed: Bool = false
  ) {
    self.pattern = pattern
    self.line = line
    self.segment = segment
    self.start = start
    self.end = end
    self.captures = captures
    self.matched = matched
    self.text = text
    self.windowed = windowed
  }

  /// What it takes in memory, but for what little all of them take.
  package var bytes: Int { captures.reduce(matched.utf8.count + text.utf8.count) { $0 + $1.value.utf8.count } }

  /// A group that took part in the match.
  package struct Capture: Sendable, Equatable {
    /// From 1; in a sequence the groups of all steps are numbered through.
    package var number: Int
    package var name: String?
    /// As valid UTF-8, at most `ScanLimits.captureBytes` bytes of it.
    package var value: String

    package init(number: Int, name: String? = nil, value: String) {
      self.number = number
      self.name = name
      self.value = value
    }
  }

  /// A capture by its name or by its number in digits.
  package func capture(_ key: String) -> String? {
    captures.last { $0.name == key }?.value ?? captures.last { String($0.number) == key }?.value
  }

  /// The order in which findings are told: by place, then by pattern.
  package static func inOrder(_ left: Finding, _ right: Finding) -> Bool {
    if left.line != right.line { return left.line < right.line }
    if left.segment != right.segment { return left.segment < right.segment }
    if left.start != right.start { return left.start < right.start }
    return left.pattern < right.pattern
  }
}
