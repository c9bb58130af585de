/// Writes an expression of another dialect as PCRE2, so that it matches the same on a line of a log, with the same captures.
///
/// Each construct is taken for what the dialect's manual says. What PCRE2 writes in the same way is left as it is; what it takes for
/// something else is written anew; what it can't say is refused. `.` and `$` need nothing: a line has no line break.
struct DialectConverter {
  /// The expression for PCRE2.
  private(set) var result = ""
  /// Groups that capture, in the order of their parentheses.
  private(set) var captures = 0
  /// What isn't quite what it was, in words.
  private(set) var notes: [String] = []

  let dialect: Dialect
  /// Whether `\d`, `\w`, `\s` and `\b` are to stand for ASCII, whatever the dialect says.
  private let isASCII: Bool
  /// Names for captures that have none.
  private let names: [Int: String]
  var scalars: [Unicode.Scalar]
  var at = 0
  private var isExtended = false
  /// Where the last atom begins in the result; nil where nothing may be repeated.
  private var atom: String.Index?
  private var hasQuantifier = false
  private var openGroups: [(start: String.Index, wasExtended: Bool)] = []
  private let groupsInAll: Int

  /// - Parameter names: names to give to captures, by number; those that have a name keep it.
  /// - Throws: `ImportRefusal`.
  init(_ expression: String, dialect: Dialect, isASCII: Bool = false, names: [Int: String] = [:]) throws(ImportRefusal) {
    self.dialect = dialect
    self.isASCII = isASCII
    self.names = names
    scalars = Array(expression.unicodeScalars)
    groupsInAll = scalars.count { $0 == "(" }
    if dialect == .pcre2, names.isEmpty {
      result = expression
      return
    }
    try convert()
  }

  /// What a class stands for, as the inside of one.
  var classes: Dialect.Classes { isASCII ? Dialect.Classes() : dialect.classes }

  var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }
  func peek(_ offset: Int) -> Unicode.Scalar? { at + offset < scalars.count ? scalars[at + offset] : nil }

  mutating func skip(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard at + wanted.count <= scalars.count, scalars[at..<at + wanted.count].elementsEqual(wanted) else { return false }
    at += wanted.count
    return true
  }

  mutating func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }

  /// Everything up to a character, which is taken, too.
  mutating func text(upTo end: Unicode.Scalar) throws(ImportRefusal) -> String {
    var text = ""
    while let scalar = next {
      at += 1
      if scalar == end { return text }
      text.unicodeScalars.append(scalar)
    }
    throw ImportRefusal("\(end) is missing at the end of the expression")
  }

  // MARK: - Structure

  private mutating func convert() throws(ImportRefusal) {
    while let scalar = next {
      if isExtended, skipsBlank(scalar) { continue }
      switch scalar {
      case "\\": try escape()
      case "[":
        let text = try characterClass()
        append(text)
      case "(": try openGroup()
      case ")": try closeGroup()
      case "*", "+", "?": try quantifier()
      case "{": try brace()
      case "|":
        at += 1
        result += "|"
        (atom, hasQuantifier) = (nil, false)
      case "^", "$":
        at += 1
        append(String(scalar))
      default:
        at += 1
        append(String(scalar))
      }
    }
    guard openGroups.isEmpty else { throw ImportRefusal("a parenthesis is not closed") }
  }

  /// Blanks and comments of an extended expression mean nothing.
  private mutating func skipsBlank(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "#" {
      while let scalar = next, scalar != "\n" { at += 1 }
      return true
    }
    guard [" ", "\t", "\n", "\r", "\u{0B}", "\u{0C}"].contains(scalar) else { return false }
    at += 1
    return true
  }

  /// Appends something that may be repeated.
  mutating func append(_ text: String) {
    atom = result.endIndex
    hasQuantifier = false
    result += text
  }

  // MARK: - Repetition

  private mutating func quantifier() throws(ImportRefusal) {
    guard let scalar = next else { return }
    at += 1
    try repeated(String(scalar))
  }

  private mutating func brace() throws(ImportRefusal) {
    let begin = at
    at += 1
    var body = ""
    while let scalar = next, scalar.properties.numericType == .decimal || scalar == "," {
      body.unicodeScalars.append(scalar)
      at += 1
    }
    let parts = body.split(separator: ",", omittingEmptySubsequences: false)
    guard next == "}", parts.count <= 2, !body.isEmpty, body != ",", !parts[0].isEmpty || dialect == .python || dialect == .rust
    else {
      // Not a repetition: the brace stands for itself.
      at = begin + 1
      append("\\{")
      return
    }
    at += 1
    let bounds = parts[0].isEmpty ? "0\(body)" : body
    guard parts.allSatisfy({ ($0.isEmpty || Int($0) ?? .max <= 65_535) }) else {
      throw ImportRefusal("{\(body)} repeats more often than PCRE2 does (65535)")
    }
    try repeated("{\(bounds)}")
  }

  private mutating func repeated(_ text: String) throws(ImportRefusal) {
    guard let atom else { throw ImportRefusal("\(text) has nothing to repeat") }
    if hasQuantifier {
      if dialect == .rust {
        // There, a repetition may be repeated itself.
        result.insert(contentsOf: "(?:", at: atom)
        result += ")"
      } else if !(text == "+" && dialect.hasPossessives) {
        throw ImportRefusal("\(text) repeats a repetition")
      } else {
        result += "+"
        self.atom = nil
        return
      }
    }
    let start = atom
    result += text
    if next == "?" {
      at += 1
      result += "?"
    } else if next == "+", dialect.hasPossessives {
      at += 1
      result += "+"
      self.atom = nil
      return
    }
    self.atom = start
    hasQuantifier = true
  }

  // MARK: - Groups

  private mutating func openGroup() throws(ImportRefusal) {
    at += 1
    let (start, wasExtended) = (result.endIndex, isExtended)
    var text: String
    if !skip("?") {
      guard next != "*" else { throw ImportRefusal("(* is not known") }
      captures += 1
      text = names[captures].map { "(?<\($0)>" } ?? "("
    } else if skip("#") {
      _ = try self.text(upTo: ")")
      return
    } else if skip("P<") || (next == "<" && peek(1) != "=" && peek(1) != "!" && skip("<")) {
      text = try named(upTo: ">")
    } else if next == "'", dialect == .dotnet {
      at += 1
      text = try named(upTo: "'")
    } else if skip("P=") {
      append("(?P=\(try self.text(upTo: ")")))")
      return
    } else if let look = ["<=", "<!", "=", "!"].first(where: { skip($0) }) {
      guard dialect.hasLookaround else { throw ImportRefusal("(?\(look) is not known to \(dialect.rawValue)") }
      text = "(?\(look)"
    } else if skip(":") {
      text = "(?:"
    } else if skip(">") {
      text = "(?>"
    } else if next == "(" {
      guard dialect == .python || dialect == .dotnet, let digit = peek(1), digit.properties.numericType == .decimal else {
        throw ImportRefusal("a condition (?( can't be told")
      }
      at += 1
      text = "(?(\(try self.text(upTo: ")")))"
    } else {
      guard let flags = try flags() else { return }
      text = flags
    }
    result += text
    openGroups.append((start, wasExtended))
    (atom, hasQuantifier) = (nil, false)
  }

  private mutating func named(upTo end: Unicode.Scalar) throws(ImportRefusal) -> String {
    let name = try text(upTo: end)
    guard !name.isEmpty, name.utf8.count <= 32, name.utf8.allSatisfy(Self.isWord), !(name.utf8.first.map(Self.isDigit) ?? true)
    else {
      throw ImportRefusal("\(name) can't be the name of a capture: letters, digits and _, at most 32")
    }
    captures += 1
    if dialect == .dotnet { note("captures are numbered from left to right, those with a name, too") }
    return "(?<\(name)>"
  }

  private mutating func closeGroup() throws(ImportRefusal) {
    guard let group = openGroups.popLast() else { throw ImportRefusal("a parenthesis is closed that was not opened") }
    at += 1
    result += ")"
    isExtended = group.wasExtended
    (atom, hasQuantifier) = (group.start, false)
  }

  /// Options such as `(?i)` and `(?i:`.
  ///
  /// - Returns: the beginning of a group; nil if they hold for what follows.
  private mutating func flags() throws(ImportRefusal) -> String? {
    var (on, off) = ("", "")
    var isOff = false
    while let scalar = next, scalar != ":", scalar != ")" {
      at += 1
      switch scalar {
      case "-" where !isOff: isOff = true
      case "x": isExtended = !isOff
      case "i", "m", "s": if isOff { off.unicodeScalars.append(scalar) } else { on.unicodeScalars.append(scalar) }
      case "U" where dialect == .rust || dialect == .go: if isOff { off += "U" } else { on += "U" }
      case "n" where dialect == .dotnet:
        throw ImportRefusal("(?n) changes which groups capture")
      // About line breaks, which a line hasn't got, and what is the default anyway.
      case "d" where dialect == .java, "u" where dialect == .java && !isOff, "R" where dialect == .rust: break
      case "u" where (dialect == .rust || dialect == .python) && !isOff: break
      default: throw ImportRefusal("the option \(scalar) can't be told")
      }
    }
    let text = on + (off.isEmpty ? "" : "-" + off)
    guard next == ":" else {
      guard next == ")" else { throw ImportRefusal("a parenthesis is not closed") }
      at += 1
      if !text.isEmpty { result += "(?\(text))" }
      return nil
    }
    at += 1
    return "(?\(text):"
  }

  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }

  /// Whether blanks mean nothing at this point.
  var isExtendedNow: Bool { isExtended }

  /// How many groups there may be at most: what a reference to one is held against.
  var mostGroups: Int { groupsInAll }
}
