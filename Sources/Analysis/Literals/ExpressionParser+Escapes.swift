extension ExpressionParser {
  /// After a backslash outside of a class.
  mutating func escape() throws(Doubt) -> ExpressionTree {
    guard let letter = next else { throw Doubt() }
    switch letter {
    case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "z"), UInt8(ascii: "Z"), UInt8(ascii: "G"), UInt8(ascii: "K"):
      at += 1
      return .empty
    case UInt8(ascii: "A"):
      at += 1
      return .start
    case UInt8(ascii: "R"), UInt8(ascii: "X"), UInt8(ascii: "C"):
      at += 1
      return .anything
    case UInt8(ascii: "N"):
      at += 1
      guard isNext("{U+") else { return .anything }
      return character(try braced(after: "{U+", radix: 16))
    case UInt8(ascii: "1")...UInt8(ascii: "9"):
      try skipReference()
      return .anything
    case UInt8(ascii: "g"), UInt8(ascii: "k"):
      at += 1
      try skipNamedReference(allowsNumber: letter == UInt8(ascii: "g"))
      return .anything
    default:
      var members = CharacterMembers()
      if try insertClass(into: &members) {
        return members.tree(ignoreCase: options.ignoreCase, spellsOutPartners: spellsOutPartners)
      }
      return character(try escapedScalar())
    }
  }

  /// `\d` and its like, in a class and outside. Returns whether it was one.
  mutating func insertClass(into members: inout CharacterMembers) throws(Doubt) -> Bool {
    guard let letter = next else { throw Doubt() }
    switch letter {
    case UInt8(ascii: "d"): members.insert("0123456789")
    case UInt8(ascii: "s"): members.insert(" \t\n\u{B}\u{C}\r")
    case UInt8(ascii: "D"), UInt8(ascii: "S"), UInt8(ascii: "w"), UInt8(ascii: "W"), UInt8(ascii: "h"), UInt8(ascii: "H"),
      UInt8(ascii: "v"), UInt8(ascii: "V"):
      members.widen()
    case UInt8(ascii: "p"), UInt8(ascii: "P"):
      at += 1
      try skipProperty()
      members.widen()
      return true
    default: return false
    }
    at += 1
    return true
  }

  /// Escapes that stand for one character, in a class and outside.
  mutating func escapedScalar() throws(Doubt) -> Unicode.Scalar {
    let character = try scalar()
    switch character {
    case "a": return "\u{7}"
    case "e": return "\u{1B}"
    case "f": return "\u{C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "0": return try scalar(digits(radix: 8, most: 2))
    case "o":
      return try braced(after: "{", radix: 8)
    case "x":
      return isNext("{") ? try braced(after: "{", radix: 16) : try scalar(digits(radix: 16, most: 2))
    case "c":
      let control = try scalar()
      guard (0x20..<0x7F).contains(control.value) else { throw Doubt() }
      let byte = UInt8(control.value)
      return Unicode.Scalar((byte.isASCIILetter ? byte & ~0x20 : byte) ^ 0x40)
    default:
      // A letter or a digit that isn't known may come to mean something; anything else stands for itself.
      guard !character.properties.isAlphabetic || character.value >= 0x80, !("0"..."9").contains(character) else { throw Doubt() }
      return character
    }
  }

  /// `\1` to `\9`: a reference. From 10 on it may be an octal number and more digits, which depends on the groups before it; what repeats
  /// it repeats the last digit then.
  private mutating func skipReference() throws(Doubt) {
    let start = at
    while let byte = next, byte.isASCIIDigit { at += 1 }
    guard at == start + 1 else { throw Doubt() }
  }

  /// After `\g` or `\k`.
  private mutating func skipNamedReference(allowsNumber: Bool) throws(Doubt) {
    let ends: [(StaticString, UInt8)] = [
      ("{", UInt8(ascii: "}")), ("<", UInt8(ascii: ">")), ("'", UInt8(ascii: "'")),
    ]
    for (opening, closing) in ends where skip(opening) {
      let start = at
      while let byte = next, byte != closing {
        guard byte.isASCIILetter || "0123456789_+-".utf8.contains(byte) else { throw Doubt() }
        at += 1
      }
      guard at > start, next == closing else { throw Doubt() }
      at += 1
      return
    }
    guard allowsNumber else { throw Doubt() }
    _ = skip("-") || skip("+")
    let start = at
    while let byte = next, byte.isASCIIDigit { at += 1 }
    guard at > start else { throw Doubt() }
  }

  /// After `\p`.
  private mutating func skipProperty() throws(Doubt) {
    guard skip("{") else {
      guard let letter = next, letter.isASCIILetter else { throw Doubt() }
      at += 1
      return
    }
    while let byte = next, byte != UInt8(ascii: "}") {
      guard byte.isASCIILetter || "0123456789_&^-=: ".utf8.contains(byte) else { throw Doubt() }
      at += 1
    }
    guard skip("}") else { throw Doubt() }
  }

  mutating func digits(radix: UInt32, most: Int) -> UInt32 {
    var value: UInt32 = 0
    var count = 0
    while count < most, let byte = next, let digit = Self.digit(byte), digit < radix {
      value = value * radix + digit
      at += 1
      count += 1
    }
    return value
  }

  mutating func braced(after opening: StaticString, radix: UInt32) throws(Doubt) -> Unicode.Scalar {
    guard skip(opening) else { throw Doubt() }
    let start = at
    var value: UInt32 = 0
    while let byte = next, let digit = Self.digit(byte), digit < radix {
      guard value < 0x11_0000 else { throw Doubt() }
      value = value * radix + digit
      at += 1
    }
    guard at > start, skip("}") else { throw Doubt() }
    return try scalar(value)
  }

  func scalar(_ value: UInt32) throws(Doubt) -> Unicode.Scalar {
    guard let scalar = Unicode.Scalar(value) else { throw Doubt() }
    return scalar
  }

  private static func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
