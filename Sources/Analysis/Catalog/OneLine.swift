/// Text made fit for one line: of a terminal, a status, a heading.
enum OneLine {
  /// Replaces each run of white space and control characters by one space and takes it off both ends.
  static func of(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var gap = false
    for scalar in text.unicodeScalars {
      if scalar.properties.isWhitespace || scalar.properties.generalCategory == .control {
        gap = !result.isEmpty
        continue
      }
      if gap { result.append(" ") }
      gap = false
      result.append(scalar)
    }
    return String(result)
  }

  /// The same, cut to so many characters with an ellipsis as the last one.
  static func of(_ text: String, atMost limit: Int) -> String {
    let whole = of(text)
    guard whole.count > limit else { return whole }
    return whole.prefix(limit - 1) + "…"
  }

  /// A piece of a file, quoted for a message and cut to a length that leaves the message readable.
  static func quoted(_ text: String) -> String { "`\(of(text, atMost: 60))`" }
}
