import Foundation
import Model

/// A match definition as it lies in `pattern_revision.definition`.
struct StoredDefinition: Codable {
  var match: String?
  var literal: String?
  var sequence: [String]?
  var within: Int?
  var ignoreCase: Bool?
  var scope: [String: String]?
  var tail: Int?

  private enum CodingKeys: String, CodingKey {
    case match, literal, sequence, within, tail
    case ignoreCase = "ignore-case"
    case scope = "where"
  }

  init(_ definition: MatchDefinition) {
    switch definition.matcher {
    case .match(let expression): match = expression
    case .literal(let text): literal = text
    case .sequence(let steps, let within):
      sequence = steps
      self.within = within
    }
    if definition.ignoreCase { ignoreCase = true }
    if !definition.scope.isEmpty {
      scope = Dictionary(uniqueKeysWithValues: definition.scope.expressions.map { ($0.key.rawValue, $0.value) })
    }
    tail = definition.tail
  }

  /// - Throws: `StoreError.unreadableDefinition` for a row that another version has written.
  func definition(of pattern: String) throws(StoreError) -> MatchDefinition {
    let matcher: MatchDefinition.Matcher
    if let match {
      matcher = .match(match)
    } else if let literal {
      matcher = .literal(literal)
    } else if let sequence, let within {
      matcher = .sequence(sequence, within: within)
    } else {
      throw StoreError.unreadableDefinition(pattern)
    }
    var expressions: [Scope.Field: String] = [:]
    for (name, expression) in scope ?? [:] {
      guard let field = Scope.Field(rawValue: name) else { throw StoreError.unreadableDefinition(pattern) }
      expressions[field] = expression
    }
    return MatchDefinition(matcher: matcher, ignoreCase: ignoreCase ?? false, scope: Scope(expressions), tail: tail)
  }

  var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  init(json: String) throws { self = try JSONDecoder().decode(StoredDefinition.self, from: Data(json.utf8)) }
}
