/// A pattern that could not be tried on a log to the end. Never to be read as "no match".
package struct Inconclusive: Sendable, Hashable {
  package var pattern: PatternID
  package var reason: Reason
  /// The first line on which it happened, from 1.
  package var line: Int

  package init(pattern: PatternID, reason: Reason, line: Int) {
    self.pattern = pattern
    self.reason = reason
    self.line = line
  }

  package enum Reason: String, Sendable, CaseIterable, Codable {
    /// PCRE2 gave up at its match limit.
    case matchLimit = "match-limit"
    /// PCRE2's compiled code ran out of its stack.
    case stackLimit = "stack-limit"
    /// One line took longer than a pattern may spend on a line.
    case lineTime = "line-time"
    /// All lines together took longer than a pattern may spend on a log.
    case patternTime = "pattern-time"
    /// All patterns together took longer than a log may take.
    case logTime = "log-time"
    /// PCRE2 reported any other error.
    case engineError = "engine-error"
  }
}
