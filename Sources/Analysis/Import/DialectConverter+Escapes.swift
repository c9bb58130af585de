extension DialectConverter {
  /// Whatever a backslash begins outside of classes.
  mutating func escape() throws(ImportRefusal) {
    at += 1
    guard let scalar = next else { throw ImportRefusal("the expression ends in a backslash") }
    switch scalar {
    case "d", "w", "s":
      at += 1
      remarkOnWords(scalar)
      append(members(of: scalar).map { "[\($0)]" } ?? "\\\(scalar)")
    case "D", "W", "S":
      at += 1
      remarkOnWords(scalar)
      remarkOnHalves()
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
      "Z" where dialect == .java || dialect.isDotnet:
      at += 1
      if scalar == "Z" { remarkOnLineEnds(at: "$") }
      append("\\\(scalar)")
    case "Z" where dialect == .python:
      at += 1
      append("\\z")
    case "k" where dialect != .javascript || peek(1) == "<":
      at += 1
      try namedReference()
    case "1"..."9": try numberedReference()
    case "h" where dialect == .java, "H" where dialect == .java, "v" where dialect == .java, "V" where dialect == .java,
      "R" where dialect == .java, "X" where dialect == .java:
      at += 1
      append("\\\(scalar)")
    case "G" where dialect != .javascript: throw ImportRefusal("\\G goes on where another match ended")
    default:
      if let named = try javaClass() {
        remarkOnCase(ofClass: named.members)
        append("[\(named.isNegated ? "^" : "")\(named.members)]")
      } else {
        if scalar == "p" || scalar == "P" { remarkOnHalves() }
        remarkOnCase(of: scalar)
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
    if dialect == .java { note("\\b and \\B take words for ASCII, as Java does since version 19") }
    remarkOnWords("w")
    if isNegated { remarkOnHalves() }
    // To .NET, what joins letters is part of a word for its boundary, though no `\w`.
    guard let word = dialect == .dotnet && !isASCII ? classes.word.map({ $0 + #"\x{200C}\x{200D}"# }) : classes.word else {
      append(isNegated ? "\\B" : "\\b")
      return
    }
    let (after, before) = ("(?<=[\(word)])", "(?=[\(word)])")
    let (notAfter, notBefore) = ("(?<![\(word)])", "(?![\(word)])")
    append(isNegated ? "(?:\(after)\(before)|\(notAfter)\(notBefore))" : "(?:\(after)\(notBefore)|\(notAfter)\(before))")
  }

  // MARK: - References

  private mutating func namedReference() throws(ImportRefusal) {
    // Without a group that has a name, it isn't one there.
    if dialect == .javascript, !String(String.UnicodeScalarView(scalars)).contains(/\(\?<[^=!]/) { return append("k") }
    guard dialect.hasLookaround, dialect != .python else { throw ImportRefusal("\\k is not known to \(dialect.rawValue)") }
    guard next == "<" || (next == "'" && dialect.isDotnet), let opening = next else { throw ImportRefusal("\\k names no group") }
    at += 1
    let name = try text(upTo: opening == "<" ? ">" : "'")
    if dialect.isDotnet, name.utf8.allSatisfy(Self.isDigit), let number = Int(name) {
      return try reference(to: number)
    }
    append("\\k<\(name)>")
  }

  private mutating func numberedReference() throws(ImportRefusal) {
    if dialect == .go, let second = decimal(1), second < 8 { return append(try character()) }
    guard dialect.hasLookaround else { throw ImportRefusal("references to groups are not known to \(dialect.rawValue)") }
    let begin = at
    // To .NET's ECMAScript, a group that begins only later isn't there.
    let groupsThere = dialect == .dotnetECMAScript ? captures : groupsInAll
    var digits: [Int] = []
    while let digit = decimal(digits.count) { digits.append(digit) }
    // How many of the digits make the number: all, as many as there are groups for, or two at most.
    var number = 0
    var taken = 0
    switch dialect {
    case .java, .dotnetECMAScript:
      while taken < digits.count, taken == 0 || number * 10 + digits[taken] <= groupsThere {
        number = number * 10 + digits[taken]
        taken += 1
      }
    case .python:
      // Three octal digits are the code of a character.
      if digits.count >= 3, digits[..<3].allSatisfy({ $0 < 8 }) { return append(try character()) }
      taken = min(2, digits.count)
      number = digits[..<taken].reduce(0) { $0 * 10 + $1 }
    default:
      taken = digits.count
      number = digits.reduce(0) { min(100_000, $0 * 10 + $1) }
    }
    at = begin + taken
    if number > groupsThere {
      let text = "\\" + digits[..<taken].map(String.init).joined()
      let isCode = dialect.escapesAnyLetter || dialect == .dotnet && number > 9
      guard isCode else { throw ImportRefusal("\(text) refers to a group that isn't there") }
      at = begin
      return append(try character())
    }
    try reference(to: number)
  }

  private mutating func reference(to number: Int) throws(ImportRefusal) {
    guard (1...max(1, groupsInAll)).contains(number), groupsInAll > 0 else {
      throw ImportRefusal("\\\(number) refers to a group that isn't there")
    }
    // PCRE2 10.42 takes the length of a group that refers to itself for longer than it may be.
    guard dialect == .dotnetECMAScript || !openGroups.contains(where: { $0.number == number }) else {
      throw ImportRefusal("\\\(number) refers to the group that it stands in")
    }
    if dialect.isDotnet, String(String.UnicodeScalarView(scalars)).contains(/\(\?(?:'|<[^=!])/) {
      throw ImportRefusal("\\\(number) counts groups as .NET does, those with a name last")
    }
    append(dialect.unsetGroupIsEmpty ? "(?(\(number))\\g{\(number)})" : "\\g{\(number)}")
  }

  private func decimal(_ offset: Int) -> Int? {
    peek(offset).flatMap { ("0"..."9").contains($0) ? Int($0.value - 0x30) : nil }
  }

  // MARK: - Characters

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
