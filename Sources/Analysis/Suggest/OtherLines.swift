/// Real lines that the misses of drafts are taken from, with the words by which they are compared: for hundreds of drafts, these are taken
/// out of a line once.
package struct OtherLines: Sendable {
  let texts: [String]
  private let stems: [Set<Substring>]

  package init(_ texts: [String]) {
    self.texts = texts
    stems = texts.map(Self.stems)
  }

  /// Their places, those first that look most like a line; where some have a word in common with it, only these.
  func places(like line: String) -> [Int] {
    let words = Self.stems(of: line)
    let alike = stems.map { stems in
      // Of two lines with as much in common the one with less besides; small words are in any line.
      let common = stems.intersection(words).reduce(0) { $0 + ($1.count >= 4 ? 3 : 1) }
      return common == 0 ? 0 : 100 * common / (words.count + stems.count)
    }
    let best = alike.max() ?? 0
    return texts.indices.filter { best == 0 || alike[$0] > 0 }
      .sorted { alike[$0] == alike[$1] ? $0 < $1 : alike[$0] > alike[$1] }
  }

  /// The beginnings of a line's words: a word in another form is the same.
  private static func stems(of line: String) -> Set<Substring> {
    Set(LineTemplate.words(in: line.lowercased()).map { $0.prefix(5) })
  }
}
