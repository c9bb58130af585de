/// Parses what PCRE2 has already accepted, so that it need not find mistakes.
struct SketchParser {
  let bytes: [UInt8]
  var at = 0
  private var captures = 0
  /// Whether captures still have the numbers that counting gives; not so after `(?|`.
  private var isNumbered = true
  /// `(?x)`: white space and comments mean nothing.
  private var isExtended = false
  private var depth = 0

  private static let deepest = 250

  init(_ expression: String) { bytes = Array(expression.utf8) }

  mutating func parse() -> ExpressionSketch {
    let result = choice()
    return at == bytes.count ? result : .unknown
  }

  // MARK: - Reading

  var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  mutating func skip(_ text: String) -> Bool {
    guard bytes[at...].starts(with: text.utf8) else { return false }
    at += text.utf8.count
    return true
  }

  /// Everything up to the text, which is skipped as well; all the rest if it doesn't come.
  mutating func take(to end: String) -> ArraySlice<UInt8> {
    let start = at
    while at < bytes.count {
      if bytes[at...].starts(with: end.utf8) {
        defer { at += end.utf8.count }
        return bytes[start..<at]
      }
      at += 1
    }
    return bytes[start...]
  }

  // MARK: - Structure

  private mutating func choice() -> ExpressionSketch {
    let outer = isExtended
    defer { isExtended = outer }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      at = bytes.count
      return .unknown
    }
    var branches: [ExpressionSketch] = []
    var parts: [ExpressionSketch] = []
    while let byte = next, byte != UInt8(ascii: ")") {
      if byte == UInt8(ascii: "|") {
        at += 1
        branches.append(.sequence(parts))
        parts = []
      } else {
        part(&parts)
      }
    }
    branches.append(.sequence(parts))
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func part(_ parts: inout [ExpressionSketch]) {
    if isExtended, skipBlank() { return }
    if skip("\\Q") {
      let text = take(to: "\\E")
      parts += ExpressionSketch(literal: String(decoding: text, as: UTF8.self)).parts
    } else if skip("\\E") {
      return
    } else {
      parts.append(atom())
    }
    while let (least, most) = quantifier(), let last = parts.popLast() {
      _ = skip("?") || skip("+")
      parts.append(.repetition(last, least: least, most: most))
    }
  }

  private mutating func skipBlank() -> Bool {
    guard let byte = next else { return false }
    if byte == UInt8(ascii: "#") {
      _ = take(to: "\n")
      return true
    }
    guard SketchSet.space.contains(byte) else { return false }
    at += 1
    return true
  }

  private mutating func quantifier() -> (Int, Int?)? {
    if isExtended { while skipBlank() {} }
    if skip("*") { return (0, nil) }
    if skip("+") { return (1, nil) }
    if skip("?") { return (0, 1) }
    guard next == UInt8(ascii: "{"), let end = bytes[at...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
    let numbers = String(decoding: bytes[(at + 1)..<end], as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false)
    guard let first = numbers.first, let least = Int(first), numbers.count <= 2 else { return nil }
    let most = numbers.count == 1 ? least : Int(numbers[1])
    guard numbers.count == 1 || numbers[1].isEmpty || most != nil else { return nil }
    at = end + 1
    return (least, most)
  }

  private mutating func atom() -> ExpressionSketch {
    guard let byte = next else { return .empty }
    switch byte {
    case UInt8(ascii: "("):
      at += 1
      return group()
    case UInt8(ascii: "["):
      at += 1
      let set = bracket()
      return set.single.map { .character([$0]) } ?? .set(set)
    case UInt8(ascii: "\\"):
      at += 1
      return escape()
    case UInt8(ascii: "."):
      at += 1
      return .set(.notNewline)
    case UInt8(ascii: "^"), UInt8(ascii: "$"):
      at += 1
      return .empty
    default:
      return .character(character())
    }
  }

  /// One character of UTF-8.
  mutating func character() -> [UInt8] {
    let start = at
    at += 1
    while at < bytes.count, bytes[at] & 0xC0 == 0x80 { at += 1 }
    return Array(bytes[start..<at])
  }

  // MARK: - Groups

  /// After the opening parenthesis.
  private mutating func group() -> ExpressionSketch {
    if skip("*") { return verb() }
    guard skip("?") else { return capture(name: nil) }
    if skip("#") {
      _ = take(to: ")")
      return .empty
    }
    if skip(":") || skip(">") { return closed(choice()) }
    if skip("|") {
      isNumbered = false
      return closed(choice())
    }
    for (sign, isPositive, isBehind) in [("=", true, false), ("<=", true, true), ("!", false, false), ("<!", false, true)]
    where skip(sign) {
      return .lookaround(closed(choice()), isPositive: isPositive, isBehind: isBehind)
    }
    if skip("P=") { return .reference(String(decoding: take(to: ")"), as: UTF8.self)) }
    if skip("P<") || skip("<") { return capture(name: take(to: ">")) }
    if skip("'") { return capture(name: take(to: "'")) }
    if skip("(") {
      // A condition: what it decides between is beyond the picture, but its groups count. Only `(?(1)\g{1})` is told: what a group has
      // captured, if it has.
      var condition = ArraySlice<UInt8>()
      if skip("?") { _ = closed(choice()) } else { condition = take(to: ")") }
      guard case .group(.sequence(let parts), _, _) = closed(choice()), parts.count == 1, case .reference(let group) = parts[0],
        group.utf8.elementsEqual(condition)
      else { return .unknown }
      return parts[0]
    }
    return options()
  }

  private mutating func closed(_ body: ExpressionSketch) -> ExpressionSketch {
    _ = skip(")")
    return .group(body, number: nil, name: nil)
  }

  private mutating func capture(name: ArraySlice<UInt8>?) -> ExpressionSketch {
    captures += 1
    let number = isNumbered ? captures : nil
    let body = choice()
    _ = skip(")")
    return .group(body, number: number, name: name.map { String(decoding: $0, as: UTF8.self) })
  }

  /// `(*VERB)`, or a group with a name in letters such as `(*atomic:…)`.
  private mutating func verb() -> ExpressionSketch {
    while let byte = next, byte != UInt8(ascii: ")"), byte != UInt8(ascii: ":") { at += 1 }
    if skip(":") { _ = choice() }
    _ = skip(")")
    return .unknown
  }

  /// `(?i)`, `(?i:…)`, or a call of another group.
  private mutating func options() -> ExpressionSketch {
    let start = at
    while let byte = next, "imsxnJU-^a".utf8.contains(byte) { at += 1 }
    let letters = bytes[start..<at]
    let outer = isExtended
    if let x = letters.firstIndex(of: UInt8(ascii: "x")) {
      isExtended = !letters[..<x].contains(UInt8(ascii: "-"))
    } else if letters.first == UInt8(ascii: "^") {
      isExtended = false
    }
    if skip(")") { return .empty }
    if skip(":") {
      let body = closed(choice())
      isExtended = outer
      return body
    }
    isExtended = outer
    _ = take(to: ")")
    return .unknown
  }
}

extension ExpressionSketch {
  fileprivate var parts: [ExpressionSketch] {
    if case .sequence(let parts) = self { parts } else { [self] }
  }
}
