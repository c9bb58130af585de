import Model

/// A pattern file for a cluster, with examples from real logs, to be looked at by a curator before it is used.
package struct PatternDraft: Sendable, Equatable {
  /// The name of its file without the ending, made of words of the line.
  package let name: String
  package let title: String
  /// The file's text.
  package let yaml: String

  init(name: String, title: String, yaml: String) {
    self.name = name
    self.title = title
    self.yaml = yaml
  }

  /// Examples of each kind.
  static let mostExamples = 3
  static let mostMisses = 2

  /// - Parameters:
  ///   - others: real lines from which the misses are taken.
  ///   - titles: titles in lower case that are taken already; no two patterns have the same. The draft's is added.
  ///   - names: names that are taken already. The draft's is added.
  /// - Returns: nil if no line of the cluster can be told by an expression.
  package init?(_ cluster: FailureCluster, others: OtherLines, titles: inout Set<String>, names: inout Set<String>) {
    let isIndented = cluster.lines.contains { $0.text.first == " " || $0.text.first == "\t" }
    let expression = DraftedExpression(cluster.template, isIndented: isIndented)
    guard let runner = try? ExampleRunner(MatchDefinition(matcher: .match(expression.match))) else { return nil }

    var hits: [String] = []
    for line in cluster.lines where hits.count < Self.mostExamples && !hits.contains(line.text) {
      if runner.failure(ofHit: Pattern.Example(text: line.text)) == nil { hits.append(line.text) }
    }
    guard let first = hits.first else { return nil }
    let misses = Self.misses(others, like: first, runner)
    let groups = Self.groups(expression.groups, hits, runner)

    title = DraftNames.unused(OneLine.of(DraftNames.title(expression.title), atMost: 160), in: titles, joint: " ") {
      $0.lowercased()
    }
    titles.insert(title.lowercased())
    name = DraftNames.unused(Self.name(of: cluster.template.words), in: names, joint: "-") { $0 }
    names.insert(name)

    yaml = Self.yaml(
      title: title, MatchDefinition(matcher: .match(expression.match)), groups: groups, hits: hits, misses: misses)
  }

  /// The text of a pattern file whose definition is a `match`.
  static func yaml(
    title: String, _ definition: MatchDefinition, verdict: PatternVerdict = .failure, priority: Int = 50, groups: [String],
    reviewBy: CalendarDay? = nil, hits: [String], misses: [String]
  ) -> String {
    guard case .match(let expression) = definition.matcher else { preconditionFailure("drafts are of one expression") }
    var lines = ["title: \(YAMLScalar.quoted(title))", "match: \(YAMLScalar.quoted(expression))"]
    if definition.ignoreCase { lines.append("ignore-case: true") }
    lines += ["verdict: \(verdict.rawValue)", "priority: \(priority)"]
    if !groups.isEmpty { lines.append("group-by: [\(groups.joined(separator: ", "))]") }
    if let reviewBy { lines.append("review-by: \(reviewBy)") }
    lines += ["examples:", "  hit:"] + hits.map { "    - " + YAMLScalar.quoted($0) }
    lines += ["  miss:"] + misses.map { "    - " + YAMLScalar.quoted($0) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The lines that look most like the hit and are not found. Where there are none, the hit's own beginning.
  static func misses(_ others: OtherLines, like hit: String, _ runner: ExampleRunner) -> [String] {
    var misses: [String] = []
    for text in others.places(like: hit).lazy.map({ others.texts[$0] }) where misses.count < mostMisses && !misses.contains(text) {
      if runner.failure(ofMiss: Pattern.Example(text: text)) == nil { misses.append(text) }
    }
    if misses.isEmpty {
      let beginning = String(hit.prefix { $0.isWhitespace || $0.isPunctuation }) + (LineTemplate.words(in: hit).first ?? "")
      if runner.failure(ofMiss: Pattern.Example(text: beginning)) == nil { misses.append(beginning) }
    }
    return misses
  }

  /// Those captures whose values are not made up anew by each run.
  private static func groups(_ captures: [String], _ hits: [String], _ runner: ExampleRunner) -> [String] {
    let findings = hits.compactMap { runner.firstFinding(in: $0) }
    return captures.filter { name in
      let values = findings.compactMap { $0.capture(name) }
      return !values.contains { RunNoise.isNoise($0) || isTemporary($0) }
    }
  }

  private static func isTemporary(_ value: String) -> Bool {
    ["/tmp", "/dev/", "/var/folders/", "\\Temp\\"].contains { value.contains($0) }
      || value.split { !$0.isHexDigit }.contains { $0.count >= 12 }
  }

  /// The first words, as the name of a file: `no-space-left-on-device`.
  static func name(of words: [Substring]) -> String {
    let words = words.map { $0.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) } }.filter { !$0.isEmpty }
    var name = ""
    for word in words.prefix(6) where name.count + word.count < 50 { name += (name.isEmpty ? "" : "-") + word }
    return name.isEmpty ? "failure" : name
  }
}
