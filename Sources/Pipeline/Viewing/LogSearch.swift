import Model

/// What a search in one log came to.
package struct LogSearch: Sendable, Equatable {
  /// The first ones, in order.
  package var findings: [Finding] = []
  /// All findings up to where the search ended.
  package var count = 0
  /// Lines that were searched.
  package var lines = 0
  /// Why not all of the log was searched; nil if it was.
  package var unfinished: Reason?

  package enum Reason: String, Sendable {
    /// The search was ended after the time that it may take.
    case time
    /// The expression is too slow on a line of this log, or needs more memory than it may have.
    case expression
  }

  /// What to look for.
  package struct Query: Sendable {
    package var matcher: MatchDefinition.Matcher
    package var ignoreCase = true
    /// Findings that are kept; the others are counted.
    package var most = 500
    /// Wall-clock time after which the search ends.
    package var time = Duration.seconds(5)

    /// - Parameter isExpression: whether the text is a PCRE2 expression.
    package init(_ text: String, isExpression: Bool) { matcher = isExpression ? .match(text) : .literal(text) }
  }
}
