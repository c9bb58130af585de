/// Shows where in an expression something is wrong.
enum ExpressionExcerpt {
  /// A few characters on both sides of a byte offset, with an arrow between them.
  static func around(_ offset: Int, in expression: String) -> String {
    let bytes = Array(expression.utf8)
    let at = min(max(0, offset), bytes.count)
    let before = String(decoding: bytes[..<at], as: UTF8.self)
    let after = String(decoding: bytes[at...], as: UTF8.self)
    let start = before.count > 24 ? "…" + before.suffix(24) : before
    let end = after.count > 12 ? after.prefix(12) + "…" : after
    return "here: `\(start)` ▸ `\(end)`"
  }
}
