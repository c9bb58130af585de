/// Makes names that a stranger chose fit for terminals, pages and log lines.
package enum DisplayName {
  /// Longest name of an archive's member, in bytes of UTF-8.
  package static let longestMember = 255

  /// Escapes what could move a cursor or turn the reading direction, and cuts the rest short.
  ///
  /// Control and format characters (those that order text in two directions are among them) and line and paragraph
  /// separators become `\u{…}`, bytes that are no UTF-8 become U+FFFD. What is cut ends in `…`.
  /// - Parameter longest: most bytes of the result, at least 3.
  package static func sanitised(_ bytes: some Collection<UInt8>, longest: Int = longestMember) -> String {
    var result = ""
    var length = 0
    /// Where to cut if it gets too long: the last place that leaves room for the mark.
    var roomForMark = ""
    let mark = "…"
    var decoder = UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    while true {
      let piece: String
      switch decoder.parseScalar(from: &iterator) {
      case .valid(let encoded): piece = shown(UTF8.decode(encoded))
      case .error(let count):
        piece = String(repeating: "\u{FFFD}", count: count)
      case .emptyInput: return result
      }
      length += piece.utf8.count
      guard length <= longest else { return roomForMark + mark }
      result += piece
      if length <= longest - mark.utf8.count { roomForMark = result }
    }
  }

  private static func shown(_ scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      "\\u{\(String(scalar.value, radix: 16))}"
    default:
      String(scalar)
    }
  }
}
