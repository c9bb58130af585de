/// A rough picture of an expression: enough to say what every match must contain, how it ends, and which texts might make it
/// backtrack. What PCRE2 accepts beyond that picture is `unknown`, about which nothing is ever claimed.
indirect enum ExpressionSketch: Equatable {
  /// One character, as UTF-8.
  case character([UInt8])
  case set(SketchSet)
  /// Matches without a character: `^`, `\b`, an option.
  case empty
  case unknown
  case sequence([ExpressionSketch])
  case choice([ExpressionSketch])
  /// A group with its capture's number and name; both nil if it captures nothing.
  case group(ExpressionSketch, number: Int?, name: String?)
  case lookaround(ExpressionSketch, isPositive: Bool, isBehind: Bool)
  /// What a group has captured, by its number or name.
  case reference(String)
  /// `most` is nil where there is no upper bound.
  case repetition(ExpressionSketch, least: Int, most: Int?)

  /// - Parameter expression: one that PCRE2 has compiled.
  init(_ expression: String) {
    var parser = SketchParser(expression)
    self = parser.parse()
  }

  /// The sketch of a plain string.
  init(literal text: String) {
    self = .sequence(text.unicodeScalars.map { .character(Array(String($0).utf8)) })
  }

  /// Whether every match contains a line feed.
  var needsNewline: Bool { needs(UInt8(ascii: "\n")) }

  /// Whether every match contains a character of ASCII, or looks at one beside it.
  func needs(_ byte: UInt8) -> Bool {
    switch self {
    case .character(let bytes): bytes == [byte]
    case .set(let set): set.single == byte
    case .empty, .unknown, .reference: false
    case .sequence(let parts): parts.contains { $0.needs(byte) }
    case .choice(let branches): branches.allSatisfy { $0.needs(byte) }
    case .group(let body, _, _): body.needs(byte)
    case .lookaround(let body, let isPositive, _): isPositive && body.needs(byte)
    case .repetition(let body, let least, _): least > 0 && body.needs(byte)
    }
  }

  /// Whether a match may have no character, as far as can be seen.
  var mayBeEmpty: Bool {
    switch self {
    case .character, .set: false
    case .empty, .unknown, .reference, .lookaround: true
    case .sequence(let parts): parts.allSatisfy(\.mayBeEmpty)
    case .choice(let branches): branches.contains(where: \.mayBeEmpty)
    case .group(let body, _, _): body.mayBeEmpty
    case .repetition(let body, let least, _): least == 0 || body.mayBeEmpty
    }
  }

  /// How the expression ends in an unbounded run of any characters, if it does.
  enum OpenEnd: Equatable {
    case none
    /// `.*` and the like, with the captures that it is the end of.
    case open(captures: [String])
  }

  /// Whether every match runs on to wherever the line ends: `.*`, `.+`, `[^\n]*` at the end, also before a `$`.
  var openEnd: OpenEnd {
    switch self {
    case .sequence(let parts):
      return parts.last { $0 != .empty }?.openEnd ?? .none
    case .group(let body, let number, let name):
      guard case .open(let captures) = body.openEnd else { return .none }
      return .open(captures: captures + [number.map(String.init), name].compactMap(\.self))
    case .repetition(.set(let set), _, nil):
      return set.isAlmostAll ? .open(captures: []) : .none
    default:
      return .none
    }
  }
}

extension SketchSet {
  /// Whether it matches whatever a line may hold, or nearly so.
  fileprivate var isAlmostAll: Bool { hasOthers && (32..<127).allSatisfy(contains) }
}
