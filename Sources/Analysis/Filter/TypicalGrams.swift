/// How often each four bytes, and what is made of them, occur in `TypicalText`. Both estimates ask it: `LiteralRarity` takes what it says
/// where that is more, `GramRarity` adds it.
///
/// A trivial value on purpose, as any number of threads ask it for thousands of literals.
struct TypicalGrams: Sendable {
  static let counted = TypicalGrams(Array(TypicalText.lines.utf8))

  /// As they stand, and folded.
  private let exact: GramCounts
  private let folded: GramCounts
  /// What one occurrence is per byte.
  private let one: Double

  private init(_ text: [UInt8]) {
    exact = GramCounts(text)
    folded = GramCounts(text.map { $0 | 0x20 })
    one = 1 / Double(text.count)
  }

  /// How often the text holds four folded bytes, the first lowest, per byte.
  func frequency(folded gram: UInt32) -> Double { Double(folded[gram]) * one }

  /// How often the text may hold a literal, per byte: as often as the rarest four bytes of it; 0 if any four of them are nowhere.
  func frequency(of literal: Literal) -> Double {
    let grams = literal.ignoreCase ? folded : exact
    let fold: UInt8 = literal.ignoreCase ? 0x20 : 0
    var least = UInt32.max
    var gram: UInt32 = 0
    var count = 0
    func take(_ byte: UInt8) {
      gram = gram >> 8 | UInt32(byte | fold) << 24
      count += 1
      if count >= 4 { least = min(least, grams[gram]) }
    }
    if literal.anchoredAtStart { take(UInt8(ascii: "\n")) }
    for byte in literal.bytes where least > 0 { take(byte) }
    return count >= 4 ? Double(least) * one : 0
  }
}
