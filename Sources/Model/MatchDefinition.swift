/// Everything that decides which lines a pattern finds, and nothing else: two patterns with equal definitions find the same.
package struct MatchDefinition: Sendable, Hashable {
  package var matcher: Matcher
  package var ignoreCase: Bool
  package var scope: Scope
  /// Only the last so many lines of the log.
  package var tail: Int?

  package init(matcher: Matcher, ignoreCase: Bool = false, scope: Scope = Scope(), tail: Int? = nil) {
    self.matcher = matcher
    self.ignoreCase = ignoreCase
    self.scope = scope
    self.tail = tail
  }

  package enum Matcher: Sendable, Hashable {
    /// A PCRE2 expression, tried on each cleaned segment on its own.
    case match(String)
    /// A plain string within one segment.
    case literal(String)
    /// PCRE2 expressions, each on a later line than the one before, all inside `within` lines.
    case sequence([String], within: Int)

    /// The expressions in their order; one for `match` and `literal`.
    package var expressions: [String] {
      switch self {
      case .match(let expression), .literal(let expression): [expression]
      case .sequence(let steps, within: _): steps
      }
    }
  }

  package static let defaultWithin = 50
}

/// The names that a pattern is limited to: each given expression must match the build's name of that kind.
package struct Scope: Sendable, Hashable {
  package var expressions: [Field: String]

  package init(_ expressions: [Field: String] = [:]) { self.expressions = expressions }

  package var isEmpty: Bool { expressions.isEmpty }

  package enum Field: String, Sendable, CaseIterable, Codable {
    case provider, repository, branch, workflow, job, step
  }
}

/// The names of the build that a log belongs to, which `where` is held against. A name that isn't known is empty.
package struct LogNames: Sendable, Hashable {
  package var names: [Scope.Field: String]

  package init(_ names: [Scope.Field: String] = [:]) { self.names = names }

  package subscript(field: Scope.Field) -> String { names[field] ?? "" }
}
