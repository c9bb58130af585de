/// `ruleset.toml` of pytorch's log classifier: `[[rule]]` with `name` and `pattern`, the most important first. Of each rule the last
/// line counts that it matches, and of all rules that match the first one.
enum RulesetFile {
  static func read(_ text: String, file: String) throws(ImportProblem) -> [ForeignReading] {
    let tables: [TOMLReader.Table]
    do throws(TOMLReader.Problem) {
      tables = try TOMLReader.tables(text)
    } catch {
      throw ImportProblem(file: file, line: error.line, error.message)
    }
    let rules = tables.filter { $0.name == "rule" }
    guard !rules.isEmpty else { throw ImportProblem(file: file, "has no [[rule]]") }
    let priorities = rules.indices.map { 100 - $0 * min(100, rules.count - 1) / max(1, rules.count - 1) }
    return rules.indices.map { index in
      let rule = rules[index]
      let origin = "\(file):\(rule.line)"
      guard let name = rule.strings["name"], let pattern = rule.strings["pattern"] else {
        return .refused(origin: origin, title: rule.strings["name"] ?? "", text: "", reason: "it lacks its name or its pattern")
      }
      var result = ForeignRule(origin: origin, title: name, steps: [.init(expression: pattern)], dialect: .rust)
      result.priority = priorities[index]
      result.groupsByCaptures = true
      if priorities.count(where: { $0 == priorities[index] }) > 1 {
        result.notes.append("shares its priority with a neighbour, as there are more rules than priorities")
      }
      return .rule(result)
    }
  }
}
