import Model

/// Keeps the findings of a pattern that counts in the last lines of the log only, while it isn't known yet which those are.
///
/// If there are more than can be kept, the last ones are.
struct TailBuffer {
  private let lines: Int
  private let mostKept: Int
  private var kept: [Finding] = []
  private var first = 0
  /// Lines of findings that were dropped to make room, with how many there were on each.
  private var droppedLines: [(line: Int, count: Int)] = []

  init(lines: Int, mostKept: Int) {
    self.lines = lines
    self.mostKept = mostKept
  }

  mutating func append(_ finding: Finding) {
    kept.append(finding)
    while first < kept.count, kept[first].line <= finding.line - lines { first += 1 }
    while kept.count - first > mostKept {
      let line = kept[first].line
      if droppedLines.last?.line == line {
        droppedLines[droppedLines.count - 1].count += 1
      } else {
        droppedLines.removeAll { $0.line <= finding.line - lines }
        droppedLines.append((line, 1))
      }
      first += 1
    }
    if first > 2 * mostKept {
      kept.removeFirst(first)
      first = 0
    }
  }

  /// Those that lie in the last lines of a log of so many.
  func finish(lines total: Int) -> [Finding] { kept[first...].filter { $0.line > total - lines } }

  /// How many lie there and could not be kept.
  func dropped(lines total: Int) -> Int { droppedLines.reduce(0) { $1.line > total - lines ? $0 + $1.count : $0 } }
}
