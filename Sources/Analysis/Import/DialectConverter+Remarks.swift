/// What differs in single characters only, which logs hardly ever hold.
extension DialectConverter {
  /// `.`, `^` and `$`: which characters end a line. PCRE2 as Culprit compiles it knows but the line feed.
  mutating func remarkOnLineEnds(at scalar: Unicode.Scalar) {
    switch (dialect, scalar) {
    case (.java, ".") where !flags.dotMatchesAll && !flags.hasUnixLines, (.java, "$") where !flags.hasUnixLines,
      (.java, "^") where flags.isMultiline && !flags.hasUnixLines:
      remark("U+0085, U+2028 and U+2029 are characters like any other; to Java they end a line, for . and $")
    case (.javascript, ".") where !flags.dotMatchesAll, (.javascript, "^") where flags.isMultiline,
      (.javascript, "$") where flags.isMultiline:
      remark("U+2028 and U+2029 are characters like any other; to JavaScript they end a line")
    default: break
    }
  }

  /// Texts of UTF-16 have two characters for each beyond U+FFFF, which are of no class but those that leave something out.
  mutating func remarkOnHalves() {
    if dialect.hasHalfCharacters { remark("a character beyond U+FFFF is one character; to \(dialect.rawValue) it is two") }
  }

  /// `\w` and the like, by their letter.
  mutating func remarkOnWords(_ letter: Unicode.Scalar) {
    if dialect == .dotnet { remarkOnHalves() }
    if dialect == .go, flags.isCaseless, letter == "w" || letter == "W" {
      remark("whatever its case, \\w isn't U+017F or U+212A, which to go it is")
    }
    if dialect == .dotnetECMAScript, letter == "w" || letter == "W" { remark("U+0130 is no \\w; to dotnet-ecmascript it is one") }
  }

  /// A character that is to match whatever its case, if that is asked for.
  mutating func cased(_ scalar: Unicode.Scalar) -> String {
    guard flags.isCaseless else { return String(scalar) }
    if isASCIICase, !scalar.isASCII, scalar.properties.isCased { return "(?-i:\(scalar))" }
    if !scalar.isASCII, scalar.properties.isCased, dialect.isDotnet || dialect == .javascript {
      remark(
        "whatever their case, letters are compared by Unicode's simple folding, where ς is also σ and ẞ also ß; in \(dialect.rawValue) they aren't"
      )
    }
    remarkOnCase(of: scalar)
    return String(scalar)
  }

  /// The same for a character that is written by its code.
  mutating func casedCode(_ text: String) -> String {
    guard text.hasPrefix("\\x{"), let scalar = UInt32(text.dropFirst(3).dropLast(), radix: 16).flatMap(Unicode.Scalar.init) else {
      return text
    }
    let plain = cased(scalar)
    return plain == String(scalar) ? text : plain.replacing(String(scalar), with: text)
  }

  /// Java without `u` takes only letters of ASCII whatever their case.
  private var isASCIICase: Bool { dialect == .java && !flags.hasUnicodeCase }

  /// Letters of ASCII that others are cases of, by the dialect or by Unicode's simple folding, which is PCRE2's.
  mutating func remarkOnCase(of scalar: Unicode.Scalar) {
    guard flags.isCaseless else { return }
    switch (dialect, scalar.properties.lowercaseMapping) {
    case (.java, "s") where !flags.hasUnicodeCase, (.javascript, "s"), (.dotnet, "s"), (.dotnetECMAScript, "s"):
      remark("whatever its case, s is also U+017F (long s), which to \(dialect.rawValue) it isn't")
    case (.java, "k") where !flags.hasUnicodeCase, (.javascript, "k"):
      remark("whatever its case, k is also U+212A (Kelvin), which to \(dialect.rawValue) it isn't")
    case (.java, "i") where flags.hasUnicodeCase, (.python, "i"):
      remark("whatever its case, i isn't U+0130 or U+0131, which to \(dialect.rawValue) it is")
    default: break
    }
  }

  /// The same for a class, of which it is only known whether it has letters.
  mutating func remarkOnCase(ofClass items: String) {
    guard flags.isCaseless else { return }
    if isASCIICase, items.contains(#"\x{"#) || items.unicodeScalars.contains(where: { !$0.isASCII && $0.properties.isCased }) {
      note("in classes, letters beyond ASCII match whatever their case, which in Java without (?u) they don't")
    }
    guard items.contains(where: { $0.isASCII && $0.isLetter }) else { return }
    if items.contains("[:"), dialect == .go || dialect == .rust {
      remark("whatever its case, no class such as [:alpha:] has U+017F or U+212A, as to \(dialect.rawValue) it has")
    }
    for letter in ["s", "k", "i"] as [Unicode.Scalar] { remarkOnCase(of: letter) }
  }
}
