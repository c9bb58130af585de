/// An expression of Java that is looked for in a whole log, `.` standing for line breaks, too: taken apart into expressions for single
/// lines.
struct SpanningExpression {
  private enum Joint { case anything, lineBreak }

  /// The parts between the joints, and the joints.
  private var parts = [""]
  private var joints: [Joint] = []

  /// Lines within which the Build Failure Analyzer finds what spans several, at about 100 bytes a line.
  private static let window = 50

  init(_ expression: String) throws(ImportRefusal) {
    var rest = expression[...]
    var depth = 0
    func take(_ texts: [String]) -> Bool {
      guard depth == 0, let text = texts.first(where: { rest.hasPrefix($0) }) else { return false }
      rest.removeFirst(text.count)
      return true
    }
    while let character = rest.first {
      if take([#"\r?\n"#, #"\r\n"#, #"\n"#, #"\R"#]) {
        add(.lineBreak)
      } else if take([#"[\s\S]*?"#, #"[\s\S]*"#, ".*?", ".*"]) {
        add(.anything)
      } else if character == "\\" {
        parts[parts.count - 1] += rest.prefix(2)
        rest = rest.dropFirst(2)
      } else if character == "[" {
        // A class is taken whole, so that nothing in it is taken for a joint.
        guard let end = rest.dropFirst().firstIndex(of: "]") else { throw ImportRefusal("[ is not closed") }
        parts[parts.count - 1] += rest[...end]
        rest = rest[rest.index(after: end)...]
      } else {
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        if character == "|", depth == 0 { throw ImportRefusal("it has a choice of texts that span lines") }
        parts[parts.count - 1].append(character)
        rest.removeFirst()
      }
    }
  }

  private mutating func add(_ joint: Joint) {
    joints.append(joint)
    parts.append("")
  }

  /// - Throws: `ImportRefusal` if it can't be told by lines.
  func rules(from rule: ForeignRule) throws(ImportRefusal) -> [ForeignRule] {
    var rule = rule
    if parts.contains(where: { $0.contains(#"\s"#) }) { rule.notes.append(#"\s stands for white space within a line only"#) }
    // What may be anything at the ends says nothing.
    var (parts, joints) = (parts, joints)
    while joints.first == .anything, parts[0].isEmpty { parts.removeFirst(); joints.removeFirst() }
    while joints.last == .anything, parts[parts.count - 1].isEmpty { parts.removeLast(); joints.removeLast() }
    guard !joints.isEmpty else {
      var result = rule
      result.steps = [.init(expression: parts[0])]
      return [result]
    }
    guard joints.allSatisfy({ $0 == joints[0] }), !parts.contains("") else {
      throw ImportRefusal("it spans lines in a way that can't be told by single lines")
    }
    var lines = rule
    if joints[0] == .lineBreak {
      lines.steps = parts.indices.map { index in
        .init(expression: (index == 0 ? "" : "^") + parts[index] + (index == parts.count - 1 ? "" : "$"))
      }
      lines.within = parts.count
      return [lines]
    }
    // The same may stand on one line or on several.
    var line = rule
    line.steps = [.init(expression: parts.joined(separator: ".*"))]
    lines.steps = parts.map { .init(expression: $0) }
    lines.within = Self.window
    lines.title += " (on several lines)"
    lines.notes.append("its parts must lie within \(Self.window) lines, each on a later line than the one before")
    return [line, lines]
  }
}
