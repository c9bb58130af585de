/// A name that people outside chose, such as whoever opens a pull request: of a job, a step, a branch. It is bounded, and holds no character that moves a cursor or that
/// PostgreSQL can't keep.
struct OutsideName: Decodable, Sendable, Hashable {
  /// Most bytes of UTF-8.
  static let longest = 1_000

  let text: String

  init(_ text: String, atMost most: Int = Self.longest) {
    var bounded = ""
    var bytes = 0
    for scalar in text.unicodeScalars {
      let shown: Unicode.Scalar = scalar.properties.generalCategory == .control ? " " : scalar
      bytes += String(shown).utf8.count
      guard bytes <= most else { break }
      bounded.unicodeScalars.append(shown)
    }
    self.text = bounded
  }

  init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
}
