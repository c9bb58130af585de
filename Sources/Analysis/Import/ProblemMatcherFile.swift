/// Problem matchers of GitHub Actions, one expression for a line or several for lines that follow one another.
///
/// They are the runner's, not JavaScript's: it compiles them with .NET's `CultureInvariant | ECMAScript` and strips colours before
/// (`IssueMatcher.cs` and `OutputManager.cs` of actions/runner). A line is an error if what is captured as its severity is `error`, whatever
/// its case, or is missing and the matcher's own severity is.
enum ProblemMatcherFile {
  static func read(_ text: String, file: String) throws(ImportProblem) -> [ForeignReading] {
    let value = try JSONValue.read(text, file: file)
    guard let matchers = (value as? [String: Any])?["problemMatcher"] as? [[String: Any]], !matchers.isEmpty else {
      throw ImportProblem(file: file, "has no problemMatcher")
    }
    return matchers.map { read($0, file) }
  }

  /// What a capture means, by the names that findings on a place in the source have.
  private static let meanings = ["file", "line", "column", "severity", "message", "code"]

  private static func read(_ matcher: [String: Any], _ file: String) -> ForeignReading {
    let owner = matcher["owner"] as? String ?? "matcher"
    let origin = "\(file): \(owner)"
    let patterns = matcher["pattern"] as? [[String: Any]] ?? (matcher["pattern"] as? [String: Any]).map { [$0] } ?? []
    func refused(_ reason: String) -> ForeignReading {
      let text = patterns.compactMap { $0["regexp"] as? String }.joined(separator: " … ")
      return .refused(origin: origin, title: owner, text: text, reason: reason)
    }
    let severity = (matcher["severity"] as? String).flatMap { $0.isEmpty ? nil : $0.lowercased() } ?? "error"
    guard severity == "error" || patterns.contains(where: { $0["severity"] is Int }) else {
      return refused("it marks lines as \(severity), not as errors")
    }
    guard !patterns.isEmpty, patterns.count <= 20 else { return refused("it has no pattern, or more than 20") }
    var steps: [ForeignRule.Step] = []
    var seen: Set<String> = []
    var notes: [String] = []
    for pattern in patterns {
      guard let expression = pattern["regexp"] as? String else { return refused("it has a pattern without a regexp") }
      var names: [Int: String] = [:]
      for meaning in meanings {
        guard let number = pattern[meaning] as? Int, number > 0, seen.insert(meaning).inserted else { continue }
        names[number] = meaning
      }
      let level = names.first { $0.value == "severity" }?.key
      steps.append(.init(expression: expression, names: names, severity: level))
    }
    if patterns.last?["loop"] as? Bool == true, steps.count > 1 {
      if steps[steps.count - 1].severity != nil {
        // An error may come after any number of warnings, which a sequence of lines that follow one another can't pass over.
        steps.removeFirst(steps.count - 1)
        notes.append("each of the lines that repeat is found on its own, whatever stands before it, and without what that captures")
      } else {
        notes.append("of the lines that repeat, only the first is found")
      }
    }
    var rule = ForeignRule(
      origin: origin, title: "\(owner) found a problem", steps: steps, within: max(2, steps.count), dialect: .dotnetECMAScript)
    rule.notes = notes
    rule.tags = ["problem-matcher"]
    return .rule(rule)
  }
}
