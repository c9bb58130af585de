import Foundation
import Model

/// Turns rule files of other tools into pattern files.
package struct PatternImport: Sendable {
  package struct Options: Sendable {
    /// Of the expressions of a list.
    package var dialect = Dialect.pcre2
    /// For all rules; nil: what the kind of file suggests.
    package var verdict: PatternVerdict?
    /// For patterns that excuse.
    package var reviewBy: CalendarDay?
    /// Whether `\d`, `\w`, `\s` and `\b` are to stand for ASCII, whatever the dialect says.
    package var isASCII = false

    package init() {}
  }

  package private(set) var rules: [ImportedRule] = []
  private let options: Options
  private let samples: [String]
  /// Titles in lower case, and names, that are taken: no two patterns have the same.
  private var titles: Set<String>
  private var names: Set<String>

  /// - Parameters:
  ///   - samples: lines of real logs, from which examples are taken where they fit.
  ///   - titles: titles that other patterns have.
  package init(options: Options = Options(), samples: [String] = [], titles: Set<String> = [], names: Set<String> = []) {
    self.options = options
    self.samples = samples.filter(ExampleLines.isPlain)
    self.titles = Set(titles.map { $0.lowercased() })
    self.names = names
  }

  /// Reads a file and converts its rules.
  ///
  /// - Parameter file: its name, for messages; of elastic-recheck it is the number of the bug.
  /// - Throws: `ImportProblem` if the file isn't of that kind; nothing is added then.
  package mutating func add(_ text: String, file: String, format: ImportFormat) throws(ImportProblem) {
    for reading in try format.read(text, file: file, dialect: options.dialect) {
      switch reading {
      case .refused(let origin, let title, let text, let reason):
        rules.append(ImportedRule(origin: origin, title: title, text: text, outcome: .refused, notes: [reason], file: nil))
      case .rule(let rule):
        do throws(ImportRefusal) {
          rules.append(try convert(rule))
        } catch {
          rules.append(
            ImportedRule(
              origin: rule.origin, title: rule.title, text: rule.text, outcome: .refused, notes: [error.reason], file: nil))
        }
      }
    }
  }

  private mutating func convert(_ rule: ForeignRule) throws(ImportRefusal) -> ImportedRule {
    var notes = rule.notes
    var remarks: [String] = []
    var captures = 0
    let matcher = try matcher(of: rule, &captures, &notes, &remarks)
    let definition = MatchDefinition(matcher: matcher, ignoreCase: rule.ignoreCase, scope: Scope(rule.scope))
    let runner: ExampleRunner
    do throws(ScanProgram.CompileError) {
      runner = try ExampleRunner(definition)
    } catch {
      // A place in it is told only where it is as its author wrote it.
      let isAsWritten =
        if case .match(let text) = matcher { rule.dialect == .pcre2 && text == rule.steps[0].expression } else { false }
      throw ImportRefusal("PCRE2 doesn't take it: \(isAsWritten ? "\(error.cause)" : error.cause.message)")
    }
    guard runner.firstFinding(in: "") == nil else { throw ImportRefusal("it matches the empty line") }
    let hit = try hit(for: rule, matcher, runner)
    guard let miss = miss(for: hit, runner) else { throw ImportRefusal("it matches whatever a line holds") }

    let title = DraftNames.unused(
      OneLine.of(rule.title.replacing("${", with: "$ {"), atMost: 180), in: titles, joint: " "
    ) { $0.lowercased() }
    let name = DraftNames.unused(DraftNames.slug(rule.title), in: names, joint: "-") { $0 }
    let verdict = options.verdict ?? rule.verdict
    let issue = verdict == .known ? rule.issue : nil
    if verdict == .known, issue == nil { throw ImportRefusal("`known` needs the address of an issue") }
    var lines = ["title: \(YAMLScalar.quoted(title))"] + Self.lines(of: matcher)
    if rule.ignoreCase { lines.append("ignore-case: true") }
    lines.append("verdict: \(verdict.rawValue)")
    if let issue { lines.append("issue: \(YAMLScalar.quoted(issue))") }
    if let priority = rule.priority { lines.append("priority: \(priority)") }
    if rule.groupsByCaptures, captures > 0 {
      lines.append("group-by: [\((1...captures).map(String.init).joined(separator: ", "))]")
    }
    if !rule.scope.isEmpty {
      lines.append("where:")
      for field in Scope.Field.allCases {
        if let expression = rule.scope[field] { lines.append("  \(field.rawValue): \(YAMLScalar.quoted(expression))") }
      }
    }
    let tags = rule.tags.map { OneLine.of($0) }.filter { !$0.isEmpty }
    if !tags.isEmpty { lines.append("tags: [\(tags.map(YAMLScalar.quoted).joined(separator: ", "))]") }
    if let remedy = rule.remedy { lines.append("remedy: \(YAMLScalar.quoted(OneLine.of(remedy, atMost: 2_000)))") }
    if verdict.excuses, let day = options.reviewBy { lines.append("review-by: \(day)") }
    lines += ["examples:", "  hit:"] + Self.example(hit) + ["  miss:"] + Self.example(miss)
    let yaml = lines.joined(separator: "\n") + "\n"
    // The file itself is the last proof: it must be read as what it says, and its examples must hold.
    let file = PatternFile(path: rule.origin, id: PatternID(name), bytes: Array(yaml.utf8))
    guard file.pattern != nil else {
      throw ImportRefusal(file.issues.first.map { "\($0.message)" } ?? "it makes no valid pattern file")
    }
    titles.insert(title.lowercased())
    names.insert(name)
    return ImportedRule(
      origin: rule.origin, title: title, text: rule.text, outcome: notes.isEmpty ? .converted : .changed, notes: notes,
      remarks: remarks, file: .init(name: name, yaml: yaml))
  }

  // MARK: - What is matched

  private func matcher(
    of rule: ForeignRule, _ captures: inout Int, _ notes: inout [String], _ remarks: inout [String]
  ) throws(ImportRefusal) -> MatchDefinition.Matcher {
    for step in rule.steps where step.isText && rule.ignoreCase {
      let text = try DialectConverter(LucenePhrase.escaped(step.expression), dialect: rule.dialect, ignoresCase: true)
      for remark in text.remarks where !remarks.contains(remark) { remarks.append(remark) }
    }
    if rule.steps.count == 1, rule.steps[0].isText { return .literal(rule.steps[0].expression) }
    var expressions: [String] = []
    for step in rule.steps {
      if step.isText {
        expressions.append(LucenePhrase.escaped(step.expression))
        continue
      }
      let converter = try DialectConverter(
        step.expression, dialect: rule.dialect, isASCII: options.isASCII, ignoresCase: rule.ignoreCase, names: step.names,
        severity: step.severity)
      captures += converter.captures
      for note in converter.notes where !notes.contains(note) { notes.append(note) }
      for remark in converter.remarks where !remarks.contains(remark) { remarks.append(remark) }
      let expression =
        rule.matchesWholeLine ? Self.whole(converter.result, hasCaptures: converter.captures > 0) : converter.result
      let sketch = ExpressionSketch(expression)
      for (byte, name) in Self.neverInLines where sketch.needs(byte) {
        throw ImportRefusal("it needs \(name), which no line holds once it is cleaned")
      }
      expressions.append(expression)
    }
    if options.isASCII, rule.dialect.classes.word != nil, rule.text.contains("\\") {
      notes.append(#"\d, \w, \s and \b stand for ASCII"#)
    }
    return expressions.count == 1 ? .match(expressions[0]) : .sequence(expressions, within: max(rule.within, expressions.count))
  }

  /// What cleaning takes out of lines, or ends them at; docs/cleaning.md.
  private static let neverInLines: [(UInt8, String)] = [
    (UInt8(ascii: "\n"), "a line break"), (UInt8(ascii: "\r"), "a carriage return"), (8, "a backspace"),
    (0x1B, "an escape character"),
  ]

  /// The expression so that it must match all of the line. `.*` at the ends says nothing then, unless what captures hold depends on it.
  private static func whole(_ expression: String, hasCaptures: Bool) -> String {
    guard !hasCaptures, !expression.contains("|"), !expression.contains("(?") else { return "^(?:\(expression))$" }
    var middle = expression[...]
    var (begin, end) = ("^", "$")
    while middle.hasPrefix(".*"), !["+", "?", "*", "{"].contains(middle.dropFirst(2).first) {
      middle = middle.dropFirst(2)
      begin = ""
    }
    while middle.hasSuffix(".*") {
      let rest = middle.dropLast(2)
      // `\.*` is many dots, and `\\.*` ends in anything.
      guard rest.reversed().prefix(while: { $0 == "\\" }).count % 2 == 0 else { break }
      middle = rest
      end = ""
    }
    return middle.isEmpty ? "^(?:\(expression))$" : begin + middle + end
  }

  private static func lines(of matcher: MatchDefinition.Matcher) -> [String] {
    switch matcher {
    case .match(let expression): ["match: \(YAMLScalar.quoted(expression))"]
    case .literal(let text): ["literal: \(YAMLScalar.quoted(text))"]
    case .sequence(let steps, let within):
      ["sequence:"] + steps.map { "  - \(YAMLScalar.quoted($0))" } + ["within: \(within)"]
    }
  }

  // MARK: - Examples

  private func hit(
    for rule: ForeignRule, _ matcher: MatchDefinition.Matcher, _ runner: ExampleRunner
  ) throws(ImportRefusal) -> [String] {
    let steps = try rule.steps.map { step throws(ImportRefusal) in try Self.lines(for: step, of: rule) }
    if steps.count == 1 {
      if let real = samples.first(where: { runner.firstFinding(in: $0) != nil }) { return [real] }
      if let made = steps[0].first(where: { runner.firstFinding(in: $0) != nil }) { return [made] }
    } else if case .sequence(let expressions, _) = matcher {
      let lines = zip(expressions, steps).compactMap { expression, lines -> String? in
        let definition = MatchDefinition(matcher: .match(expression), ignoreCase: rule.ignoreCase)
        guard let runner = try? ExampleRunner(definition) else { return nil }
        return lines.first { runner.firstFinding(in: $0) != nil }
      }
      if lines.count == steps.count, runner.firstFinding(in: lines.joined(separator: "\n")) != nil { return lines }
    }
    if rule.steps.contains(where: { !$0.isText && $0.expression.contains("\\R") }) {
      throw ImportRefusal("no line could be made that it matches: \\R is a line break, which no line holds")
    }
    throw ImportRefusal("no line could be made that it matches: give it one with --examples, or write the pattern by hand")
  }

  /// Lines that a step might match; made as if its classes were of ASCII, which is what lines are mostly of.
  private static func lines(for step: ForeignRule.Step, of rule: ForeignRule) throws(ImportRefusal) -> [String] {
    if step.isText { return [step.expression] }
    let converter = try DialectConverter(step.expression, dialect: rule.dialect, isASCII: true, severity: step.severity)
    return ExampleText.candidates(for: converter.result).filter(ExampleLines.isPlain)
  }

  /// The hit, less something that it needs.
  private func miss(for hit: [String], _ runner: ExampleRunner) -> [String]? {
    var candidates: [[String]] = []
    if hit.count > 1 { candidates.append([hit[0]]) }
    let words = hit[0].split(separator: " ", omittingEmptySubsequences: false)
    if words.count > 1 {
      candidates.append([words.dropLast().joined(separator: " ")])
      candidates.append([words.dropFirst().joined(separator: " ")])
      candidates.append([words.enumerated().filter { $0.offset % 2 == 0 }.map { String($0.element) }.joined(separator: " ")])
    }
    candidates += [[String(hit[0].prefix(hit[0].count / 2))], ["The build has finished."], ["-"]]
    return candidates.first { lines in
      let text = lines.joined(separator: "\n")
      return !text.isEmpty && runner.failure(ofMiss: Pattern.Example(text: text)) == nil
    }
  }

  private static func example(_ lines: [String]) -> [String] {
    lines.count == 1 ? ["    - \(YAMLScalar.quoted(lines[0]))"] : ["    - text: |2"] + lines.map { "        \($0)" }
  }
}
