/// Estimates how often four bytes occur in a log, so that of each literal the part can be looked for that is found in vain least often:
/// `LiteralPlan`, `ShortClasses` and `FurtherTexts` ask it. Which literals there are was decided before, by `LiteralRarity`.
///
/// What is typical is counted in `TypicalText`: bytes and pairs of them here, four at a time by `TypicalGrams`. An estimate that is wrong
/// costs time and changes no finding.
struct GramRarity: Sendable {
  static let typical = GramRarity(of: Array(TypicalText.lines.utf8))

  /// How often each byte occurs, of 1 in all, and how often it follows the byte before it.
  private var bytes = [Float](repeating: 0, count: 256)
  private var pairs = [Float](repeating: 0, count: 256 * 256)

  init(of text: [UInt8]) {
    let folded = text.map { $0 | 0x20 }
    for index in 0..<max(0, folded.count - 3) {
      bytes[Int(folded[index])] += 1
      pairs[Int(folded[index]) << 8 | Int(folded[index + 1])] += 1
    }
    let all = Float(max(1, folded.count))
    for first in 0..<256 {
      let count = bytes[first]
      bytes[first] = (count + 0.5) / (all + 128)
      for second in 0..<256 { pairs[first << 8 | second] = pairs[first << 8 | second] / (count + 1) }
    }
    // Pairs that the text lacks get a little of their second byte's frequency.
    for first in 0..<256 {
      for second in 0..<256 { pairs[first << 8 | second] = 0.9 * pairs[first << 8 | second] + 0.1 * bytes[second] }
    }
  }

  /// How often the four folded bytes from `start` on are to be expected, per byte of a log.
  func frequency(_ folded: [UInt8], at start: Int) -> Float {
    var chain = bytes[Int(folded[start])]
    for index in start..<start + 3 { chain *= pairs[Int(folded[index]) << 8 | Int(folded[index + 1])] }
    return chain + Float(TypicalGrams.counted.frequency(folded: GramCounts.gram(folded[start..<start + 4])))
  }

  /// How often a byte is to be expected.
  func frequency(of byte: UInt8) -> Float { bytes[Int(byte | 0x20)] }
}
