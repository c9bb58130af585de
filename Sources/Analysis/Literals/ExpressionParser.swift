/// Reads an expression of PCRE2 10.30 and later into a tree that matches whatever the expression can match.
///
/// It need not tell what PCRE2 accepts from what it doesn't, but it must never take an expression for a narrower one than it is. So a part
/// that isn't known for certain becomes `.anything`, and if it isn't even certain where such a part ends, the whole expression does.
package struct ExpressionParser {
  /// The expression isn't understood as a whole.
  struct Doubt: Error {}

  let bytes: [UInt8]
  var at = 0
  var options: Options
  /// Whether a letter with a partner outside of ASCII becomes a choice of both; otherwise it is anything.
  let spellsOutPartners: Bool
  private var depth = 0

  /// What inline options have switched on, as far as it matters.
  struct Options {
    var ignoreCase = false
    /// `^` matches at line breaks too.
    var multiline = false
    /// Blanks and comments mean nothing.
    var extended = false
    /// Blanks in classes may mean nothing.
    var extendedMore = false
  }

  /// Groups within groups; PCRE2 stops at 250.
  private static let deepest = 250

  private init(_ expression: String, ignoreCase: Bool, spellsOutPartners: Bool) {
    bytes = Array(expression.utf8)
    options = Options(ignoreCase: ignoreCase)
    self.spellsOutPartners = spellsOutPartners
  }

  /// - Parameters:
  ///   - ignoreCase: the expression is compiled so that case doesn't matter.
  ///   - literal: the expression is a plain string.
  ///   - spellsOutPartners: in `(?i)k` take the Kelvin sign for a second text instead of taking the letter for anything.
  package static func parse(
    _ expression: String, ignoreCase: Bool, literal: Bool, spellsOutPartners: Bool = false
  ) -> ExpressionTree {
    var parser = ExpressionParser(expression, ignoreCase: ignoreCase, spellsOutPartners: spellsOutPartners)
    do throws(Doubt) {
      return literal ? try parser.plain() : try parser.whole()
    } catch {
      return .anything
    }
  }

  // MARK: - Reading

  var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  func isNext(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { text in bytes.count - at >= text.count && bytes[at..<at + text.count].elementsEqual(text) }
  }

  mutating func skip(_ text: StaticString) -> Bool {
    guard isNext(text) else { return false }
    at += text.utf8CodeUnitCount
    return true
  }

  /// One character as a code point.
  mutating func scalar() throws(Doubt) -> Unicode.Scalar {
    guard let first = next else { throw Doubt() }
    at += 1
    guard first >= 0x80 else { return Unicode.Scalar(first) }
    // A String's UTF-8 is valid, so the first byte says how many follow and none are missing.
    var value = UInt32(first & (first < 0xE0 ? 0x1F : first < 0xF0 ? 0x0F : 0x07))
    while let byte = next, byte & 0xC0 == 0x80 {
      value = value << 6 | UInt32(byte & 0x3F)
      at += 1
    }
    guard let scalar = Unicode.Scalar(value) else { throw Doubt() }
    return scalar
  }

  // MARK: - Structure

  private mutating func plain() throws(Doubt) -> ExpressionTree {
    var parts: [ExpressionTree] = []
    while next != nil { parts.append(character(try scalar())) }
    return .joined(parts)
  }

  private mutating func whole() throws(Doubt) -> ExpressionTree {
    let tree = try alternatives()
    guard at == bytes.count else { throw Doubt() }
    return tree
  }

  /// Everything up to the end of the group. An option that one alternative sets holds for those after it.
  mutating func alternatives() throws(Doubt) -> ExpressionTree {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw Doubt() }
    var branches: [ExpressionTree] = []
    var parts: [ExpressionTree] = []
    // Whether the last part may be repeated: not twice, and not what isn't there.
    var isRepeatable = false
    while let byte = next, byte != UInt8(ascii: ")") {
      if byte == UInt8(ascii: "|") {
        at += 1
        branches.append(.joined(parts))
        parts = []
        isRepeatable = false
      } else if try skipBlank() || skip("\\E") {
        continue
      } else if skip("(?#") {
        try skipComment()
      } else if let (least, most) = try quantifier() {
        guard isRepeatable, let last = parts.popLast() else { throw Doubt() }
        parts.append(.repetition(last, least: least, most: most))
        isRepeatable = false
      } else if skip("\\Q") {
        isRepeatable = try quote(&parts)
      } else if let part = try atom() {
        parts.append(part)
        isRepeatable = true
      } else {
        isRepeatable = false
      }
    }
    branches.append(.joined(parts))
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  /// Returns whether there was any text.
  private mutating func quote(_ parts: inout [ExpressionTree]) throws(Doubt) -> Bool {
    var hasText = false
    while next != nil, !skip("\\E") {
      parts.append(character(try scalar()))
      hasText = true
    }
    return hasText
  }

  /// Blanks and comments in extended mode.
  private mutating func skipBlank() throws(Doubt) -> Bool {
    guard options.extended, let byte = next else { return false }
    switch byte {
    case 0x09...0x0D, 0x20:
      at += 1
      return true
    case UInt8(ascii: "#"):
      while let byte = next, byte != 0x0A {
        // Builds of PCRE2 differ in what else ends a line, and with it the comment: CR, VT, FF, NUL, U+0085, U+2028 or U+2029.
        guard byte >= 0x20 || byte == 0x09, byte < 0x80 else { throw Doubt() }
        at += 1
      }
      return true
    default:
      // U+0085, U+200E, U+200F, U+2028 and U+2029 are blanks, too.
      guard !isNext("\u{85}"), !isNext("\u{200E}"), !isNext("\u{200F}"), !isNext("\u{2028}"), !isNext("\u{2029}") else {
        throw Doubt()
      }
      return false
    }
  }

  private mutating func skipComment() throws(Doubt) {
    while let byte = next {
      at += 1
      if byte == UInt8(ascii: ")") { return }
    }
    throw Doubt()
  }

  /// Nil, and nothing read, if none comes.
  private mutating func quantifier() throws(Doubt) -> (least: Int, most: Int?)? {
    let bounds: (Int, Int?)
    switch next {
    case UInt8(ascii: "*"):
      bounds = (0, nil)
      at += 1
    case UInt8(ascii: "+"):
      bounds = (1, nil)
      at += 1
    case UInt8(ascii: "?"):
      bounds = (0, 1)
      at += 1
    case UInt8(ascii: "{"):
      guard let braces = try braces() else { return nil }
      bounds = braces
    default: return nil
    }
    // Lazy or possessive: that changes which match is found first, and what is found is a match either way.
    _ = skip("?") || skip("+")
    return bounds
  }

  /// Anything in braces that isn't quite a quantifier is text.
  private mutating func braces() throws(Doubt) -> (Int, Int?)? {
    let start = at
    at += 1
    if let least = number() {
      if skip("}") { return (least, least) }
      if skip(",") {
        if skip("}") { return (least, nil) }
        if let most = number(), skip("}") {
          guard most >= least else { throw Doubt() }
          return (least, most)
        }
      }
    }
    at = start
    // `{,3}` and `{ 1, 3 }` are text in 10.42 and quantifiers in 10.43.
    let inside = bytes[(start + 1)...].prefix { "0123456789, \t".utf8.contains($0) }
    guard inside.endIndex == bytes.endIndex || bytes[inside.endIndex] != UInt8(ascii: "}") || inside.isEmpty else { throw Doubt() }
    return nil
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let byte = next, byte.isASCIIDigit, (value ?? 0) < 100_000 {
      value = (value ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
      at += 1
    }
    return value
  }

  /// Nil where nothing came that may be repeated: an inline option.
  private mutating func atom() throws(Doubt) -> ExpressionTree? {
    switch next {
    case UInt8(ascii: "("):
      at += 1
      return try group()
    case UInt8(ascii: "["):
      at += 1
      return try bracket()
    case UInt8(ascii: "\\"):
      at += 1
      return try escape()
    case UInt8(ascii: "."):
      at += 1
      return .anything
    case UInt8(ascii: "^"):
      at += 1
      return options.multiline ? .empty : .start
    case UInt8(ascii: "$"):
      at += 1
      return .empty
    default:
      if let run = plainRun() { return run }
      return character(try scalar())
    }
  }

  /// Characters that stand for themselves, as many as come before one that is repeated or may mean something; nil if there is none such.
  ///
  /// The same as one after the other, but expressions consist of little else, and a thousand of them are read before a log is.
  private mutating func plainRun() -> ExpressionTree? {
    guard !options.ignoreCase, !options.extended else { return nil }
    var end = at
    while end < bytes.count, Self.isPlain[Int(bytes[end])] { end += 1 }
    if end < bytes.count, Self.mayRepeat.contains(bytes[end]) { end -= 1 }
    guard end > at else { return nil }
    defer { at = end }
    return .text(Array(bytes[at..<end]), ignoreCase: false)
  }

  /// What a quantifier begins with, and `\E` and comments, which may stand before one.
  private static let mayRepeat = Array("*+?{\\(".utf8)
  private static let isPlain: [Bool] = {
    var isPlain = (UInt8.min...UInt8.max).map { $0.isASCIILetter || $0.isASCIIDigit }
    for byte in " _-:/,'\"=<>@!%&;~".utf8 { isPlain[Int(byte)] = true }
    return isPlain
  }()

  // MARK: - Characters

  /// A character as text, with what it may be if case is ignored.
  func character(_ scalar: Unicode.Scalar) -> ExpressionTree {
    // Without a set of one member.
    if !options.ignoreCase { return .text(Array(String(Character(scalar)).utf8), ignoreCase: false) }
    var members = CharacterMembers()
    members.insert(scalar)
    return members.tree(ignoreCase: options.ignoreCase, spellsOutPartners: spellsOutPartners)
  }
}
