import Model

/// How often the best finding is the line that a person marked.
package struct Score: Sendable, Equatable {
  package private(set) var logs = 0
  /// Logs with a best finding that is no fallback.
  package private(set) var explained = 0
  /// Logs whose best finding stands on a marked line, be it a fallback's or not.
  package private(set) var right = 0
  /// All other logs, in the order in which they were taken.
  package private(set) var wrong: [Wrong] = []

  package struct Wrong: Sendable, Equatable {
    package let log: String
    package let expected: LogMark
    /// The line and pattern of the best finding, a fallback if nothing better is there; nil if nothing was found.
    package let found: Found?
  }

  package struct Found: Sendable, Equatable {
    /// From 1.
    package let line: Int
    package let pattern: PatternID
    package let text: String
    package let isFallback: Bool
  }

  package init() {}

  /// - Parameter marks: the log's marked lines, at least one; any of them is right.
  package mutating func take(_ marks: [LogMark], best: BestFinding?) {
    guard let expected = marks.first else { return }
    let found = best.map {
      Found(line: $0.finding.line, pattern: $0.finding.rank.id, text: $0.finding.text, isFallback: $0.finding.rank.fallback)
    }
    logs += 1
    if let found, !found.isFallback { explained += 1 }
    if marks.contains(where: { $0.line == found?.line }) {
      right += 1
    } else {
      wrong.append(Wrong(log: expected.log, expected: expected, found: found))
    }
  }
}
