extension DialectConverter {
  /// A class of characters: what is in it, and what it leaves out.
  private struct Members {
    /// The inside of a class of PCRE2.
    var items = ""
    /// Insides of classes whose opposites are in it: `\S` where it isn't PCRE2's own.
    var opposites: [String] = []
    var isNegated = false
    /// What came last: how a `-` behind it is taken.
    var last = Last.nothing

    enum Last { case nothing, character, range, characters }

    /// Whether it can be written as one class.
    var isSimple: Bool { opposites.isEmpty }

    /// As an expression for one character.
    var expression: String {
      if isSimple {
        // `[]` is nothing and `[^]` everything, in JavaScript.
        if items.isEmpty { return isNegated ? #"[\x{0}-\x{10FFFF}]"# : "(?!)" }
        return "[\(isNegated ? "^" : "")\(items)]"
      }
      if isNegated {
        // Neither one of the items nor in an opposite: in each of what these are the opposites of.
        let within = opposites.map { "(?=[\($0)])" }.joined()
        return items.isEmpty
          ? "(?:\(opposites.dropFirst().map { "(?=[\($0)])" }.joined())[\(opposites[0])])" : "(?:\(within)[^\(items)])"
      }
      let others = opposites.map { "[^\($0)]" }
      return "(?:\((items.isEmpty ? others : ["[\(items)]"] + others).joined(separator: "|")))"
    }
  }

  private static let deepestClass = 16

  /// Reads a class from its `[` to its `]`.
  ///
  /// - Returns: an expression of PCRE2 that matches the same characters.
  mutating func characterClass(depth: Int = 0) throws(ImportRefusal) -> String {
    guard depth < Self.deepestClass else { throw ImportRefusal("classes are nested too deeply") }
    at += 1
    var members = Members()
    members.isNegated = skip("^")
    var isFirst = true
    while true {
      guard let scalar = next else { throw ImportRefusal("[ is not closed") }
      if scalar == "]", !(isFirst && dialect != .javascript) {
        at += 1
        remark(on: members)
        return members.expression
      }
      isFirst = false
      switch scalar {
      case "\\": try classEscape(&members)
      case "[": try bracket(&members, depth)
      case "&" where dialect.nestsClasses && peek(1) == "&":
        at += 2
        return try combined(members, depth, isIntersection: true)
      case "-" where dialect == .rust && peek(1) == "-":
        at += 2
        return try combined(members, depth, isIntersection: false)
      case "~" where dialect == .rust && peek(1) == "~":
        throw ImportRefusal("~~ in a class can't be told")
      case "-" where dialect.isDotnet && peek(1) == "[" && members.last != .nothing:
        at += 1
        let without = try characterClass(depth: depth + 1)
        guard next == "]" else { throw ImportRefusal("a class that is taken away must come last") }
        at += 1
        remark(on: members)
        return "(?:(?!\(without))\(members.expression))"
      case "-": try hyphen(&members)
      default:
        at += 1
        if isBlankInClass(scalar) { continue }
        add(try plain(scalar), to: &members)
      }
    }
  }

  private mutating func remark(on members: Members) {
    remarkOnCase(ofClass: members.items)
    let others = [#"\D"#, #"\W"#, #"\S"#, #"\p"#, #"\P"#]
    if members.isNegated || !members.isSimple || others.contains(where: members.items.contains) { remarkOnHalves() }
  }

  /// A character of a class that stands for itself.
  private func plain(_ scalar: Unicode.Scalar) throws(ImportRefusal) -> String {
    if scalar.value > 0xFFFF, dialect == .javascript || dialect.isDotnet {
      throw ImportRefusal("\(scalar) in a class is two characters to \(dialect.rawValue), either of which matches")
    }
    return scalar == "]" || scalar == "^" ? "\\\(scalar)" : String(scalar)
  }

  private func add(_ text: String, to members: inout Members) {
    members.items += text
    members.last = .character
  }

  /// A `-` in a class: itself, or what makes a range of its neighbours.
  private mutating func hyphen(_ members: inout Members) throws(ImportRefusal) {
    at += 1
    let follows = next
    guard let follows, follows != "]", members.last == .character || members.last == .characters else {
      add("\\-", to: &members)
      return
    }
    if members.last == .characters {
      guard dialect.takesHyphenBesideClass else {
        throw ImportRefusal("a range in [ ] begins with a class of characters, which \(dialect.rawValue) doesn't know")
      }
      add("\\-", to: &members)
      return
    }
    // Nested classes and operations begin no range either.
    if follows == "[", dialect.nestsClasses { return add("\\-", to: &members) }
    if follows == "&", peek(1) == "&", dialect.nestsClasses { return add("\\-", to: &members) }
    var end = Members()
    if follows == "\\" {
      try classEscape(&end)
    } else {
      at += 1
      end.items = try plain(follows)
      if follows == "[" { end.items = "\\[" }
      end.last = .character
    }
    if end.last == .characters {
      guard dialect == .javascript else {
        throw ImportRefusal("a range in [ ] ends in a class of characters, which \(dialect.rawValue) doesn't know")
      }
      members.items += "\\-" + end.items
      members.opposites += end.opposites
      members.last = .characters
      return
    }
    members.items += "-" + end.items
    members.last = .range
  }

  /// In Java's and Rust's extended expressions blanks mean nothing in classes either.
  private func isBlankInClass(_ scalar: Unicode.Scalar) -> Bool {
    flags.isExtended && dialect.nestsClasses && [" ", "\t", "\n", "\r"].contains(scalar)
  }

  private mutating func classEscape(_ members: inout Members) throws(ImportRefusal) {
    at += 1
    guard let scalar = next else { throw ImportRefusal("[ is not closed") }
    members.last = .characters
    if ["d", "D", "w", "W", "s", "S"].contains(scalar) { remarkOnWords(scalar) }
    switch scalar {
    case "d", "w", "s":
      at += 1
      members.items += self.members(of: scalar) ?? "\\\(scalar)"
    case "D", "W", "S":
      at += 1
      if let inside = self.members(of: scalar) { members.opposites.append(inside) } else { members.items += "\\\(scalar)" }
    case "b" where dialect != .java && dialect != .rust && dialect != .go:
      at += 1
      add("\\x08", to: &members)
    case "h" where dialect == .java, "H" where dialect == .java, "v" where dialect == .java, "V" where dialect == .java:
      at += 1
      members.items += "\\\(scalar)"
    case "Q" where dialect == .java || dialect == .go:
      at += 1
      while at < scalars.count, !skip("\\E") {
        members.items += Self.literal(scalars[at])
        at += 1
      }
    case "p", "P":
      if let named = try javaClass() {
        if named.isNegated { members.opposites.append(named.members) } else { members.items += named.members }
      } else {
        members.items += try character()
      }
    default: add(try character(), to: &members)
    }
  }

  private mutating func bracket(_ members: inout Members, _ depth: Int) throws(ImportRefusal) {
    if dialect.hasPOSIXClasses, peek(1) == ":" {
      let begin = at
      at += 2
      if let name = try? text(upTo: ":"), next == "]" {
        at += 1
        members.items += "[:\(name):]"
        members.last = .characters
        return
      }
      at = begin
    }
    guard dialect.nestsClasses else {
      at += 1
      add("\\[", to: &members)
      return
    }
    guard !members.isNegated else { throw ImportRefusal("a class within one that begins with ^ can't be told") }
    let inner = try characterClass(depth: depth + 1)
    members.last = .characters
    // A plain class within another adds its members to it.
    if inner.hasPrefix("[^") {
      members.opposites.append(String(inner.dropFirst(2).dropLast()))
    } else if inner.hasPrefix("[") {
      members.items += inner.dropFirst().dropLast()
    } else {
      throw ImportRefusal("a class within a class can't be told")
    }
  }

  /// `[a-z&&[^aeiou]]` and `[a-z--aeiou]`: what stands left of the sign, as far as what stands right of it allows.
  private mutating func combined(_ left: Members, _ depth: Int, isIntersection: Bool) throws(ImportRefusal) -> String {
    guard !left.isNegated else { throw ImportRefusal("&& or -- in a class that begins with ^ can't be told") }
    var right = Members()
    var inner: String?
    while let scalar = next, scalar != "]" {
      if scalar == "[", right.items.isEmpty, right.isSimple, inner == nil, !(dialect.hasPOSIXClasses && peek(1) == ":") {
        inner = try characterClass(depth: depth + 1)
      } else if scalar == "&" && peek(1) == "&" || scalar == "-" && peek(1) == "-" || inner != nil {
        throw ImportRefusal("several && or -- in a class can't be told")
      } else if scalar == "\\" {
        try classEscape(&right)
      } else if scalar == "[" {
        try bracket(&right, depth)
      } else if scalar == "-" {
        try hyphen(&right)
      } else {
        at += 1
        if isBlankInClass(scalar) { continue }
        add(try plain(scalar), to: &right)
      }
    }
    guard next == "]" else { throw ImportRefusal("[ is not closed") }
    at += 1
    remark(on: left)
    // Where nothing follows the sign, Java takes none for being there.
    if dialect == .java, inner == nil, right.isSimple, right.items.isEmpty { return left.expression }
    return "(?:(?\(isIntersection ? "=" : "!")\(inner ?? right.expression))\(left.expression))"
  }

  /// Java's names for classes of ASCII: `\p{Alpha}`. Nothing is read if there is none.
  mutating func javaClass() throws(ImportRefusal) -> (members: String, isNegated: Bool)? {
    guard dialect == .java, next == "p" || next == "P", peek(1) == "{" else { return nil }
    let begin = at
    let isNegated = next == "P"
    at += 2
    let name = try text(upTo: "}")
    guard let members = Self.javaClasses[name] else {
      at = begin
      return nil
    }
    return (members, isNegated)
  }

  private static let javaClasses = [
    "Lower": "a-z", "Upper": "A-Z", "ASCII": #"\x00-\x7F"#, "Alpha": "A-Za-z", "Digit": "0-9", "Alnum": "A-Za-z0-9",
    "Punct": #"!-\/:-@\[-`{-~"#, "Graph": "!-~", "Print": " -~", "Blank": #" \t"#, "Cntrl": #"\x00-\x1F\x7F"#,
    "XDigit": "0-9A-Fa-f", "Space": #"\t-\r "#,
  ]
}
