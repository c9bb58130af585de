import Model
import Yams

extension PatternReader {
  /// An entry of a list, with its line.
  struct ListItem {
    let value: String
    let line: Int?
  }

  /// The fields of a mapping by name; those that aren't known are reported.
  mutating func fields(
    of mapping: Node.Mapping, path: String?, known: [String], synonyms: [String: String] = [:]
  ) -> [String: Node] {
    var fields: [String: Node] = [:]
    for (key, value) in mapping {
      let name = key.scalar?.string ?? ""
      let full = path.map { "\($0).\(name)" } ?? name
      guard known.contains(name) else {
        let nearest = synonyms[name.lowercased()] ?? NearestName.of(name, among: known)
        let hint = nearest.map { "did you mean `\($0)`?" } ?? "known are " + known.sorted().joined(separator: ", ")
        report(key.line, path, "unknown field \(OneLine.quoted(name))", hint)
        continue
      }
      note(key.line, of: full)
      fields[name] = value
    }
    return fields
  }

  /// A text as it is written, whatever other types YAML would see in it. Empty ones are reported.
  mutating func text(_ node: Node?, _ field: String) -> String? {
    guard let node else { return nil }
    guard let scalar = node.scalar else {
      report(node.line, field, "must be a text, not a \(node.kind)")
      return nil
    }
    guard !scalar.string.allSatisfy(\.isWhitespace), !scalar.isNull else {
      report(node.line, field, "is empty", "give it a value or leave the field out")
      return nil
    }
    return scalar.string
  }

  mutating func integer(_ node: Node?, _ field: PatternField, in range: ClosedRange<Int>) -> Int? {
    guard let node, let word = text(node, field.rawValue) else { return nil }
    let expected = "write a whole number from \(range.lowerBound) to \(range.upperBound)"
    let digits = word.first == "-" ? word.dropFirst() : word[...]
    guard node.scalar?.style == .plain, !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }),
      digits == "0" || digits.first != "0"
    else {
      let isQuoted = node.scalar?.style != .plain
      report(
        node.line, field.rawValue, "is not a whole number: \(OneLine.quoted(word))",
        isQuoted ? expected + ", without quotes" : expected)
      return nil
    }
    guard let value = Int(word), range.contains(value) else {
      report(node.line, field.rawValue, "is out of range: \(OneLine.quoted(word))", expected)
      return nil
    }
    return value
  }

  /// False if the field isn't there.
  mutating func boolean(_ node: Node?, _ field: PatternField) -> Bool {
    guard let node, let word = text(node, field.rawValue) else { return false }
    guard node.scalar?.style == .plain, word == "true" || word == "false" else {
      report(node.line, field.rawValue, "is neither true nor false: \(OneLine.quoted(word))", "write true or false, without quotes")
      return false
    }
    return word == "true"
  }

  /// A list of texts; empty if the field isn't there.
  mutating func list(_ node: Node?, _ field: String) -> [ListItem] {
    guard let node else { return [] }
    guard let sequence = node.sequence else {
      let example = node.scalar.map { "[\(OneLine.of($0.string, atMost: 40))]" } ?? "[one, two]"
      report(node.line, field, "must be a list, not a \(node.kind)", "write \(example)")
      return []
    }
    if sequence.isEmpty { report(node.line, field, "is empty", "give it an entry or leave the field out") }
    var items: [ListItem] = []
    for entry in sequence {
      guard let value = text(entry, field) else { continue }
      if items.contains(where: { $0.value == value }) {
        report(entry.line, field, "names \(OneLine.quoted(value)) twice")
      }
      items.append(ListItem(value: value, line: entry.line))
    }
    return items
  }
}

extension Node {
  var line: Int? { mark?.line }

  /// What the node is, in words for an author.
  var kind: String {
    switch self {
    case .scalar: "text"
    case .mapping: "mapping"
    case .sequence: "list"
    case .alias: "alias"
    }
  }
}

extension Node.Mapping {
  var line: Int? { mark?.line }
}

extension Node.Scalar {
  /// Whether YAML would take it for no value at all.
  var isNull: Bool { style == .plain && ["", "~", "null", "Null", "NULL"].contains(string) }
}
