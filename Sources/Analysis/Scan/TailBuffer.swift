import Model

/// Keeps the findings of a pattern that counts in the last lines of the log only, while it isn't known yet which those are.
///
/// If there are more than can be kept, the last ones are.
struct TailBuffer {
  private let lines: Int
  private let mostKept: Int
  private let mostBytes: Int
  /// Of those from `first` on.
  private var bytes = 0
  private var kept: [Finding] = []
  private var first = 0
  /// Lines of findings that were dropped to make room, with how many there were on each.
  private var droppedLines: [(line: Int, count: Int)] = []

  /// - Parameter mostBytes: of all that are kept; the last finding is kept whatever it has.
  init(lines: Int, mostKept: Int, mostBytes: Int) {
    self.lines = lines
    self.mostKept = mostKept
    self.mostBytes = mostBytes
  }

  mutating func append(_ finding: Finding) {
    kept.append(finding)
    bytes += finding.bytes
    while first < kept.count, kept[first].line <= finding.line - lines { passFirst() }
    while kept.count - first > mostKept || (bytes > mostBytes && kept.count - first > 1) {
      let line = kept[first].line
      if droppedLines.last?.line == line {
        droppedLines[droppedLines.count - 1].count += 1
      } else {
        droppedLines.removeAll { $0.line <= finding.line - lines }
        droppedLines.append((line, 1))
      }
      passFirst()
    }
    // Rarely, as the rest must move up.
    if first > kept.count / 2 {
      kept.removeFirst(first)
      first = 0
    }
  }

  private mutating func passFirst() {
    bytes -= kept[first].bytes
    first += 1
  }

  /// Those that lie in the last lines of a log of so many.
  func finish(lines total: Int) -> [Finding] { kept[first...].filter { $0.line > total - lines } }

  /// How many lie there and could not be kept.
  func dropped(lines total: Int) -> Int { droppedLines.reduce(0) { $1.line > total - lines ? $0 + $1.count : $0 } }
}
