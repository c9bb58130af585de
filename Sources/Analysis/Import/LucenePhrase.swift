/// A phrase as Lucene's standard analyser takes it: words in their order, whatever stands between them and whatever their case.
///
/// Words are told apart as Unicode's text segmentation says (UAX 29), in the main: letters, digits and `_`, with `.`, `'` and `:` between
/// letters and `.` and `,` between digits.
struct LucenePhrase {
  /// PCRE2, to be matched without regard to case; nil if there is no word in the phrase.
  let expression: String?

  /// - Parameter isPhrase: whether it stood in quotes; else `*` and `?` at the end stand for any characters.
  init(_ text: String, isPhrase: Bool) {
    var words: [String] = []
    var word = ""
    let characters = Array(text)
    for index in characters.indices {
      let character = characters[index]
      if Self.isWord(character) || Self.joins(characters, at: index) {
        word.append(character)
      } else if !word.isEmpty {
        words.append(word)
        word = ""
      }
    }
    if !word.isEmpty { words.append(word) }
    guard !words.isEmpty else {
      expression = nil
      return
    }
    let isPrefix = !isPhrase && text.hasSuffix("*")
    let body = words.map(Self.escaped).joined(separator: #"(?![.':]\w)\W+"#)
    expression = #"(?<!\w)(?<!\w[.':])"# + body + (isPrefix ? #"\w*"# : #"(?!\w)(?![.':]\w)"#)
  }

  private static func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber || character == "_" }

  private static func joins(_ text: [Character], at index: Int) -> Bool {
    guard index > 0, index + 1 < text.count else { return false }
    let (before, after) = (text[index - 1], text[index + 1])
    switch text[index] {
    case ".", "'": return before.isLetter && after.isLetter || before.isNumber && after.isNumber
    case ":": return before.isLetter && after.isLetter
    case ",": return before.isNumber && after.isNumber
    default: return false
    }
  }

  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if #"\^$.[]|()?*+{}#"#.contains(character) { result.append("\\") }
      result.append(character)
    }
  }
}
