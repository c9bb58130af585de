extension Regex {
  /// Settings that may stand at the very start of an expression (pcre2pattern(3), "Special start-of-pattern items"), of those that PCRE2
  /// knows the ones that are refused, with the reason.
  ///
  /// What ends a line is none of an expression's business here: it sees one line without its end. Nor would it be safe: with `(*ANY)` or
  /// `(*ANYCRLF)`, PCRE2 10.42 reads what lies before a subject that begins with broken UTF-8.
  /// All others are kept with their meaning. `(*LIMIT_…)` can only lower a limit.
  private static let refusedSettings: [(names: [String], reason: String)] = [
    (["CR", "LF", "CRLF", "ANYCRLF", "ANY", "NUL"], "says what ends a line, but an expression sees one line without its end"),
    (["NO_JIT"], "keeps the expression from becoming machine code, which the limits are made for"),
  ]

  private static let settingNames =
    [
      "UTF", "UCP", "NOTEMPTY", "NOTEMPTY_ATSTART", "NO_AUTO_POSSESS", "NO_DOTSTAR_ANCHOR", "NO_START_OPT", "BSR_ANYCRLF",
      "BSR_UNICODE",
      "LIMIT_MATCH", "LIMIT_DEPTH", "LIMIT_RECURSION", "LIMIT_HEAP",
    ] + refusedSettings.flatMap(\.names)

  /// An error if the expression begins with a setting that is refused.
  static func refusal(of expression: [UInt8]) -> PCRE2Error? {
    for setting in settings(of: expression).settings {
      let name = expression[setting].dropFirst(2).dropLast()
      for refused in refusedSettings where refused.names.contains(where: { name.elementsEqual($0.utf8) }) {
        let text = String(decoding: expression[setting], as: UTF8.self)
        return PCRE2Error(message: "\(text) \(refused.reason): leave it out", offset: setting.lowerBound)
      }
    }
    return nil
  }

  /// What an expression begins with, and whether what follows holds a verb.
  struct Beginning {
    /// Whether an empty match counts or not by where the search begins.
    var mindsWhereSearchesBegin = false
    /// Whether there may be a backtracking verb, `(*COMMIT)` and its like. It may be said of one that is quoted.
    var hasVerbs = false
  }

  static func beginning(of expression: [UInt8]) -> Beginning {
    let (settings, rest) = settings(of: expression)
    var beginning = Beginning()
    beginning.mindsWhereSearchesBegin = settings.contains { expression[$0].elementsEqual("(*NOTEMPTY_ATSTART)".utf8) }
    let bytes = expression[rest...]
    beginning.hasVerbs = bytes.indices.dropLast(2).contains { at in
      // Small letters are assertions and groups: `(*atomic:…)`.
      bytes[at] == UInt8(ascii: "(") && bytes[at + 1] == UInt8(ascii: "*")
        && ((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[at + 2]) || bytes[at + 2] == UInt8(ascii: ":"))
    }
    return beginning
  }

  /// Where the settings of an expression stand, and where the rest begins.
  private static func settings(of expression: [UInt8]) -> (settings: [Range<Int>], rest: Int) {
    var settings: [Range<Int>] = []
    var rest = 0
    while expression[rest...].starts(with: "(*".utf8), let end = expression[rest...].firstIndex(of: UInt8(ascii: ")")) {
      let name = expression[(rest + 2)..<end].prefix { $0 != UInt8(ascii: "=") }
      guard settingNames.contains(where: { name.elementsEqual($0.utf8) }) else { break }
      settings.append(rest..<end + 1)
      rest = end + 1
    }
    return (settings, rest)
  }
}
