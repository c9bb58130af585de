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
        let text = try character()
        append(text == String(scalar) ? cased(scalar) : casedCode(text))
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

  /// The digit that stands so far ahead.
  func decimal(_ offset: Int) -> Int? {
    peek(offset).flatMap { ("0"..."9").contains($0) ? Int($0.value - 0x30) : nil }
  }
}
