/// Escapes that stand for a character or a property of some.
extension DialectConverter {
  /// One character or property, after the backslash; the same in a class as outside.
  mutating func character() throws(ImportRefusal) -> String {
    guard let scalar = next else { throw ImportRefusal("the expression ends in a backslash") }
    at += 1
    switch scalar {
    case "n", "r", "t", "f": return "\\\(scalar)"
    case "a" where dialect != .javascript, "e" where dialect == .java || dialect.isDotnet: return "\\\(scalar)"
    case "v" where dialect != .java: return "\\x0B"
    case "0": return try octal()
    case "1"..."7"
    where dialect == .javascript || dialect == .python || dialect.isDotnet || dialect == .go && (decimal(0) ?? 9) < 8:
      at -= 1
      return try octal()
    case "x": return try hexadecimal(digits: 2)
    case "u" where dialect != .go: return try unicode()
    case "U" where dialect == .rust || dialect == .python: return try hexadecimal(digits: 8)
    case "c" where dialect == .java || dialect.isDotnet || dialect == .javascript:
      guard let letter = next, letter.isASCII, letter.properties.isAlphabetic || dialect == .java else {
        throw ImportRefusal("\\c lacks its letter")
      }
      at += 1
      // Java turns one bit over, so that `\ci` is a parenthesis.
      return Self.code(dialect == .java ? letter.value ^ 0x40 : letter.value & 0x1F)
    case "p" where dialect == .javascript, "P" where dialect == .javascript:
      throw ImportRefusal("\\\(scalar) is a property of characters only with JavaScript's flag u, which can't be told here")
    case "p", "P": return try property(scalar)
    case "N" where dialect.escapesAnyLetter, "C" where dialect.escapesAnyLetter, "K" where dialect.escapesAnyLetter,
      "G" where dialect == .javascript, "k" where dialect == .javascript:
      return String(scalar)
    case "N": throw ImportRefusal("\\N names a character")
    case "C": throw ImportRefusal("\\C matches a single byte")
    case "K": throw ImportRefusal("\\K is not known to \(dialect.rawValue)")
    default:
      guard scalar.isASCII, scalar.properties.isAlphabetic || scalar.properties.numericType != nil else {
        return Self.literal(scalar)
      }
      // Without its flag `u`, JavaScript takes any other letter for itself.
      guard dialect.escapesAnyLetter else { throw ImportRefusal("\\\(scalar) is not known to \(dialect.rawValue)") }
      return String(scalar)
    }
  }

  /// A character that stands for itself, also within a class.
  static func literal(_ scalar: Unicode.Scalar) -> String {
    scalar.isASCII && !scalar.properties.isAlphabetic && scalar.properties.numericType == nil && scalar != "_" && scalar != " "
      ? "\\\(scalar)" : String(scalar)
  }

  private static func code(_ value: UInt32) -> String { "\\x{\(String(value, radix: 16, uppercase: true))}" }

  private mutating func octal() throws(ImportRefusal) -> String {
    guard dialect != .rust else { throw ImportRefusal("\\0 is not known to rust") }
    var value: UInt32 = 0
    var digits = 0
    // Three digits, a first zero among them but in Java.
    let most = dialect == .java || at > 0 && scalars[at - 1] == "\\" ? 3 : 2
    while digits < most, let digit = next.flatMap({ UInt32(String($0), radix: 8) }), value * 8 + digit <= 0o377 {
      value = value * 8 + digit
      digits += 1
      at += 1
    }
    guard digits > 0 || dialect != .java else { throw ImportRefusal("\\0 lacks its digits") }
    return Self.code(value)
  }

  private mutating func hexadecimal(digits: Int) throws(ImportRefusal) -> String {
    let isBraced = dialect != .python && dialect != .javascript && !dialect.isDotnet && next == "{"
    if isBraced { at += 1 }
    let text = isBraced ? try text(upTo: "}") : try taken(digits)
    guard let value = Self.hexadecimal(text), Unicode.Scalar(value) != nil else {
      throw ImportRefusal("\(text) is no code of a character")
    }
    return Self.code(value)
  }

  private static func hexadecimal(_ text: String) -> UInt32? {
    text.allSatisfy(\.isHexDigit) ? UInt32(text, radix: 16) : nil
  }

  private mutating func taken(_ count: Int) throws(ImportRefusal) -> String {
    guard at + count <= scalars.count else { throw ImportRefusal("digits are missing at the end of the expression") }
    defer { at += count }
    return String(String.UnicodeScalarView(scalars[at..<at + count]))
  }

  /// `\u0041`, two halves of a character beyond 16 bits, or `\u{41}`.
  private mutating func unicode() throws(ImportRefusal) -> String {
    if next == "{" {
      guard dialect != .javascript else {
        throw ImportRefusal("\\u{ is a character only with JavaScript's flag u, which can't be told here")
      }
      guard dialect == .rust else { throw ImportRefusal("\\u{ is not known to \(dialect.rawValue)") }
      at += 1
      guard let value = Self.hexadecimal(try text(upTo: "}")), Unicode.Scalar(value) != nil else {
        throw ImportRefusal("\\u{ holds no code of a character")
      }
      return Self.code(value)
    }
    let text = try taken(4)
    guard let high = Self.hexadecimal(text) else { throw ImportRefusal("\\u lacks its digits") }
    guard (0xD800...0xDBFF).contains(high) else {
      guard Unicode.Scalar(high) != nil else { throw ImportRefusal("\\u\(text) is half a character") }
      return Self.code(high)
    }
    guard skip("\\u"), let low = Self.hexadecimal(try taken(4)), (0xDC00...0xDFFF).contains(low) else {
      throw ImportRefusal("\\u\(text) is half a character")
    }
    return Self.code(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
  }

  /// `\p{…}` and `\pL`. Whether PCRE2 knows the name is told when the expression is compiled.
  private mutating func property(_ letter: Unicode.Scalar) throws(ImportRefusal) -> String {
    guard dialect != .python else { throw ImportRefusal("\\p is not known to python") }
    guard next == "{" else {
      guard !dialect.isDotnet else { throw ImportRefusal("\\\(letter) lacks its { }") }
      return "\\\(letter){\(try taken(1))}"
    }
    at += 1
    var name = try text(upTo: "}")
    var isNegated = letter == "P"
    if name.hasPrefix("^") {
      name.removeFirst()
      isNegated.toggle()
    }
    if dialect == .java {
      guard !name.hasPrefix("In"), !name.hasPrefix("java") else { throw ImportRefusal("\\p{\(name)} is not known to PCRE2") }
      if name.hasPrefix("Is") { name.removeFirst(2) }
    }
    if dialect.isDotnet, name.hasPrefix("Is") { throw ImportRefusal("\\p{\(name)} is a block, which PCRE2 doesn't know") }
    for prefix in ["sc=", "scx=", "gc=", "script=", "general_category=", "sc:", "scx:", "gc:"]
    where name.lowercased().hasPrefix(prefix) {
      name.removeFirst(prefix.count)
    }
    name = Self.shortCategories[name.lowercased()] ?? name
    if flags.isCaseless, [.java, .go, .rust].contains(dialect), Self.cases.contains(name) {
      // There, a letter of one case stands for those of the others, too.
      if dialect != .java || name.count > 2 { note("whatever its case, \\p{\(name)} is any letter that has a case") }
      name = "L&"
    }
    return "\\\(isNegated ? "P" : "p"){\(name)}"
  }

  private static let cases: Set = ["Lu", "Ll", "Lt", "Uppercase", "Lowercase"]
  private static let shortCategories = [
    "letter": "L", "mark": "M", "number": "N", "punctuation": "P", "symbol": "S", "separator": "Z", "other": "C",
    "uppercase_letter": "Lu", "lowercase_letter": "Ll", "decimal_number": "Nd",
  ]
}
