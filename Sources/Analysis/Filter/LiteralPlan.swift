/// The literals of all steps, each once, which part of each is looked for, and how.
///
/// `LiteralFilter` makes its tables of it, and `patterns explain` tells what it says.
struct LiteralPlan {
  private(set) var keys: [FilterLiteral.Key] = []
  /// The steps that need each of the literals.
  private(set) var steps: [[Int]] = []
  /// Steps that any segment may match, ascending.
  private(set) var always: [Int] = []
  /// Whether literals that are long enough are looked for by 8-grams, which are found in vain less often and take longer to look up.
  private(set) var usesEights = false

  private var indices: [FilterLiteral.Key: Int] = [:]
  private let rarity = GramRarity.typical

  /// Of positions next to each other the kernels look at one in so many, so they find one of as many q-grams next to each other.
  static let stride = 4
  /// From so many literals on that can be, these are looked for by 8-grams.
  private static let manyLiterals = 100

  /// - Parameter sets: for each step, in their order.
  init(_ sets: [LiteralSet]) {
    for (step, set) in sets.enumerated() {
      guard set.isSearchable else {
        always.append(step)
        continue
      }
      for literal in set.literals where literal.fitsSegment { add(key(of: literal), step: step) }
    }
    usesEights = keys.count { Self.fitsEights($0) } >= Self.manyLiterals
  }

  private mutating func add(_ key: FilterLiteral.Key, step: Int) {
    if let index = indices[key] {
      if steps[index].last != step { steps[index].append(step) }
    } else {
      indices[key] = keys.count
      keys.append(key)
      steps.append([step])
    }
  }

  /// What of a literal is compared: of one that is too long the part around its rarest window.
  private func key(of literal: Literal) -> FilterLiteral.Key {
    let bytes = literal.searchedBytes
    guard bytes.count > FilterLiteral.longest else { return FilterLiteral.Key(bytes, ignoreCase: literal.ignoreCase) }
    let window = rarestWindow(bytes.map { $0 | 0x20 }, width: 8)
    let start = min(max(0, window - (FilterLiteral.longest - 11) / 2), bytes.count - FilterLiteral.longest)
    return FilterLiteral.Key(Array(bytes[start..<start + FilterLiteral.longest]), ignoreCase: literal.ignoreCase)
  }

  // MARK: - Ways to look for a literal

  /// How each literal of a set is looked for.
  func searches(_ set: LiteralSet) -> [LiteralSearch] {
    set.literals.map { literal in
      guard literal.fitsSegment else { return LiteralSearch(tier: .never, window: []) }
      guard set.isSearchable else { return LiteralSearch(tier: .everyLine, window: []) }
      let key = key(of: literal)
      return LiteralSearch(tier: tier(of: key), window: Array(key.bytes[window(of: key)]))
    }
  }

  /// `eights`, `fours` or `short`.
  func tier(of key: FilterLiteral.Key) -> LiteralSearch.Tier {
    if usesEights, Self.fitsEights(key) { return .eights }
    return key.bytes.count >= 4 + Self.stride - 1 ? .fours : .short
  }

  private static func fitsEights(_ key: FilterLiteral.Key) -> Bool { key.bytes.count >= 8 + stride - 1 }

  /// The part of a literal that is looked for. The tables hold its first four q-grams, or the first one if the literal is short.
  func window(of key: FilterLiteral.Key) -> Range<Int> {
    let folded = key.folded
    let tier = tier(of: key)
    guard tier != .short else { return rarestShortWindow(folded)..<folded.count }
    let width = tier == .eights ? 8 : 4
    let start = rarestWindow(folded, width: width)
    return start..<start + width + Self.stride - 1
  }

  /// Where the four neighbouring q-grams of 4 or 8 bytes begin that are to be expected least often.
  private func rarestWindow(_ folded: [UInt8], width: Int) -> Int {
    let fours = (0...folded.count - 4).map { rarity.frequency(folded, at: $0) }
    // An eight is found where both of its halves are.
    let grams = width == 8 ? zip(fours, fours.dropFirst(4)).map { min($0, $1) } : fours
    let costs: [Float] = (0...grams.count - Self.stride).map { start in grams[start..<start + Self.stride].reduce(0, +) }
    return costs.indices.min { costs[$0] < costs[$1] } ?? 0
  }

  /// Likewise of a short literal, of which up to six bytes from there on are looked at.
  private func rarestShortWindow(_ folded: [UInt8]) -> Int {
    func cost(_ start: Int) -> Float {
      folded[(start + 4)...].prefix(2).reduce(rarity.frequency(folded, at: start)) { $0 * rarity.frequency(of: $1) }
    }
    return (0...folded.count - 4).min { cost($0) < cost($1) } ?? 0
  }
}
