import FuzzSupport

/// Makes expressions and lines for them to match.
struct ScanGrammar {
  /// Whether a match may be of any length. Without, none is longer than a few dozen characters.
  var isUnbounded = true
  /// Letters of the expressions and of the lines.
  private static let letters = ["a", "b", "c", "é", "€", " ", ".", "k", "ſ", "1", "😀"]

  func expression(_ random: inout SplitMix64) -> String {
    var text = alternation(&random, depth: 2)
    if random.once(in: 8) { text = random.pick(["(?i)", "(?s)", "(?x)", "(?U)", "(?m)"]) + text }
    if random.once(in: 12) { text = "^" + text }
    if random.once(in: 12) { text += "$" }
    if isUnbounded, random.once(in: 10) { text = ".*" + text }
    return text
  }

  private func alternation(_ random: inout SplitMix64, depth: Int) -> String {
    (0...random.pick([0, 0, 0, 0, 1])).map { _ in sequence(&random, depth: depth) }.joined(separator: "|")
  }

  private func sequence(_ random: inout SplitMix64, depth: Int) -> String {
    (0...random.below(depth + 1)).map { _ in item(&random, depth: depth) }.joined()
  }

  private func item(_ random: inout SplitMix64, depth: Int) -> String {
    let atom = atom(&random, depth: depth)
    guard random.once(in: 3) else { return atom }
    let bounded = ["?", "{2}", "{1,3}", "{0,2}"]
    let quantifier = random.pick(isUnbounded ? bounded + ["*", "+", "*", "+", "{2,}"] : bounded)
    return "(?:\(atom))" + quantifier + random.pick(["", "", "?", "+"])
  }

  private func atom(_ random: inout SplitMix64, depth: Int) -> String {
    let letter = random.pick(["a", "b", "c", "é", "€", "k", "ſ", "1", "😀"])
    switch random.below(depth > 0 ? 18 : 9) {
    case 0...4: return letter
    case 5:
      return random.pick([
        ".", "\\w", "\\d", "\\s", "\\W", "\\S", "\\N", "\\h", "\\X", "\\R", "\\p{L}", "[^a]", "[ab€]", "[[:alpha:]]", "\\.",
      ])
    case 6: return random.pick(["\\b", "\\B", "\\b"])
    case 7: return random.pick(["(?<=a)", "(?<!b)", "(?<=€|é)", "(?<=\\w)", "(?<!^)", "(?<=ab.)"])
    case 8: return random.pick(["(?=a)", "(?!b)", "(?=.b)", "(?=\\w)", "(?!$)", "(?!.?c)"])
    case 9...11: return "(" + alternation(&random, depth: depth - 1) + ")"
    case 12: return "(?:" + alternation(&random, depth: depth - 1) + ")"
    case 13: return "(?>" + alternation(&random, depth: depth - 1) + ")"
    case 14: return "(" + letter + ")" + alternation(&random, depth: 0).replacing("|", with: "") + "\\g{-1}"
    case 15: return "(?<n\(random.below(1_000_000))>" + sequence(&random, depth: depth - 1) + ")"
    case 16: return letter + "\\K" + sequence(&random, depth: 0)
    default: return isUnbounded ? random.pick(["^", "$", "(?i:K)", "\\z", "\\A"]) : random.pick(["^", "$", "(?i:K)"])
    }
  }

  /// Bytes without line ends and escapes, now and then such that are no UTF-8.
  func line(_ random: inout SplitMix64, tokens: Int, filler: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    let mayBeInvalid = random.once(in: 3)
    for _ in 0..<tokens {
      if filler > 0 { bytes += Array(repeating: 0x78, count: random.below(filler)) }
      if mayBeInvalid, random.once(in: 6) {
        bytes += random.pick([[0x80], [0xFF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xC3], [0x00], [0xF5, 0x80, 0x80]])
      } else {
        bytes += Array(random.pick(Self.letters).utf8)
      }
    }
    return bytes
  }
}
