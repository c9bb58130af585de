import Yams

/// What the YAML parser complained about, in words for someone who writes a pattern and not a parser.
struct YAMLProblem {
  private let line: Int?
  private let field: String?
  private let message: String
  private let hint: String?

  init(_ error: any Error, in text: String) {
    switch error as? YamlError {
    case .reader(let problem, let offset, _, _):
      line = offset.map { 1 + text.prefix($0).count { $0 == "\n" || $0 == "\r\n" } }
      field = nil
      message = "is not valid YAML: \(problem)"
      hint = "in double quotes, an escape character is written \\e"
    case .parser(_, let problem, let mark, _) where problem.contains("nesting level"):
      line = mark.line
      field = nil
      message = "has lists or mappings within one another without end"
      hint = "nothing in a pattern file is more than a few levels deep; look for brackets that aren't closed"
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
      line = mark.line
      field = nil
      message = "is not valid YAML: \(problem)"
      hint = Self.hint(for: problem)
    case .composer(_, let problem, let mark, _):
      line = mark.line
      field = nil
      let isSecondDocument = problem.contains("another document")
      message = isSecondDocument ? "holds more than one YAML document" : "is not valid YAML: \(problem)"
      hint = isSecondDocument ? "one file holds one pattern" : Self.hint(for: problem)
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      let first = context.mark.line
      let second = Self.lineOfRepetition(of: key, after: first, in: text)
      line = second ?? first
      field = key
      message = second == nil ? "is given more than once" : "is given more than once, first in line \(first)"
      hint = "keep one of them"
    default:
      line = nil
      field = nil
      message = "is not valid YAML"
      hint = nil
    }
  }

  func issue(file: String) -> CatalogIssue {
    CatalogIssue(.error, file: file, line: line, field: field, message: message, hint: hint)
  }

  /// What usually stands behind libyaml's messages in a file full of expressions and log lines.
  private static func hint(for problem: String) -> String? {
    if problem.contains("mapping values are not allowed") { return "a text with `: ` in it needs single quotes" }
    if problem.contains("cannot start any token") { return "a text that begins with one of % @ ` or a tab needs single quotes" }
    if problem.contains("unknown escape character") {
      return "double quotes give the backslash a meaning; use single quotes for expressions"
    }
    if problem.contains("undefined alias") { return "a text that begins with * needs single quotes" }
    if problem.contains("did not find expected") { return "look for a quote too many, a quote missing, or a wrong indentation" }
    if problem.contains("unexpected end of stream") { return "a quote isn't closed" }
    return nil
  }

  /// Where a key stands for a second time with the same indentation, as far as lines alone can tell.
  private static func lineOfRepetition(of key: String, after first: Int, in text: String) -> Int? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(first - 1) else { return nil }
    let indent = lines[first - 1].prefix { $0 == " " || $0 == "-" }.count
    for number in first..<lines.count {
      let body = lines[number].drop { $0 == " " || $0 == "-" }
      let isKey = [key, "'\(key)'", "\"\(key)\""].contains { body.hasPrefix($0 + ":") }
      if isKey, lines[number].count - body.count == indent { return number + 1 }
    }
    return nil
  }
}
