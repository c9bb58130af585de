extension DialectConverter {
  mutating func openGroup() throws(ImportRefusal) {
    at += 1
    let (start, outer, before) = (result.endIndex, flags, captures)
    var text: String
    if !skip("?") {
      guard next != "*" else { throw ImportRefusal("(* is not known to \(dialect.rawValue)") }
      captures += 1
      text = names[captures].map { "(?<\($0)>" } ?? "("
    } else if dialect.hasComments, skip("#") {
      _ = try self.text(upTo: ")")
      return
    } else if dialect.namesByP && skip("P<") || dialect.namesPlainly && next == "<" && peek(1) != "=" && peek(1) != "!" && skip("<")
    {
      text = try named(upTo: ">")
    } else if next == "'", dialect.isDotnet {
      at += 1
      text = try named(upTo: "'")
    } else if dialect == .python || dialect == .pcre2, skip("P=") {
      append("(?P=\(try self.text(upTo: ")")))")
      return
    } else if let look = ["<=", "<!", "=", "!"].first(where: { skip($0) }) {
      guard dialect.hasLookaround else { throw ImportRefusal("(?\(look) is not known to \(dialect.rawValue)") }
      text = "(?\(look)"
    } else if skip(":") {
      text = "(?:"
    } else if dialect.hasAtomicGroups, skip(">") {
      text = "(?>"
    } else if next == "(" {
      guard dialect == .python || dialect.isDotnet, let digit = peek(1), digit.properties.numericType == .decimal else {
        throw ImportRefusal("a condition (?( can't be told")
      }
      at += 1
      text = "(?(\(try self.text(upTo: ")")))"
    } else {
      guard let options = try options() else { return }
      text = options
    }
    result += text
    let group = OpenGroup(
      start: start, flags: outer, number: captures > before ? captures : nil, capturesBefore: before, contentStart: result.endIndex)
    if let severity, group.number == severity { enterSeverity(start) }
    openGroups.append(group)
    (atom, hasQuantifier) = (nil, false)
  }

  private mutating func named(upTo end: Unicode.Scalar) throws(ImportRefusal) -> String {
    let name = try text(upTo: end)
    guard !name.isEmpty, name.utf8.count <= 32, name.utf8.allSatisfy(Self.isWord), !(name.utf8.first.map(Self.isDigit) ?? true)
    else {
      throw ImportRefusal("\(name) can't be the name of a capture: letters, digits and _, at most 32")
    }
    captures += 1
    if dialect.isDotnet { note("captures are numbered from left to right, those with a name, too") }
    return "(?<\(name)>"
  }

  mutating func closeGroup() throws(ImportRefusal) {
    guard let group = openGroups.popLast() else { throw ImportRefusal("a parenthesis is closed that was not opened") }
    at += 1
    if let severity, group.number == severity { try narrowSeverity(group) }
    result += ")"
    flags = group.flags
    lastGroup = group
    (atom, hasQuantifier) = (group.start, false)
  }

  /// Options such as `(?i)` and `(?i:`.
  ///
  /// - Returns: the beginning of a group; nil if they hold for what follows.
  private mutating func options() throws(ImportRefusal) -> String? {
    var (on, off) = ("", "")
    var isOff = false
    var changed = flags
    while let scalar = next, scalar != ":", scalar != ")" {
      at += 1
      switch scalar {
      case "-" where !isOff: isOff = true
      case "x" where dialect != .javascript && dialect != .go: changed.isExtended = !isOff
      case "i", "m", "s":
        switch scalar {
        case "i": changed.isCaseless = !isOff
        case "m": changed.isMultiline = !isOff
        default: changed.dotMatchesAll = !isOff
        }
        if isOff { off.unicodeScalars.append(scalar) } else { on.unicodeScalars.append(scalar) }
      case "U" where dialect == .rust || dialect == .go: if isOff { off += "U" } else { on += "U" }
      case _ where !scalar.properties.isAlphabetic:
        throw ImportRefusal("(?\(scalar) is not known to \(dialect.rawValue)")
      case "n" where dialect.isDotnet:
        throw ImportRefusal("(?n) changes which groups capture")
      // About line breaks, which a line hasn't got, and what is the default anyway.
      case "d" where dialect == .java: changed.hasUnixLines = !isOff
      case "u" where dialect == .java: changed.hasUnicodeCase = !isOff
      case "R" where dialect == .rust: break
      case "u" where (dialect == .rust || dialect == .python) && !isOff: break
      default: throw ImportRefusal("the option \(scalar) can't be told")
      }
    }
    let text = on + (off.isEmpty ? "" : "-" + off)
    guard next == ":" else {
      guard next == ")" else { throw ImportRefusal("a parenthesis is not closed") }
      guard dialect != .javascript else { throw ImportRefusal("(?\(text)) is not known to javascript") }
      at += 1
      flags = changed
      if !text.isEmpty { result += "(?\(text))" }
      (atom, hasQuantifier) = (nil, false)
      return nil
    }
    at += 1
    flags = changed
    if dialect == .javascript { remark("(?\(text): is of JavaScript since 2025; before, it was an error") }
    return "(?\(text):"
  }

  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }

  // MARK: - Counting

  /// How many groups capture, by the expression as it was.
  func countedGroups() -> Int {
    var count = 0
    var index = 0
    func holds(_ text: String, at index: Int) -> Bool { scalars.dropFirst(index).starts(with: text.unicodeScalars) }
    while index < scalars.count {
      switch scalars[index] {
      case "\\":
        let isQuote = holds("\\Q", at: index) && (dialect == .java || dialect == .go || dialect == .pcre2)
        index += 2
        while isQuote, index < scalars.count, !holds("\\E", at: index) { index += 1 }
      case "[": index = endOfClass(from: index)
      case "(":
        let rest = index + 1
        let isNamed =
          holds("?P<", at: rest) || holds("?'", at: rest)
          || holds("?<", at: rest) && !holds("?<=", at: rest) && !holds("?<!", at: rest)
        if isNamed || !holds("?", at: rest) && !holds("*", at: rest) { count += 1 }
        if holds("?#", at: rest), dialect.hasComments {
          while index < scalars.count, scalars[index] != ")" { index += 1 }
        }
        index += 1
      default: index += 1
      }
    }
    return count
  }

  /// Behind the class that begins there; where it isn't closed, the end.
  private func endOfClass(from begin: Int) -> Int {
    var index = begin + 1
    if index < scalars.count, scalars[index] == "^" { index += 1 }
    if index < scalars.count, scalars[index] == "]", dialect != .javascript { index += 1 }
    while index < scalars.count, scalars[index] != "]" {
      let nests =
        scalars[index] == "["
        && (dialect.nestsClasses || dialect.hasPOSIXClasses && index + 1 < scalars.count && scalars[index + 1] == ":"
          || dialect.isDotnet && scalars[index - 1] == "-")
      index = nests ? endOfClass(from: index) : index + (scalars[index] == "\\" ? 2 : 1)
    }
    return index + 1
  }
}
