import Foundation
import Model
import Yams

/// Queries of elastic-recheck: `query:` in Lucene's syntax over lines of logs with fields, in a file that is called after the bug; or, as it
/// was at first, a list of `bug:` and `query:` in one file, YAML or JSON.
///
/// What is asked of the line itself becomes the expression; what is asked of job, branch and project becomes `where`. That it is the job's
/// own log and that the build failed is so anyway. What asks for something else is refused, as the pattern would find more than it should.
enum RecheckQueryFile {
  static func read(_ text: String, file: String) throws(ImportProblem) -> [ForeignReading] {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw ImportProblem(file: file, "is not YAML")
    }
    guard let entries = node?.sequence else {
      guard let query = node?.mapping?["query"]?.scalar?.string else { throw ImportProblem(file: file, "has no `query`") }
      let name = (file as NSString).lastPathComponent.split(separator: ".").first.map(String.init) ?? file
      return [read(query, bug: node?["bug"]?.scalar?.string ?? name, isResolved: node?["resolved_at"] != nil, origin: file)]
    }
    guard entries.contains(where: { $0["query"] != nil }) else { throw ImportProblem(file: file, "has no `query`") }
    return entries.enumerated().map { index, entry in
      let bug = entry["bug"]?.scalar?.string ?? ""
      let origin = "\(file): \(bug.isEmpty ? "entry \(index + 1)" : "bug \(OneLine.of(bug, atMost: 40))")"
      guard let query = entry["query"]?.scalar?.string else {
        return .refused(origin: origin, title: bug, text: "", reason: "it has no `query`")
      }
      return read(query, bug: bug, isResolved: entry["resolved_at"] != nil, origin: origin)
    }
  }

  private static func read(_ query: String, bug: String, isResolved: Bool, origin: String) -> ForeignReading {
    let title = "Bug \(bug)"
    do throws(ImportRefusal) {
      var rule = ForeignRule(origin: origin, title: title, steps: [], dialect: .pcre2)
      rule.ignoreCase = true
      var conditions = Conditions()
      try conditions.take(try LuceneQuery(query).withPlainFields)
      rule.steps = [.init(expression: try conditions.expression())]
      rule.scope = conditions.scope
      rule.notes = conditions.notes
      rule.notes.append("words are told apart in the main as Lucene does")
      rule.title = OneLine.of("\(title): \(conditions.words)", atMost: 160)
      if isResolved {
        rule.notes.append("failure, as it says that its bug is resolved, which is no excuse any more")
      } else if !bug.isEmpty, bug.utf8.allSatisfy(DialectConverter.isDigit) {
        (rule.verdict, rule.issue) = (.known, "https://bugs.launchpad.net/bugs/\(bug)")
      } else {
        rule.verdict = .flaky
        rule.notes.append("flaky, as it names no number of a bug, whose address `known` needs")
      }
      return .rule(rule)
    } catch {
      return .refused(origin: origin, title: title, text: OneLine.of(query), reason: error.reason)
    }
  }

  /// What a line must and must not say, and which builds it must be of.
  private struct Conditions {
    private var messages: [LuceneQuery] = []
    private(set) var scope: [Scope.Field: String] = [:]
    private(set) var notes: [String] = []

    private static let ownLogs = ["console", "console.html", "console.txt", "job-output", "job-output.txt", "logs/job-output.txt"]
    private static let fields: [String: Scope.Field] = [
      "build_name": .job, "build_branch": .branch, "branch": .branch, "project": .repository,
    ]

    mutating func take(_ query: LuceneQuery) throws(ImportRefusal) {
      if Self.isOfMessage(query) {
        messages.append(query)
        return
      }
      switch query {
      case .all(let parts): for part in parts { try take(part) }
      case .not(.term(let field, let text, _)): try take(field, [text], isNegated: true)
      case .term(let field, let text, _): try take(field, [text], isNegated: false)
      case .any(let parts):
        var texts: [String] = []
        var field: String?
        for part in parts {
          guard case .term(let name, let text, _) = part, field == nil || field == name else {
            throw ImportRefusal("OR joins conditions on the line with others, or on different fields")
          }
          field = name
          texts.append(text)
        }
        try take(field ?? "", texts, isNegated: false)
      case .not: throw ImportRefusal("NOT before several conditions can't be told")
      }
    }

    private static func isOfMessage(_ query: LuceneQuery) -> Bool {
      switch query {
      case .term(let field, _, _): field == "message"
      case .not(let inner): isOfMessage(inner)
      case .all(let parts), .any(let parts): parts.allSatisfy(isOfMessage)
      }
    }

    private mutating func take(_ field: String, _ texts: [String], isNegated: Bool) throws(ImportRefusal) {
      switch field {
      case "tags", "filename":
        guard !isNegated, texts.contains(where: Self.ownLogs.contains) else {
          throw ImportRefusal("it is about another file than the job's log: \(field):\(texts.joined(separator: " "))")
        }
      case "voting":
        notes.append("also for jobs that don't vote")
      case "build_status":
        guard !isNegated, texts.allSatisfy({ $0.uppercased() == "FAILURE" }) else {
          throw ImportRefusal("it is about builds that did not fail")
        }
      default:
        guard let name = Self.fields[field] else { throw ImportRefusal("\(field) is not known of a line or a build") }
        guard scope[name] == nil else { throw ImportRefusal("\(field) is asked for twice") }
        let names = texts.map { text in
          text.split(separator: "*", omittingEmptySubsequences: false).map { LucenePhrase.escaped(String($0)) }.joined(
            separator: ".*")
        }.joined(separator: "|")
        scope[name] = isNegated ? "^(?!(?:\(names))$)" : "^(?:\(names))$"
        if name == .repository { scope[name] = isNegated ? "^(?!(?:\(names))$)" : "(?:^|/)(?:\(names))$" }
      }
    }

    /// What the line must say, for the title.
    var words: String {
      func words(_ query: LuceneQuery) -> [String] {
        switch query {
        case .term(_, let text, _): [text]
        case .not: []
        case .all(let parts), .any(let parts): parts.flatMap(words)
        }
      }
      return messages.flatMap(words).joined(separator: " … ")
    }

    /// One expression for all that the line must and must not say.
    func expression() throws(ImportRefusal) -> String {
      let parts = messages.flatMap { query -> [LuceneQuery] in if case .all(let inner) = query { inner } else { [query] } }
      guard let last = parts.lastIndex(where: { if case .not = $0 { false } else { true } }) else {
        throw ImportRefusal("it says nothing that a line must hold")
      }
      // A choice of words can be found where it stands; whatever else is asked at the line's beginning.
      guard let found = try alternatives(parts[last]) else {
        return "^" + (try parts.map { part throws(ImportRefusal) in try condition(part) }.joined()) + ".*"
      }
      let others = try parts.indices.filter { $0 != last }.map { index throws(ImportRefusal) in try condition(parts[index]) }
        .joined()
      return others.isEmpty ? found : "^\(others).*?(\(found))"
    }

    /// An expression that finds one of the words of a choice; nil if it asks for more.
    private func alternatives(_ query: LuceneQuery) throws(ImportRefusal) -> String? {
      switch query {
      case .term(_, let text, let isPhrase): return try phrase(text, isPhrase)
      case .any(let parts):
        var texts: [String] = []
        for part in parts {
          guard let text = try alternatives(part) else { return nil }
          texts.append(text)
        }
        return "(?:\(texts.joined(separator: "|")))"
      case .not, .all: return nil
      }
    }

    /// An assertion at the line's beginning.
    private func condition(_ query: LuceneQuery) throws(ImportRefusal) -> String {
      switch query {
      case .term(_, let text, let isPhrase): return "(?=.*\(try phrase(text, isPhrase)))"
      case .not(let inner):
        if let texts = try alternatives(inner) { return "(?!.*\(texts))" }
        return "(?!\(try condition(inner)))"
      case .all(let parts): return try parts.map { part throws(ImportRefusal) in try condition(part) }.joined()
      case .any(let parts):
        return "(?:\(try parts.map { part throws(ImportRefusal) in try condition(part) }.joined(separator: "|")))"
      }
    }

    private func phrase(_ text: String, _ isPhrase: Bool) throws(ImportRefusal) -> String {
      guard let expression = LucenePhrase(text, isPhrase: isPhrase).expression else {
        throw ImportRefusal("\(OneLine.quoted(text)) has no word in it")
      }
      return expression
    }
  }
}
