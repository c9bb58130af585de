/// Failure causes of Jenkins' Build Failure Analyzer: the configuration file that Jenkins writes, or JSON.
///
/// An indication on the build's log must match all of a line (`Matcher.matches`); one over several lines must be found somewhere in
/// some 50 lines, `.` standing for line breaks, too.
enum FailureCauseFile {
  static func read(_ text: String, file: String) throws(ImportProblem) -> [ForeignReading] {
    let first = text.first { !$0.isWhitespace && $0 != "\u{FEFF}" }
    let causes = first == "<" ? try xml(text, file) : try json(text, file)
    guard !causes.isEmpty else { throw ImportProblem(file: file, "has no failure cause") }
    return causes.flatMap { $0.rules(file) }
  }

  private struct Cause {
    var name: String
    var description: String?
    var categories: [String]
    var indications: [(kind: String, pattern: String)]

    func rules(_ file: String) -> [ForeignReading] {
      let origin = "\(file): \(name)"
      guard !indications.isEmpty else {
        return [.refused(origin: origin, title: name, text: "", reason: "it has no indication")]
      }
      return indications.flatMap { kind, pattern -> [ForeignReading] in
        var rule = ForeignRule(origin: origin, title: name, steps: [.init(expression: pattern)], dialect: .java)
        rule.tags = categories
        rule.remedy = description
        guard kind.contains("Multiline") else {
          rule.matchesWholeLine = true
          return [.rule(rule)]
        }
        do throws(ImportRefusal) {
          return try SpanningExpression(pattern).rules(from: rule).map { .rule($0) }
        } catch {
          return [.refused(origin: origin, title: name, text: pattern, reason: error.reason)]
        }
      }
    }
  }

  private static func xml(_ text: String, _ file: String) throws(ImportProblem) -> [Cause] {
    let root: XMLNode
    do throws(XMLNode.Problem) {
      root = try XMLNode.read(text)
    } catch {
      throw ImportProblem(file: file, line: error.line, error.message)
    }
    return root.all { $0.name.hasSuffix("FailureCause") && $0.child("indications") != nil }.map { node in
      let indications = node.child("indications")?.all { $0.child("pattern") != nil } ?? []
      return Cause(
        name: trimmed(node.child("name")?.text) ?? "Failure cause", description: trimmed(node.child("description")?.text),
        categories: (node.child("categories")?.children ?? []).compactMap { trimmed($0.text) },
        indications: indications.map { ($0.name, $0.child("pattern")?.text ?? "") })
    }
  }

  private static func json(_ text: String, _ file: String) throws(ImportProblem) -> [Cause] {
    let value = try JSONValue.read(text, file: file)
    let object = value as? [String: Any]
    let list =
      value as? [[String: Any]] ?? object?["causes"] as? [[String: Any]] ?? object?["failureCauses"] as? [[String: Any]]
      ?? object.map { [$0] } ?? []
    return list.filter { $0["indications"] != nil }.map { cause in
      Cause(
        name: trimmed(cause["name"] as? String) ?? "Failure cause", description: trimmed(cause["description"] as? String),
        categories: cause["categories"] as? [String] ?? [],
        indications: (cause["indications"] as? [[String: Any]] ?? []).compactMap { indication in
          let kind = ["@class", "className", "class", "_class", "type"].compactMap { indication[$0] as? String }.first ?? ""
          return (indication["pattern"] as? String).map { (kind, $0) }
        })
    }
  }

  private static func trimmed(_ text: String?) -> String? {
    guard let text else { return nil }
    let line = OneLine.of(text)
    return line.isEmpty ? nil : line
  }
}
