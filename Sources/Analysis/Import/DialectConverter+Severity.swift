import PCRE2

/// Problem matchers capture how bad a line is: only `error`, whatever its case, is a failure.
extension DialectConverter {
  mutating func enterSeverity(_ start: String.Index) {
    severityStart = start
    // In one branch of several, others are left without it.
    if hasAlternatives || openGroups.contains(where: \.hasAlternatives) { severityMayBeMissing = true }
  }

  /// Narrows what the group of the severity holds to the ways of writing `error` that it takes.
  mutating func narrowSeverity(_ group: OpenGroup) throws(ImportRefusal) {
    let content = String(result[group.contentStart...])
    let looksAround =
      captures > (group.number ?? 0)
      || ["(?=", "(?!", "(?<", "\\b", "\\B", "^", "$", "\\g", "\\A"].contains(where: content.contains)
    let flagged = group.flags.isCaseless ? "(?i)\(content)" : content
    if !takesWholly(flagged, [""]).isEmpty { severityMayBeMissing = true }
    if looksAround {
      // What it looks at, or captures within, would be lost: so it is only asked that the text begins and ends with the word.
      result.insert(contentsOf: "(?=(?i:error))", at: group.contentStart)
      result += "(?<=(?i:error))"
      return
    }
    let word = Array("error")
    let ways = takesWholly(
      flagged,
      (0..<1 << word.count).map { mask in
        String(word.indices.map { mask >> $0 & 1 == 1 ? Character(word[$0].uppercased()) : word[$0] })
      })
    guard !ways.isEmpty else { throw ImportRefusal("it marks no line as an error") }
    result.replaceSubrange(
      group.contentStart..., with: ways.count == 1 << word.count ? "(?i:error)" : ways.joined(separator: "|"))
  }

  /// Those of the texts that a part of the expression matches from end to end; all where it can't be said.
  func takesWholly(_ part: String, _ texts: [String]) -> [String] {
    guard let regex = try? Regex(#"\A(?:\#(part))\z"#) else { return texts }
    var matcher = Matcher(mostCaptures: regex.captureCount, matchLimit: 10_000)
    return texts.filter { text in
      var text = text
      let outcome = text.withUTF8 { matcher.firstMatch(of: regex, in: UnsafeRawBufferPointer($0), from: 0) }
      if case .noMatch = outcome { return false }
      return true
    }
  }

  func checkSeverity() throws(ImportRefusal) {
    guard let severity else { return }
    guard severityStart != nil else { throw ImportRefusal("there is no group \(severity), which is to tell errors from warnings") }
    if severityMayBeMissing {
      throw ImportRefusal("its severity may be missing from a match, so that warnings can't be told from errors by an expression")
    }
  }
}
