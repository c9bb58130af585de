import Foundation

/// The kinds of rule files of other tools.
package enum ImportFormat: String, Sendable, CaseIterable {
  /// `ruleset.toml` of pytorch's test-infra: rules in the order of their priority, expressions of Rust.
  case pytorch
  /// Failure causes of Jenkins' Build Failure Analyzer, as XML or JSON, expressions of Java.
  case jenkins
  /// Queries of OpenStack's elastic-recheck: YAML, or its older JSON, with queries of Lucene.
  case elasticRecheck = "elastic-recheck"
  /// Known issues of .NET's Build Analysis: JSON, on its own or in the bodies of issues.
  case dotnet
  /// Problem matchers of GitHub Actions: JSON, expressions of .NET as its runner compiles them.
  case github
  /// An expression on each line.
  case list

  /// The kind of a file, by its name and what is in it; nil if that can't be told.
  package static func of(file: String, text: String) -> ImportFormat? {
    let name = file.lowercased()
    if name.hasSuffix(".toml") { return .pytorch }
    if name.hasSuffix(".xml") { return .jenkins }
    if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return .elasticRecheck }
    if name.hasSuffix(".json") {
      if text.contains("\"problemMatcher\"") { return .github }
      if text.contains("ErrorMessage") || text.contains("ErrorPattern") { return .dotnet }
      if text.contains("\"bug\""), text.contains("\"query\"") { return .elasticRecheck }
      return text.contains("\"indications\"") || text.contains("\"pattern\"") ? .jenkins : nil
    }
    return name.hasSuffix(".txt") || name.hasSuffix(".list") || !name.contains(".") ? .list : nil
  }

  /// - Parameters:
  ///   - file: its name, for messages.
  ///   - dialect: of the expressions of a list.
  /// - Throws: `ImportProblem` if the file isn't of that kind.
  func read(_ text: String, file: String, dialect: Dialect) throws(ImportProblem) -> [ForeignReading] {
    switch self {
    case .pytorch: try RulesetFile.read(text, file: file)
    case .jenkins: try FailureCauseFile.read(text, file: file)
    case .elasticRecheck: try RecheckQueryFile.read(text, file: file)
    case .dotnet: try KnownIssueFile.read(text, file: file)
    case .github: try ProblemMatcherFile.read(text, file: file)
    case .list: ExpressionList.read(text, file: file, dialect: dialect)
    }
  }
}

/// A file that isn't what it should be.
package struct ImportProblem: Error, Sendable, CustomStringConvertible {
  package let file: String
  /// From 1.
  package let line: Int?
  package let message: String

  init(file: String, line: Int? = nil, _ message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  package var description: String { "\(file):\(line.map { "\($0):" } ?? "") \(message)" }
}

/// A value of a JSON file.
enum JSONValue {
  static func read(_ text: String, file: String) throws(ImportProblem) -> Any {
    do {
      return try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
    } catch {
      throw ImportProblem(file: file, "is not JSON")
    }
  }
}
