/// Cuts text to what GitHub takes, where it would refuse the whole request otherwise.
enum BoundedText {
  /// At most so many UTF-16 units, which are never fewer than GitHub counts as characters. What is cut ends in an ellipsis.
  static func characters(_ text: String, atMost most: Int) -> String {
    guard text.utf16.count > most else { return text }
    var cut = ""
    var length = 1
    for character in text {
      length += character.utf16.count
      if length > most { break }
      cut.append(character)
    }
    return cut + "…"
  }

  /// At most so many bytes of UTF-8. What is cut ends in an ellipsis.
  static func bytes(_ text: String, atMost most: Int) -> String {
    guard text.utf8.count > most else { return text }
    var end = text.utf8.index(text.utf8.startIndex, offsetBy: most - 3)
    // Back to where a character begins.
    while end.samePosition(in: text) == nil { end = text.utf8.index(before: end) }
    return text[..<end] + "…"
  }
}
