extension DialectConverter {
  /// Whatever a backslash begins outside of classes.
  mutating func escape() throws(ImportRefusal) {
    at += 1
    guard let scalar = next else { throw ImportRefusal("the expression ends in a backslash") }
    switch scalar {
    case "d", "w", "s":
      at += 1
      append(members(of: scalar).map { "[\($0)]" } ?? "\\\(scalar)")
    case "D", "W", "S":
      at += 1
      append(members(of: scalar).map { "[^\($0)]" } ?? "\\\(scalar)")
    case "b", "B": try boundary()
    case "<" where dialect == .rust, ">" where dialect == .rust:
      at += 1
      let word = "[\(classes.word ?? #"\w"#)]"
      append(scalar == "<" ? "(?<!\(word))(?=\(word))" : "(?<=\(word))(?!\(word))")
    case "Q" where dialect == .java || dialect == .go:
      at += 1
      while at < scalars.count, !skip("\\E") {
        append(Self.literal(scalars[at]))
        at += 1
      }
    case "A" where dialect != .javascript, "z" where dialect != .javascript && dialect != .python,
      "Z" where dialect == .java || dialect == .dotnet:
      at += 1
      append("\\\(scalar)")
    case "Z" where dialect == .python:
      at += 1
      append("\\z")
    case "k":
      at += 1
      try namedReference()
    case "1"..."9": try numberedReference()
    case "h" where dialect == .java, "H" where dialect == .java, "v" where dialect == .java, "V" where dialect == .java,
      "R" where dialect == .java, "X" where dialect == .java:
      at += 1
      append("\\\(scalar)")
    case "G": throw ImportRefusal("\\G goes on where another match ended")
    default:
      if let named = try javaClass() {
        append("[\(named.isNegated ? "^" : "")\(named.members)]")
      } else {
        append(try character())
      }
    }
  }

  /// What `\d`, `\w` or `\s` stands for, as the inside of a class; nil where PCRE2 takes it for the same.
  func members(of scalar: Unicode.Scalar) -> String? {
    switch scalar.properties.lowercaseMapping {
    case "d": classes.digit
    case "w": classes.word
    default: classes.space
    }
  }

  private mutating func boundary() throws(ImportRefusal) {
    let isNegated = next == "B"
    at += 1
    guard next != "{" else { throw ImportRefusal("\\b{ can't be told") }
    if dialect == .java, !isNegated { note("\\b takes words for ASCII, as Java does since version 19") }
    guard let word = classes.word else {
      append(isNegated ? "\\B" : "\\b")
      return
    }
    let (after, before) = ("(?<=[\(word)])", "(?=[\(word)])")
    let (notAfter, notBefore) = ("(?<![\(word)])", "(?![\(word)])")
    append(isNegated ? "(?:\(after)\(before)|\(notAfter)\(notBefore))" : "(?:\(after)\(notBefore)|\(notAfter)\(before))")
  }

  // MARK: - References

  private mutating func namedReference() throws(ImportRefusal) {
    guard dialect.hasLookaround, dialect != .python else { throw ImportRefusal("\\k is not known to \(dialect.rawValue)") }
    guard next == "<" || (next == "'" && dialect == .dotnet), let opening = next else { throw ImportRefusal("\\k names no group") }
    at += 1
    append("\\k<\(try text(upTo: opening == "<" ? ">" : "'"))>")
  }

  private mutating func numberedReference() throws(ImportRefusal) {
    guard dialect.hasLookaround else { throw ImportRefusal("references to groups are not known to \(dialect.rawValue)") }
    var number = 0
    // As many digits as make the number of a group; Java and .NET take the rest for text.
    while let digit = next.flatMap({ Int(String($0)) }), number == 0 || number * 10 + digit <= mostGroups {
      number = number * 10 + digit
      at += 1
    }
    guard number <= mostGroups else { throw ImportRefusal("\\\(number) refers to a group that isn't there") }
    if dialect == .dotnet, String(String.UnicodeScalarView(scalars)).contains(/\(\?(?:'|<[^=!])/) {
      throw ImportRefusal("\\\(number) counts groups as .NET does, those with a name last")
    }
    // There, a group that took no part matches the empty text; in PCRE2 it matches nothing.
    append(dialect == .javascript ? "(?(\(number))\\g{\(number)})" : "\\g{\(number)}")
  }

  // MARK: - Characters

  /// One character or property, after the backslash; the same in a class as outside.
  mutating func character() throws(ImportRefusal) -> String {
    guard let scalar = next else { throw ImportRefusal("the expression ends in a backslash") }
    at += 1
    switch scalar {
    case "n", "r", "t", "f": return "\\\(scalar)"
    case "a" where dialect != .javascript, "e" where dialect == .java || dialect == .dotnet: return "\\\(scalar)"
    case "v" where dialect != .java: return "\\x0B"
    case "0": return try octal()
    case "x": return try hexadecimal(digits: 2)
    case "u" where dialect != .go: return try unicode()
    case "U" where dialect == .rust || dialect == .python: return try hexadecimal(digits: 8)
    case "c" where dialect == .java || dialect == .dotnet || dialect == .javascript:
      guard let letter = next, letter.isASCII else { throw ImportRefusal("\\c lacks its letter") }
      at += 1
      return Self.code(letter.value & 0x1F)
    case "p", "P": return try property(scalar)
    case "N": throw ImportRefusal("\\N names a character")
    case "C": throw ImportRefusal("\\C matches a single byte")
    case "K": throw ImportRefusal("\\K is not known to \(dialect.rawValue)")
    default:
      guard scalar.isASCII, scalar.properties.isAlphabetic else { return Self.literal(scalar) }
      // Without its flag `u`, JavaScript takes any other letter for itself.
      guard dialect == .javascript else { throw ImportRefusal("\\\(scalar) is not known to \(dialect.rawValue)") }
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
    let most = dialect == .java ? 3 : dialect == .javascript ? 0 : 2
    while digits < most, let digit = next.flatMap({ UInt32(String($0), radix: 8) }), value * 8 + digit <= 0o377 {
      value = value * 8 + digit
      digits += 1
      at += 1
    }
    return Self.code(value)
  }

  private mutating func hexadecimal(digits: Int) throws(ImportRefusal) -> String {
    let isBraced = dialect != .python && dialect != .javascript && dialect != .dotnet && next == "{"
    if isBraced { at += 1 }
    let text = isBraced ? try text(upTo: "}") : try taken(digits)
    guard let value = UInt32(text, radix: 16), Unicode.Scalar(value) != nil else {
      throw ImportRefusal("\(text) is no code of a character")
    }
    return Self.code(value)
  }

  private mutating func taken(_ count: Int) throws(ImportRefusal) -> String {
    guard at + count <= scalars.count else { throw ImportRefusal("digits are missing at the end of the expression") }
    defer { at += count }
    return String(String.UnicodeScalarView(scalars[at..<at + count]))
  }

  /// `\u0041`, two halves of a character beyond 16 bits, or `\u{41}`.
  private mutating func unicode() throws(ImportRefusal) -> String {
    if next == "{" {
      guard dialect == .rust || dialect == .javascript else { throw ImportRefusal("\\u{ is not known to \(dialect.rawValue)") }
      at += 1
      guard let value = UInt32(try text(upTo: "}"), radix: 16), Unicode.Scalar(value) != nil else {
        throw ImportRefusal("\\u{ holds no code of a character")
      }
      return Self.code(value)
    }
    let text = try taken(4)
    guard let high = UInt32(text, radix: 16) else { throw ImportRefusal("\\u lacks its digits") }
    guard (0xD800...0xDBFF).contains(high) else {
      guard Unicode.Scalar(high) != nil else { throw ImportRefusal("\\u\(text) is half a character") }
      return Self.code(high)
    }
    guard skip("\\u"), let low = UInt32(try taken(4), radix: 16), (0xDC00...0xDFFF).contains(low) else {
      throw ImportRefusal("\\u\(text) is half a character")
    }
    return Self.code(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
  }

  /// `\p{…}` and `\pL`. Whether PCRE2 knows the name is told when the expression is compiled.
  private mutating func property(_ letter: Unicode.Scalar) throws(ImportRefusal) -> String {
    guard dialect != .python else { throw ImportRefusal("\\p is not known to python") }
    guard next == "{" else { return "\\\(letter){\(try taken(1))}" }
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
    if dialect == .dotnet, name.hasPrefix("Is") { throw ImportRefusal("\\p{\(name)} is a block, which PCRE2 doesn't know") }
    for prefix in ["sc=", "scx=", "gc=", "script=", "general_category=", "sc:", "scx:", "gc:"]
    where name.lowercased().hasPrefix(prefix) {
      name.removeFirst(prefix.count)
    }
    return "\\\(isNegated ? "P" : "p"){\(Self.shortCategories[name.lowercased()] ?? name)}"
  }

  private static let shortCategories = [
    "letter": "L", "mark": "M", "number": "N", "punctuation": "P", "symbol": "S", "separator": "Z", "other": "C",
    "uppercase_letter": "Lu", "lowercase_letter": "Ll", "decimal_number": "Nd",
  ]
}
