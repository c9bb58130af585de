/// A machine over the bytes of JSON (RFC 8259) that gives the texts of the member `message` of each object in the outer array.
///
/// It checks what it needs to find them: strings, their escapes, and nesting. Numbers and words are passed over as they are.
struct CircleCIOutputReader {
  private enum State { case outside, string, escape, unicode }

  private static let keyOfText = Array("message".utf8)
  /// Deeper than any piece.
  private static let deepest = 64

  private var state = State.outside
  /// The open brackets: true for objects.
  private var nesting: [Bool] = []
  /// Whether the next string of an object is the name of a member.
  private var isKeyNext = false
  private var isKey = false
  private var key: [UInt8] = []
  private var isText = false
  private var hexadecimal: (value: UInt32, digits: Int) = (0, 0)
  /// The first half of a character that JSON writes in two.
  private var highSurrogate: UInt32?
  private var text: [UInt8] = []

  /// Whether the array has been closed.
  private(set) var isAtEnd = false
  /// Bytes of text so far.
  private(set) var length = 0

  /// The text since the last call.
  mutating func taken() -> [UInt8] {
    defer { text.removeAll(keepingCapacity: true) }
    length += text.count
    return text
  }

  mutating func read(_ bytes: UnsafeRawBufferPointer) throws(CircleCIOutput.Problem) {
    for byte in bytes {
      switch state {
      case .outside: try outside(byte)
      case .string: try string(byte)
      case .escape: try escape(byte)
      case .unicode: try unicode(byte)
      }
    }
  }

  private mutating func outside(_ byte: UInt8) throws(CircleCIOutput.Problem) {
    if isSpace(byte) { return }
    guard !isAtEnd, !nesting.isEmpty || byte == UInt8(ascii: "[") else { throw .noPieces }
    switch byte {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      let isObject = byte == UInt8(ascii: "{")
      // The pieces are objects.
      guard nesting.count != 1 || isObject, nesting.count < Self.deepest else { throw .noPieces }
      nesting.append(isObject)
      isKeyNext = isObject
      key = []
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      guard nesting.popLast() == (byte == UInt8(ascii: "}")) else { throw .noPieces }
      isAtEnd = nesting.isEmpty
      isKeyNext = false
    case UInt8(ascii: "\""):
      guard nesting.count > 1 else { throw .noPieces }
      isKey = isKeyNext
      if isKey { key = [] }
      isText = !isKey && nesting.count == 2 && key == Self.keyOfText
      state = .string
    case UInt8(ascii: ","): isKeyNext = nesting.last == true
    case UInt8(ascii: ":"): isKeyNext = false
    default: guard nesting.count > 1 else { throw .noPieces }
    }
  }

  private mutating func string(_ byte: UInt8) throws(CircleCIOutput.Problem) {
    switch byte {
    case UInt8(ascii: "\\"): state = .escape
    case UInt8(ascii: "\""):
      loseHalf()
      state = .outside
    default: put(byte)
    }
  }

  private mutating func escape(_ byte: UInt8) throws(CircleCIOutput.Problem) {
    state = .string
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): put(byte)
    case UInt8(ascii: "b"): put(8)
    case UInt8(ascii: "f"): put(12)
    case UInt8(ascii: "n"): put(10)
    case UInt8(ascii: "r"): put(13)
    case UInt8(ascii: "t"): put(9)
    case UInt8(ascii: "u"):
      hexadecimal = (0, 0)
      state = .unicode
    default: throw .noPieces
    }
  }

  private mutating func unicode(_ byte: UInt8) throws(CircleCIOutput.Problem) {
    guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw .noPieces }
    hexadecimal = (hexadecimal.value << 4 | UInt32(digit), hexadecimal.digits + 1)
    guard hexadecimal.digits == 4 else { return }
    state = .string
    let unit = hexadecimal.value
    if let high = highSurrogate, (0xDC00...0xDFFF).contains(unit) {
      highSurrogate = nil
      putCharacter(0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00))
      return
    }
    loseHalf()
    if (0xD800...0xDBFF).contains(unit) { highSurrogate = unit } else { putCharacter(unit) }
  }

  /// Half a character is none.
  private mutating func loseHalf() {
    guard highSurrogate != nil else { return }
    highSurrogate = nil
    putCharacter(0xFFFD)
  }

  private mutating func putCharacter(_ scalar: UInt32) {
    for byte in String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8 { add(byte) }
  }

  private mutating func put(_ byte: UInt8) {
    loseHalf()
    add(byte)
  }

  private mutating func add(_ byte: UInt8) {
    if isText {
      text.append(byte)
    } else if isKey, key.count <= Self.keyOfText.count {
      key.append(byte)
    }
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
