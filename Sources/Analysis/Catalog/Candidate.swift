import Model

/// A pattern that someone tries before it becomes one: an expression as it is typed, or the text of a pattern file.
package enum Candidate {
  /// What is wrong with it.
  package struct Refusal: Error, Sendable, Equatable {
    /// The field that is to be mended: `expression`, `group-by` or `file`.
    package let field: String
    package let message: String
    package let hint: String?
  }

  /// The id of what has none yet.
  package static let id = PatternID("candidate")

  /// - Parameter groupBy: names or numbers of captures.
  /// - Throws: `Refusal` for what is no expression, or one that matches the empty text: it would be found millions of times and tell nothing.
  package static func expression(
    _ text: String, ignoreCase: Bool = false, verdict: PatternVerdict = .failure, groupBy: [String] = []
  ) throws(Refusal) -> Pattern {
    let pattern = Pattern(
      id: id, title: id.rawValue, definition: MatchDefinition(matcher: .match(text), ignoreCase: ignoreCase), verdict: verdict,
      groupBy: groupBy)
    let compiled: ScanProgram.CompiledPattern
    do throws(ScanProgram.CompileError) {
      compiled = try ScanProgram([pattern]).patterns[0]
    } catch {
      throw Refusal(
        field: "expression", message: "\(error.cause)", hint: "it must be PCRE2, as in the `match` of a pattern file")
    }
    if compiled.steps.contains(where: ExpressionRules.matchesEmpty) {
      throw Refusal(
        field: "expression", message: "it matches the empty text, and so every line",
        hint: "let it ask for something: + in place of *, or without the ? behind all that it holds")
    }
    if let unknown = groupBy.first(where: { !compiled.hasCapture($0) }) {
      throw Refusal(
        field: "group-by", message: "the expression has no capture \"\(unknown)\"",
        hint: "name a group, (?<\(unknown)>…), or give its number")
    }
    return pattern
  }

  /// - Parameters:
  ///   - text: a pattern file.
  ///   - id: what it is or will be called; the pattern of that id is taken for its former self.
  package static func file(_ text: String, id: PatternID = id) throws(Refusal) -> Pattern {
    let file = PatternFile(path: "candidate.yaml", id: id, bytes: Array(text.utf8))
    guard let pattern = file.pattern else {
      let issue = file.issues.first { $0.severity == .error }
      throw Refusal(
        field: "file", message: issue.map { "line \($0.line ?? 1): \($0.message)" } ?? "is not a pattern file", hint: issue?.hint)
    }
    return pattern
  }
}
