/// The fields of a pattern file, by the names that the file gives them.
enum PatternField: String, CaseIterable {
  case title, match, literal, sequence, within, verdict, issue, priority, fallback, tail, tags, owner, remedy, retired
  case ignoreCase = "ignore-case"
  case groupBy = "group-by"
  case scope = "where"
  case reviewBy = "review-by"
  case examples

  static let names = allCases.map(\.rawValue)

  /// The fields that say what is matched; a pattern has one of them.
  static let matchers: [PatternField] = [.match, .literal, .sequence]

  /// Names that other tools, or common sense, give to our fields.
  static let synonyms: [String: PatternField] = [
    "name": .title, "description": .title, "summary": .title,
    "regex": .match, "regexp": .match, "pattern": .match, "expression": .match, "string": .literal, "text": .literal,
    "steps": .sequence, "category": .verdict, "type": .verdict, "kind": .verdict, "group": .groupBy, "scope": .scope,
    "expires": .reviewBy, "disabled": .retired, "labels": .tags, "fix": .remedy, "help": .remedy, "tests": .examples,
    "ticket": .issue, "url": .issue, "link": .issue, "case-insensitive": .ignoreCase,
  ]
}
