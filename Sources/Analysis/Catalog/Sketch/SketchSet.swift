/// The ASCII characters that a class of an expression matches; all others count as one.
struct SketchSet: Equatable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  /// Whether any character beyond ASCII is matched.
  var hasOthers = false

  static let digits = SketchSet("0123456789".utf8)
  static let word = SketchSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_".utf8)
  static let blank = SketchSet(" \t".utf8)
  static let space = SketchSet(" \t\n\u{0B}\u{0C}\r".utf8)
  static let vertical = SketchSet("\n\u{0B}\u{0C}\r".utf8)
  static let notNewline = SketchSet("\n".utf8).inverted

  init() {}
  init(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { insert(byte) }
  }

  mutating func insert(_ byte: UInt8) {
    switch byte {
    case 0..<64: low |= 1 << UInt64(byte)
    case 64..<128: high |= 1 << UInt64(byte - 64)
    default: hasOthers = true
    }
  }

  mutating func formUnion(_ other: SketchSet) {
    low |= other.low
    high |= other.high
    hasOthers = hasOthers || other.hasOthers
  }

  var inverted: SketchSet {
    var result = SketchSet()
    result.low = ~low
    result.high = ~high
    // A class that names a few characters beyond ASCII leaves others out of it.
    result.hasOthers = true
    return result
  }

  func contains(_ byte: UInt8) -> Bool {
    switch byte {
    case 0..<64: low >> UInt64(byte) & 1 == 1
    case 64..<128: high >> UInt64(byte - 64) & 1 == 1
    default: hasOthers
    }
  }

  /// Number of ASCII characters.
  var count: Int { low.nonzeroBitCount + high.nonzeroBitCount }

  /// The only character, if there is just one and it is ASCII.
  var single: UInt8? { count == 1 && !hasOthers ? (0..<128).first(where: contains) : nil }

  /// A few characters of the set as UTF-8, the most ordinary ones first.
  func samples(_ limit: Int) -> [[UInt8]] {
    let preferred = Array("a0 A/.=_-:,".utf8)
    let others = (UInt8(33)..<127).filter { !preferred.contains($0) } + [9, 10]
    let ascii = (preferred + others).filter(contains).prefix(limit).map { [$0] }
    return ascii.isEmpty && hasOthers ? [Array("é".utf8)] : Array(ascii)
  }
}
