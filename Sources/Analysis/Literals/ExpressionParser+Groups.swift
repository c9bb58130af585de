extension ExpressionParser {
  /// After the opening parenthesis. Nil for an inline option.
  mutating func group() throws(Doubt) -> ExpressionTree? {
    // Verbs may do anything, and at the start of an expression they change what others mean.
    guard !isNext("*") else { throw Doubt() }
    guard skip("?") else { return try body() }
    if skip(":") || skip(">") || skip("|") { return try body() }
    if skip("=") || skip("<=") { return .look(try body()) }
    if skip("!") || skip("<!") {
      _ = try body()
      return .empty
    }
    if skip("P<") || skip("<") {
      try name(upTo: UInt8(ascii: ">"))
      return try body()
    }
    if skip("'") {
      try name(upTo: UInt8(ascii: "'"))
      return try body()
    }
    if skip("(") { return try conditional() }
    if skip("P>") || skip("P=") || skip("&") {
      try name(upTo: UInt8(ascii: ")"))
      return .anything
    }
    if skip("R)") { return .anything }
    if skip("C") {
      // A callout's number; one with a string may hold parentheses.
      while let byte = next, byte.isASCIIDigit { at += 1 }
      guard skip(")") else { throw Doubt() }
      return nil
    }
    if let call = try call() { return call }
    return try inlineOptions()
  }

  /// The rest of a group; options that are set in it end with it.
  private mutating func body() throws(Doubt) -> ExpressionTree { try body(then: options) }

  /// - Parameter outer: the options that hold behind it.
  private mutating func body(then outer: Options) throws(Doubt) -> ExpressionTree {
    let tree = try alternatives()
    options = outer
    guard skip(")") else { throw Doubt() }
    return tree
  }

  private mutating func name(upTo end: UInt8) throws(Doubt) {
    let start = at
    while let byte = next, byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "_") { at += 1 }
    guard at > start, next == end else { throw Doubt() }
    at += 1
  }

  /// `(?(`: which branch is tried depends on what this parser doesn't follow, so all that counts is where the group ends.
  private mutating func conditional() throws(Doubt) -> ExpressionTree {
    if isNext("?=") || isNext("?!") || isNext("?<=") || isNext("?<!") {
      _ = try group()
    } else {
      while let byte = next, byte != UInt8(ascii: ")") {
        guard byte.isASCIILetter || "0123456789_<>'+-&=.".utf8.contains(byte) else { throw Doubt() }
        at += 1
      }
      guard skip(")") else { throw Doubt() }
    }
    _ = try body()
    return .anything
  }

  /// `(?1)`, `(?+1)`, `(?-1)`; nil if it is none.
  private mutating func call() throws(Doubt) -> ExpressionTree? {
    let start = at
    _ = skip("+") || skip("-")
    let digits = at
    while let byte = next, byte.isASCIIDigit { at += 1 }
    guard at > digits else {
      at = start
      return nil
    }
    guard skip(")") else { throw Doubt() }
    return .anything
  }

  /// `(?i)` for the rest of the group, or `(?i:…)`.
  private mutating func inlineOptions() throws(Doubt) -> ExpressionTree? {
    let outer = options
    var isOn = true
    if skip("^") {
      options.ignoreCase = false
      options.multiline = false
      options.extended = false
    }
    while let letter = next, letter != UInt8(ascii: ")"), letter != UInt8(ascii: ":") {
      at += 1
      switch letter {
      case UInt8(ascii: "-"):
        guard isOn else { throw Doubt() }
        isOn = false
      case UInt8(ascii: "i"): options.ignoreCase = isOn
      case UInt8(ascii: "m"): options.multiline = isOn
      case UInt8(ascii: "x"):
        // When exactly `xx` ends is left open: once set, it may hold.
        if skip("x"), isOn { options.extendedMore = true }
        options.extended = isOn
      case UInt8(ascii: "s"), UInt8(ascii: "n"), UInt8(ascii: "J"), UInt8(ascii: "U"): break
      default: throw Doubt()
      }
    }
    if skip(")") { return nil }
    guard skip(":") else { throw Doubt() }
    return try body(then: outer)
  }
}
