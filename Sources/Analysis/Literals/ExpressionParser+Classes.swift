extension ExpressionParser {
  /// After the opening bracket.
  mutating func bracket() throws(Doubt) -> ExpressionTree {
    // `[[:<:]]` and `[[:>:]]` are no classes but edges of words.
    guard !isNext("[:<:]]"), !isNext("[:>:]]") else { throw Doubt() }
    var members = CharacterMembers()
    var isNegated = false
    while true {
      if skip("\\E") || skip("\\Q\\E") { continue }
      if !isNegated, skip("^") {
        isNegated = true
      } else {
        break
      }
    }
    if options.extendedMore, next == 0x20 || next == 0x09 { throw Doubt() }
    // Where `\Q` and `\E` stand around a hyphen, whether it makes a range is not worth knowing.
    var hasQuotes = false
    var hasRanges = false
    var isFirst = true
    while isFirst || next != UInt8(ascii: "]") {
      isFirst = false
      if skip("\\Q") {
        hasQuotes = true
        while !skip("\\E") { members.insert(try scalar()) }
      } else if skip("\\E") {
        hasQuotes = true
      } else {
        if options.extendedMore, next == 0x20 || next == 0x09 { members.widen() }
        if next == UInt8(ascii: "-") { hasRanges = true }
        try member(&members)
      }
    }
    at += 1
    if hasQuotes && hasRanges || isNegated { return .anything }
    return members.tree(ignoreCase: options.ignoreCase, spellsOutPartners: spellsOutPartners)
  }

  /// A character, a range, or a class within the class.
  private mutating func member(_ members: inout CharacterMembers) throws(Doubt) {
    guard let first = try memberScalar(&members) else { return }
    guard next == UInt8(ascii: "-"), at + 1 < bytes.count, bytes[at + 1] != UInt8(ascii: "]") else {
      members.insert(first)
      return
    }
    at += 1
    guard !isNext("\\Q"), !isNext("\\E"), let last = try memberScalar(&members), first <= last else { throw Doubt() }
    members.insert(first.value...last.value)
  }

  /// Nil if it was a class within the class, which then belongs to the members.
  private mutating func memberScalar(_ members: inout CharacterMembers) throws(Doubt) -> Unicode.Scalar? {
    if isNext("[:") || isNext("[.") || isNext("[=") {
      if try insertNamed(into: &members) { return nil }
    }
    guard skip("\\") else { return try scalar() }
    if try insertClass(into: &members) { return nil }
    if skip("b") { return "\u{8}" }
    if isNext("N{U+") {
      at += 1
      return try braced(after: "{U+", radix: 16)
    }
    // In a class there are no references: `\1` to `\7` begin an octal number of up to three digits.
    if let digit = next, (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(digit) { return try scalar(digits(radix: 8, most: 3)) }
    return try escapedScalar()
  }

  /// `[:digit:]`. Returns whether it was one; what isn't but might be is in doubt.
  private mutating func insertNamed(into members: inout CharacterMembers) throws(Doubt) -> Bool {
    let start = at
    at += 2
    let isNegated = skip("^")
    let nameStart = at
    while let byte = next, byte.isASCIILetter { at += 1 }
    let name = String(decoding: bytes[nameStart..<at], as: UTF8.self)
    guard bytes[start + 1] == UInt8(ascii: ":"), skip(":]") else {
      // `[[:a]`: a bracket, a colon and a letter, if no `:]` can be meant.
      at = start
      let rest = bytes[(start + 2)...]
      let end = rest.firstIndex(of: UInt8(ascii: "]")) ?? bytes.endIndex
      guard end < bytes.endIndex, bytes[end - 1] != bytes[start + 1], !rest[..<end].contains(UInt8(ascii: "\\")) else {
        throw Doubt()
      }
      return false
    }
    if isNegated {
      members.widen()
      return true
    }
    switch name {
    case "digit": members.insert("0123456789")
    case "space": members.insert(" \t\n\u{B}\u{C}\r")
    case "blank": members.insert(" \t")
    case "alpha", "lower", "upper", "alnum", "ascii", "cntrl", "graph", "print", "punct", "word", "xdigit": members.widen()
    default: throw Doubt()
    }
    return true
  }
}
