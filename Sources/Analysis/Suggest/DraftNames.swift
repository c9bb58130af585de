/// Names and titles for pattern files that nobody has named yet.
enum DraftNames {
  /// A file's name made of words: `no-space-left-on-device`.
  static func slug(_ text: String) -> String {
    let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    var name = ""
    for word in words where name.count + word.count < 50 { name += (name.isEmpty ? "" : "-") + word }
    return name.isEmpty ? "failure" : name
  }

  /// A line as a title: without the marks that only say that it is an error, without a colon after which nothing stands, and without what
  /// a bracket opens and nothing closes, as where an expression ends before its line does.
  static func title(_ line: String) -> String {
    var rest = line[...]
    var isMarked = true
    while isMarked {
      isMarked = false
      let word = rest.drop { !$0.isLetter }
      for mark in ["error", "fatal"] where word.lowercased().hasPrefix(mark) {
        let after = word.dropFirst(mark.count)
        guard let end = after.first, end == ":" || end == "]" else { continue }
        (rest, isMarked) = (after, true)
      }
    }
    rest = rest.drop { ":] >*-|•✘✗×\t".contains($0) }
    rest = withoutOpenEnd(rest)
    while let last = rest.last, last == ":" || last == "," || last.isWhitespace { rest.removeLast() }
    // What is left must say something.
    return LineTemplate.words(in: String(rest)).count > 1 ? String(rest) : line
  }

  private static func withoutOpenEnd(_ text: Substring) -> Substring {
    let closing: [Character: Character] = ["(": ")", "[": "]", "{": "}"]
    var open: [(closing: Character, at: Substring.Index)] = []
    for index in text.indices {
      if let closing = closing[text[index]] {
        open.append((closing, index))
      } else if let place = open.lastIndex(where: { $0.closing == text[index] }) {
        open.removeSubrange(place...)
      }
    }
    return open.first.map { text[..<$0.at] } ?? text
  }

  /// The wish, or with a number behind it if it is taken.
  static func unused(_ wish: String, in taken: Set<String>, joint: String, _ form: (String) -> String) -> String {
    var number = 1
    var result = wish
    while taken.contains(form(result)) {
      number += 1
      result = "\(wish)\(joint)\(number)"
    }
    return result
  }
}
