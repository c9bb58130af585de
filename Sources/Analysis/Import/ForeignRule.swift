import Model

/// A rule of another tool, as its file has it, before it is converted.
struct ForeignRule: Sendable {
  /// One line that is looked for.
  struct Step: Sendable {
    var expression: String
    /// Whether the expression is plain text.
    var isText = false
    /// Names for captures, by number.
    var names: [Int: String] = [:]
    /// The capture that must be `error`; nil if all that it finds is.
    var severity: Int?
  }

  /// Where it stands: the file, and what it is called there.
  var origin: String
  var title: String
  /// One line, or several that follow one another.
  var steps: [Step]
  /// In how many lines several must lie.
  var within = 2
  var dialect: Dialect
  /// Whether the expression must match all of the line.
  var matchesWholeLine = false
  var ignoreCase = false
  var verdict = PatternVerdict.failure
  var issue: String?
  var priority: Int?
  /// Whether findings with the same captures are the same failure.
  var groupsByCaptures = false
  var scope: [Scope.Field: String] = [:]
  var tags: [String] = []
  var remedy: String?
  /// What is not quite what it was.
  var notes: [String] = []

  /// The expressions as they were.
  var text: String { steps.map(\.expression).joined(separator: " … ") }
}

/// A rule that was read, or why it can't be one.
enum ForeignReading: Sendable {
  case rule(ForeignRule)
  case refused(origin: String, title: String, text: String, reason: String)
}
