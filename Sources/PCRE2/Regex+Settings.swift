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

  /// An error if the expression begins with a setting that is refused.
  static func refusal(of expression: [UInt8]) -> PCRE2Error? {
    var rest = expression[...]
    while rest.starts(with: "(*".utf8), let end = rest.firstIndex(of: UInt8(ascii: ")")) {
      let name = rest[(rest.startIndex + 2)..<end]
      for refused in refusedSettings where refused.names.contains(where: { name.elementsEqual($0.utf8) }) {
        let setting = String(decoding: rest[...end], as: UTF8.self)
        return PCRE2Error(message: "\(setting) \(refused.reason): leave it out", offset: rest.startIndex)
      }
      rest = rest[(end + 1)...]
    }
    return nil
  }
}
