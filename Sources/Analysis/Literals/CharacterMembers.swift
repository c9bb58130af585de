/// The characters that one position of an expression may hold, while they are few.
struct CharacterMembers {
  /// Each once, in no particular order; meaningless if there are too many.
  private var scalars: Set<UInt32> = []
  /// Whether it is just any character.
  private(set) var isWide = false

  /// More make more literals than a filter would like to look for.
  private static let most = 12

  mutating func insert(_ scalar: Unicode.Scalar) {
    guard !isWide else { return }
    scalars.insert(scalar.value)
    // Letters in both cases count once where case is ignored.
    if scalars.count > 2 * Self.most { widen() }
  }

  mutating func insert(_ range: ClosedRange<UInt32>) {
    guard range.count <= 2 * Self.most else { return widen() }
    for value in range {
      // Surrogates are no characters.
      if let scalar = Unicode.Scalar(value) { insert(scalar) }
    }
  }

  mutating func insert(_ text: StaticString) {
    text.withUTF8Buffer { for byte in $0 { insert(Unicode.Scalar(byte)) } }
  }

  mutating func widen() {
    isWide = true
    scalars = []
  }

  /// Where case is ignored, PCRE2 knows more than two cases of k, whose third is the Kelvin sign, and s, whose third is the
  /// long s (brute force over all code points finds no other letter of ASCII), and all sorts of them outside of ASCII.
  func tree(ignoreCase: Bool, spellsOutPartners: Bool) -> ExpressionTree {
    guard !isWide else { return .anything }
    var texts: Set<[UInt8]> = []
    for value in scalars {
      guard ignoreCase else {
        texts.insert(Array(String(Character(Unicode.Scalar(value)!)).utf8))
        continue
      }
      guard value < 0x80 else { return .anything }
      let byte = UInt8(value).asciiLowercased
      texts.insert([byte])
      guard let partner = Self.partner(of: byte) else { continue }
      guard spellsOutPartners else { return .anything }
      texts.insert(Array(partner.utf8))
    }
    guard texts.count <= Self.most else { return .anything }
    let sorted = texts.sorted { $0.lexicographicallyPrecedes($1) }
    let choices = sorted.map { ExpressionTree.text($0, ignoreCase: ignoreCase && $0.count == 1 && $0[0].isASCIILetter) }
    // Of nothing to choose from there is no match, but that is not for this parser to say.
    return choices.isEmpty ? .anything : choices.count == 1 ? choices[0] : .choice(choices)
  }

  private static func partner(of letter: UInt8) -> String? {
    switch letter {
    case UInt8(ascii: "k"): "\u{212A}"
    case UInt8(ascii: "s"): "\u{17F}"
    default: nil
    }
  }
}
