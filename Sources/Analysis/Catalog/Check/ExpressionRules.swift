import PCRE2

/// What can be said of an expression by itself: whether it matches nothing in particular, and whether it can be searched fast.
enum ExpressionRules {
  /// Text shorter than this is worth a warning; in bytes. Of text that the filter can't search by either, but of this length, it is told
  /// by `patterns explain` only: the lines that hold it are few.
  private static let shortestText = 3

  static func check(_ expression: CheckedExpression, _ log: inout WarningLog) {
    guard !matchesEmpty(expression.regex) else {
      log.warn(
        expression.field, "can match the empty line",
        "it then says nothing about the line it finds; make a part of it mandatory")
      return
    }
    let length = expression.literals.literals.map(\.bytes.count).min() ?? 0
    guard expression.isFirst, !expression.literals.isSearchable, length < shortestText else { return }
    let what =
      length == 0
      ? "has no text that is known to be in every match"
      : "needs no more than \(length) byte\(length == 1 ? "" : "s") of text in a row"
    log.warn(
      expression.field, "\(what), so it is tried on every line, which is slow",
      "add \(shortestText) or more literal characters that the line always has")
  }

  static func matchesEmpty(_ regex: Regex) -> Bool {
    var matcher = Matcher(mostCaptures: regex.captureCount, matchLimit: ScanLimits().matchLimit)
    let outcome = [UInt8]().withUnsafeBytes { matcher.firstMatch(of: regex, in: $0, from: 0) }
    return outcome != .noMatch
  }
}
