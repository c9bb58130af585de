import Foundation

/// Expressions that `rg` reads as PCRE2 does, or nearly.
enum RgExpressions {
  /// The first so many of those that `rg` takes.
  ///
  /// Its own engine knows neither look-around nor back-references. Counted repetitions of classes make its automaton so large that it
  /// takes minutes; without them the comparison is fair to it.
  static func accepted(_ expressions: [String], count: Int, folder: URL) -> [String] {
    let unknown = ["{", "(?<", "(?=", "(?!", "(?>"]
    let candidates = expressions.filter { expression in !unknown.contains { expression.contains($0) } }
    var found: [String] = []
    var from = 0
    while found.count < count, from < candidates.count {
      let to = min(from + count - found.count, candidates.count)
      found += accepted(candidates[from..<to], file: folder.appending(path: "probe"))
      from = to
    }
    return found
  }

  /// Tried all at once, and halves of them where that fails.
  private static func accepted(_ expressions: ArraySlice<String>, file: URL) -> [String] {
    let isAccepted = ["--unicode", "--no-unicode"].allSatisfy { characters in
      (try? write(Array(expressions), to: file)) != nil
        && (try? Clocks.process(["rg", "--no-config", characters, "-f", file.path, "/dev/null"])) != nil
    }
    if isAccepted { return Array(expressions) }
    guard expressions.count > 1 else { return [] }
    let middle = expressions.startIndex + expressions.count / 2
    return accepted(expressions[..<middle], file: file) + accepted(expressions[middle...], file: file)
  }

  /// One on each line. Possessive repetition, which `rg` doesn't know, finds the same as greedy in nearly all of these.
  static func write(_ expressions: [String], to file: URL) throws {
    try Data(expressions.map { forRg($0) + "\n" }.joined().utf8).write(to: file)
  }

  private static func forRg(_ expression: String) -> String {
    var text = expression
    for quantifier in ["+", "*", "?"] { text = text.replacingOccurrences(of: "\(quantifier)+", with: quantifier) }
    return text.replacingOccurrences(of: "[^\\n]", with: ".").replacingOccurrences(of: "\\n", with: "")
  }
}
