extension SketchParser {
  /// After a backslash outside of a class.
  mutating func escape() -> ExpressionSketch {
    guard let byte = next else { return .unknown }
    if let set = namedSet(byte) {
      at += 1
      return .set(set)
    }
    switch byte {
    case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "A"), UInt8(ascii: "z"), UInt8(ascii: "Z"), UInt8(ascii: "G"),
      UInt8(ascii: "K"):
      at += 1
      return .empty
    case UInt8(ascii: "N"):
      at += 1
      guard skip("{U+") else { return .set(.notNewline) }
      return Self.scalar(take(to: "}"), radix: 16)
    case UInt8(ascii: "p"), UInt8(ascii: "P"):
      return .set(property())
    case UInt8(ascii: "1")...UInt8(ascii: "9"):
      return .reference(String(decoding: decimals(), as: UTF8.self))
    case UInt8(ascii: "g"), UInt8(ascii: "k"):
      at += 1
      // `\g<1>` calls the group; only the rest stands for what was captured.
      let isCall = byte == UInt8(ascii: "g") && (next == UInt8(ascii: "<") || next == UInt8(ascii: "'"))
      let group: ArraySlice<UInt8> =
        if skip("{") {
          take(to: "}")
        } else if skip("<") {
          take(to: ">")
        } else if skip("'") {
          take(to: "'")
        } else if skip("-") {
          ArraySlice("-".utf8) + decimals()
        } else {
          decimals()
        }
      let isRelative = group.first == UInt8(ascii: "-") || group.first == UInt8(ascii: "+")
      return isCall || isRelative ? .unknown : .reference(String(decoding: group, as: UTF8.self))
    case UInt8(ascii: "R"), UInt8(ascii: "X"), UInt8(ascii: "C"):
      at += 1
      return .unknown
    default:
      return escapedCharacter()
    }
  }

  /// Escapes that stand for one character, in a class and outside.
  private mutating func escapedCharacter() -> ExpressionSketch {
    guard let byte = next else { return .unknown }
    let controls: [UInt8: UInt8] = [
      UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "f"): 12, UInt8(ascii: "e"): 27,
      UInt8(ascii: "a"): 7,
    ]
    if let control = controls[byte] {
      at += 1
      return .character([control])
    }
    switch byte {
    case UInt8(ascii: "x"):
      at += 1
      return skip("{") ? Self.scalar(take(to: "}"), radix: 16) : Self.scalar(digits(most: 2, radix: 16), radix: 16)
    case UInt8(ascii: "o"):
      at += 1
      return skip("{") ? Self.scalar(take(to: "}"), radix: 8) : .unknown
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      return Self.scalar(digits(most: 3, radix: 8), radix: 8)
    case UInt8(ascii: "c"):
      at += 2
      return .unknown
    default:
      return .character(character())
    }
  }

  private mutating func decimals() -> ArraySlice<UInt8> {
    let start = at
    while let digit = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { at += 1 }
    return bytes[start..<at]
  }

  private mutating func digits(most: Int, radix: Int) -> ArraySlice<UInt8> {
    let start = at
    while at < start + most, let byte = next, Character(Unicode.Scalar(byte)).hexDigitValue.map({ $0 < radix }) ?? false { at += 1 }
    return bytes[start..<at]
  }

  private static func scalar(_ digits: ArraySlice<UInt8>, radix: Int) -> ExpressionSketch {
    guard let value = digits.isEmpty ? 0 : UInt32(String(decoding: digits, as: UTF8.self), radix: radix),
      let scalar = Unicode.Scalar(value)
    else { return .unknown }
    return .character(Array(String(Character(scalar)).utf8))
  }

  /// `\d` and the like, by their letter.
  private func namedSet(_ letter: UInt8) -> SketchSet? {
    switch letter {
    case UInt8(ascii: "d"): .digits
    case UInt8(ascii: "D"): SketchSet.digits.inverted
    case UInt8(ascii: "w"): .word
    case UInt8(ascii: "W"): SketchSet.word.inverted
    case UInt8(ascii: "s"): .space
    case UInt8(ascii: "S"): SketchSet.space.inverted
    case UInt8(ascii: "h"): .blank
    case UInt8(ascii: "H"): SketchSet.blank.inverted
    case UInt8(ascii: "v"): .vertical
    case UInt8(ascii: "V"): SketchSet.vertical.inverted
    default: nil
    }
  }

  /// `\p{…}`, roughly: letters and digits, and characters beyond ASCII.
  private mutating func property() -> SketchSet {
    at += 1
    if skip("{") { _ = take(to: "}") } else { at += 1 }
    var set = SketchSet.word
    set.hasOthers = true
    return set
  }

  // MARK: - Classes

  /// After the opening bracket.
  mutating func bracket() -> SketchSet {
    let isNegated = skip("^")
    var set = SketchSet()
    var isFirst = true
    while let byte = next, byte != UInt8(ascii: "]") || isFirst {
      isFirst = false
      if skip("[:") {
        set.formUnion(Self.posix(take(to: ":]")))
      } else if skip("\\Q") {
        for byte in take(to: "\\E") { set.insert(byte) }
      } else if skip("\\E") {
        continue
      } else {
        member(&set)
      }
    }
    _ = skip("]")
    return isNegated ? set.inverted : set
  }

  private mutating func member(_ set: inout SketchSet) {
    guard case .character(let first) = classAtom(&set) else { return }
    set.insert(first[0])
    guard next == UInt8(ascii: "-"), at + 1 < bytes.count, bytes[at + 1] != UInt8(ascii: "]") else { return }
    at += 1
    guard case .character(let last) = classAtom(&set) else {
      set.insert(UInt8(ascii: "-"))
      return
    }
    if last.count > 1 { set.hasOthers = true }
    let end = last.count > 1 ? 127 : last[0]
    guard first.count == 1, first[0] <= end else { return }
    for byte in first[0]...end { set.insert(byte) }
  }

  /// A character of a class; sets are added to it at once.
  private mutating func classAtom(_ set: inout SketchSet) -> ExpressionSketch {
    guard skip("\\") else { return .character(character()) }
    guard let byte = next else { return .unknown }
    if let named = namedSet(byte) {
      at += 1
      set.formUnion(named)
      return .empty
    }
    if byte == UInt8(ascii: "p") || byte == UInt8(ascii: "P") {
      set.formUnion(property())
      return .empty
    }
    if skip("b") { return .character([8]) }
    if skip("N{U+") { return Self.scalar(take(to: "}"), radix: 16) }
    let atom = escapedCharacter()
    // What can't be told apart could be any character.
    if atom == .unknown { set.formUnion(SketchSet().inverted) }
    return atom
  }

  private static func posix(_ name: ArraySlice<UInt8>) -> SketchSet {
    let word = String(decoding: name, as: UTF8.self)
    let plain = word.hasPrefix("^") ? String(word.dropFirst()) : word
    let set: SketchSet =
      switch plain {
      case "digit": .digits
      case "space": .space
      case "blank": .blank
      case "punct": SketchSet((33..<127).filter { !SketchSet.word.contains($0) || $0 == UInt8(ascii: "_") })
      case "cntrl": SketchSet((0..<32))
      case "xdigit": SketchSet("0123456789abcdefABCDEF".utf8)
      case "alpha", "alnum", "upper", "lower", "word": .word
      default: SketchSet((33..<127))
      }
    return word.hasPrefix("^") ? set.inverted : set
  }
}
