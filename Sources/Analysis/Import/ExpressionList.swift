/// An expression on each line. Empty lines and those that begin with `#` mean nothing.
enum ExpressionList {
  static func read(_ text: String, file: String, dialect: Dialect) -> [ForeignReading] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasSuffix("\r") ? line.dropLast() : line
    }
    return lines.indices.compactMap { index in
      let line = String(lines[index])
      guard !line.allSatisfy(\.isWhitespace), !line.hasPrefix("#") else { return nil }
      return .rule(
        ForeignRule(origin: "\(file):\(index + 1)", title: "Found: \(line)", steps: [.init(expression: line)], dialect: dialect))
    }
  }
}
