import Model
import Yams

/// Reads the fields of one pattern file. Goes on after each problem, so that all of them are told together.
struct PatternReader {
  let file: String
  let id: PatternID
  private(set) var issues: [CatalogIssue] = []
  /// The line of each field that the file has, nested ones as `where.branch` and steps as `sequence[2]`.
  private(set) var lines: [String: Int] = [:]

  init(file: String, id: PatternID) {
    self.file = file
    self.id = id
  }

  /// - Parameter runsExamples: whether the examples are held against the pattern or only read.
  /// - Returns: nil if there was any error.
  mutating func read(_ root: Node.Mapping, runsExamples: Bool) -> Pattern? {
    let fields = self.fields(
      of: root, path: nil, known: PatternField.names, synonyms: PatternField.synonyms.mapValues(\.rawValue))
    func node(_ field: PatternField) -> Node? { fields[field.rawValue] }

    let title = self.title(node(.title), root)
    let definition = self.definition(fields, root)
    let verdict = self.verdict(node(.verdict), root)
    let issue = self.issue(node(.issue), verdict: verdict, root)
    let priority = integer(node(.priority), .priority, in: 0...100) ?? Pattern.defaultPriority
    let fallback = boolean(node(.fallback), .fallback)
    let groupBy = list(node(.groupBy), PatternField.groupBy.rawValue)
    let tags = list(node(.tags), PatternField.tags.rawValue)
    let owner = text(node(.owner), PatternField.owner.rawValue)
    let remedy = text(node(.remedy), PatternField.remedy.rawValue)
    let reviewBy = day(node(.reviewBy))
    let retired = boolean(node(.retired), .retired)
    let examples = self.examples(node(.examples), root)

    if let definition, let captures = compile(definition) {
      checkGroupBy(groupBy, captures)
      if let title { checkTitle(title, captures) }
      let isCheckable = checkExampleCaptures(examples, captures)
      if runsExamples, isCheckable { run(examples, definition) }
    }
    guard let title, let definition, let verdict, !issues.contains(where: { $0.severity == .error }) else { return nil }
    return Pattern(
      id: id, title: title, definition: definition, verdict: verdict, issue: issue, priority: priority,
      fallback: fallback, groupBy: groupBy.map(\.value), tags: tags.map(\.value), owner: owner, remedy: remedy,
      reviewBy: reviewBy, retired: retired,
      examples: Pattern.Examples(hits: examples.hits.map(\.example), misses: examples.misses.map(\.example)))
  }

  // MARK: - Problems

  mutating func report(_ line: Int?, _ field: String?, _ message: String, _ hint: String? = nil) {
    issues.append(CatalogIssue(.error, file: file, line: line, field: field, message: message, hint: hint))
  }

  mutating func note(_ line: Int?, of field: String) {
    if let line { lines[field] = line }
  }

  // MARK: - Fields with rules of their own

  private mutating func title(_ node: Node?, _ root: Node.Mapping) -> String? {
    let field = PatternField.title.rawValue
    guard let node else {
      report(root.line, field, "is missing", "say what went wrong, in words for the pull request's author")
      return nil
    }
    guard let title = text(node, field) else { return nil }
    if title.contains(where: \.isNewline) {
      report(node.line, field, "has more than one line", "what to do about it belongs in `remedy`")
    } else if title.count > TitleTemplate.longestTitle {
      report(node.line, field, "is longer than \(TitleTemplate.longestTitle) characters", "details belong in `remedy`")
    }
    return title
  }

  private mutating func verdict(_ node: Node?, _ root: Node.Mapping) -> PatternVerdict? {
    let field = PatternField.verdict.rawValue
    let names = PatternVerdict.allCases.map(\.rawValue)
    let choices = "one of " + names.joined(separator: ", ")
    guard let node else {
      report(root.line, field, "is missing", choices)
      return nil
    }
    guard let word = text(node, field) else { return nil }
    guard let verdict = PatternVerdict(rawValue: word) else {
      let nearest = NearestName.of(word, among: names).map { "did you mean `\($0)`? " } ?? ""
      report(node.line, field, "has no value \(OneLine.quoted(word))", nearest + choices)
      return nil
    }
    return verdict
  }

  private mutating func issue(_ node: Node?, verdict: PatternVerdict?, _ root: Node.Mapping) -> String? {
    let field = PatternField.issue.rawValue
    guard let node else {
      if verdict == .known {
        report(
          lines[PatternField.verdict.rawValue] ?? root.line, field, "is missing",
          "`verdict: known` needs the link of the problem's ticket")
      }
      return nil
    }
    guard let link = text(node, field) else { return nil }
    guard WebLink.isValid(link) else {
      report(node.line, field, "is not a link: \(OneLine.quoted(link))", "write the ticket's address, https://…")
      return nil
    }
    return link
  }

  private mutating func day(_ node: Node?) -> CalendarDay? {
    let field = PatternField.reviewBy.rawValue
    guard let node, let word = text(node, field) else { return nil }
    guard let day = CalendarDay(word) else {
      report(node.line, field, "is not a date: \(OneLine.quoted(word))", "write year, month and day as 2027-03-01")
      return nil
    }
    return day
  }

  // MARK: - Names of captures

  private mutating func checkGroupBy(_ groupBy: [ListItem], _ captures: CaptureNames) {
    for item in groupBy where !captures.contains(item.value) {
      report(
        item.line, PatternField.groupBy.rawValue, "names no capture: \(OneLine.quoted(item.value))",
        captures.hint(for: item.value))
    }
  }

  private mutating func checkTitle(_ title: String, _ captures: CaptureNames) {
    for name in TitleTemplate.names(in: title) where !captures.contains(name) {
      report(
        lines[PatternField.title.rawValue], PatternField.title.rawValue, "uses no capture: `${\(OneLine.of(name))}`",
        captures.hint(for: name))
    }
  }
}
