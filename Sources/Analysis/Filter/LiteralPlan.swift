/// The literals of all steps, each once, and which part of each is looked for.
struct LiteralPlan {
  private(set) var keys: [FilterLiteral.Key] = []
  /// The steps that need each of the literals.
  private(set) var steps: [[Int]] = []
  /// Steps that any segment may match, ascending.
  private(set) var always: [Int] = []

  private var indices: [FilterLiteral.Key: Int] = [:]
  private let rarity = GramRarity.typical

  init(_ sets: [LiteralSet]) {
    for (step, set) in sets.enumerated() {
      guard case .literals(let literals) = set, let texts = Self.texts(literals) else {
        always.append(step)
        continue
      }
      for text in texts { add(text.bytes, ignoreCase: text.ignoreCase, step: step) }
    }
  }

  /// What is looked for to find one of the literals; nil if one is too short. At the start of a segment there is a newline before it.
  private static func texts(_ literals: [Literal]) -> [(bytes: [UInt8], ignoreCase: Bool)]? {
    var texts: [(bytes: [UInt8], ignoreCase: Bool)] = []
    // No segment holds a newline, so a literal that does is never the one that is held.
    for literal in literals where !literal.bytes.contains(UInt8(ascii: "\n")) {
      let bytes = literal.anchoredAtStart ? [UInt8(ascii: "\n")] + literal.bytes : literal.bytes
      guard bytes.count >= LiteralFilter.shortest else { return nil }
      texts.append((bytes, literal.ignoreCase))
    }
    return texts
  }

  private mutating func add(_ bytes: [UInt8], ignoreCase: Bool, step: Int) {
    let key = FilterLiteral.Key(Array(part(of: bytes)), ignoreCase: ignoreCase)
    if let index = indices[key] {
      if steps[index].last != step { steps[index].append(step) }
    } else {
      indices[key] = keys.count
      keys.append(key)
      steps.append([step])
    }
  }

  /// Of a literal that is too long to be compared the part around its rarest window.
  private func part(of bytes: [UInt8]) -> ArraySlice<UInt8> {
    guard bytes.count > FilterLiteral.longest else { return bytes[...] }
    let window = rarestWindow(bytes.map { $0 | 0x20 }, width: 8)
    let start = min(max(0, window - (FilterLiteral.longest - 11) / 2), bytes.count - FilterLiteral.longest)
    return bytes[start..<start + FilterLiteral.longest]
  }

  /// Where the four neighbouring q-grams of 4 or 8 bytes begin that are to be expected least often.
  func rarestWindow(_ folded: [UInt8], width: Int) -> Int {
    let fours = (0...folded.count - 4).map { rarity.frequency(folded, at: $0) }
    // An eight is found where both of its halves are.
    let grams = width == 8 ? zip(fours, fours.dropFirst(4)).map { min($0, $1) } : fours
    let costs: [Float] = (0...grams.count - 4).map { start in grams[start..<start + 4].reduce(0, +) }
    return costs.indices.min { costs[$0] < costs[$1] } ?? 0
  }

  /// Likewise of a short literal, of which up to six bytes from there on are looked at.
  func rarestShortWindow(_ folded: [UInt8]) -> Int {
    func cost(_ start: Int) -> Float {
      folded[(start + 4)...].prefix(2).reduce(rarity.frequency(folded, at: start)) { $0 * rarity.frequency(of: $1) }
    }
    return (0...folded.count - 4).min { cost($0) < cost($1) } ?? 0
  }
}
