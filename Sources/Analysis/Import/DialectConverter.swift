/// Writes an expression of another dialect as PCRE2, so that it matches the same on a line of a log, with the same captures.
///
/// Each construct is taken for what the dialect's manual says. What PCRE2 writes in the same way is left as it is; what it takes for
/// something else is written anew; what it can't say is refused. What it takes for the same but for single rare characters is remarked.
struct DialectConverter {
  /// The expression for PCRE2.
  var result = ""
  /// Groups that capture, in the order of their parentheses.
  var captures = 0
  /// What isn't quite what it was, in words.
  private(set) var notes: [String] = []
  /// In which single characters, that logs hardly hold, it isn't what it was.
  private(set) var remarks: [String] = []

  let dialect: Dialect
  /// Whether `\d`, `\w`, `\s` and `\b` are to stand for ASCII, whatever the dialect says.
  let isASCII: Bool
  /// Names for captures that have none.
  let names: [Int: String]
  /// The group that must capture `error`, of a problem matcher.
  let severity: Int?
  var scalars: [Unicode.Scalar]
  var at = 0
  var flags = Flags()
  /// Where the last atom begins in the result; nil where nothing may be repeated.
  var atom: String.Index?
  var hasQuantifier = false
  var openGroups: [OpenGroup] = []
  /// Whether a `|` stands outside of all groups.
  var hasAlternatives = false
  /// Where the group of the severity begins, once it was read.
  var severityStart: String.Index?
  var severityMayBeMissing = false
  /// How many groups there are: what a reference to one is held against.
  private(set) var groupsInAll = 0

  /// Options that hold at some point.
  struct Flags {
    var isExtended = false
    var isCaseless = false
    /// Java's `u`.
    var hasUnicodeCase = false
    var isMultiline = false
    var dotMatchesAll = false
    /// Java's `d`.
    var hasUnixLines = false
  }

  struct OpenGroup {
    var start: String.Index
    var flags: Flags
    /// Its number if it captures, and how many groups began before it.
    var number: Int?
    var capturesBefore: Int
    var contentStart: String.Index
    var hasAlternatives = false
  }

  /// - Parameters:
  ///   - ignoresCase: whether it is to be compiled so that letters match whatever their case.
  ///   - names: names to give to captures, by number; those that have a name keep it.
  ///   - severity: the number of a group that must capture `error`, whatever its case, and nothing else.
  /// - Throws: `ImportRefusal`.
  init(
    _ expression: String, dialect: Dialect, isASCII: Bool = false, ignoresCase: Bool = false, names: [Int: String] = [:],
    severity: Int? = nil
  ) throws(ImportRefusal) {
    self.dialect = dialect
    self.isASCII = isASCII
    self.names = names
    self.severity = severity
    flags.isCaseless = ignoresCase
    scalars = Array(expression.unicodeScalars)
    groupsInAll = countedGroups()
    if dialect == .pcre2, names.isEmpty {
      result = expression
      captures = groupsInAll
      return
    }
    try convert()
    try checkSeverity()
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

  mutating func remark(_ text: String) {
    if !remarks.contains(text) { remarks.append(text) }
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
      if flags.isExtended, skipsBlank(scalar) { continue }
      switch scalar {
      case "\\": try escape()
      case "[":
        let text = try characterClass()
        append(text)
      case "(": try openGroup()
      case ")": try closeGroup()
      case "*", "+", "?":
        at += 1
        try repeated(String(scalar))
      case "{": try brace()
      case "|": alternative()
      default:
        at += 1
        remarkOnLineEnds(at: scalar)
        if scalar == "." { remarkOnHalves() }
        append(cased(scalar))
      }
    }
    guard openGroups.isEmpty else { throw ImportRefusal("a parenthesis is not closed") }
  }

  private mutating func alternative() {
    at += 1
    result += "|"
    (atom, hasQuantifier) = (nil, false)
    let start = openGroups.last?.contentStart ?? result.startIndex
    if let severityStart, severityStart >= start { severityMayBeMissing = true }
    if openGroups.isEmpty { hasAlternatives = true } else { openGroups[openGroups.count - 1].hasAlternatives = true }
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

  private mutating func brace() throws(ImportRefusal) {
    let begin = at
    at += 1
    var body = ""
    while let scalar = next, ("0"..."9").contains(scalar) || scalar == "," {
      body.unicodeScalars.append(scalar)
      at += 1
    }
    let parts = body.split(separator: ",", omittingEmptySubsequences: false)
    guard next == "}", parts.count <= 2, !body.isEmpty, body != ",", !parts[0].isEmpty || dialect == .python || dialect == .rust
    else {
      // Not a repetition: the brace stands for itself.
      guard dialect != .java else { throw ImportRefusal("{ begins no repetition that java knows; as a character it is \\{ there") }
      at = begin + 1
      append("\\{")
      return
    }
    at += 1
    let bounds = parts[0].isEmpty ? "0\(body)" : body
    guard parts.allSatisfy({ ($0.isEmpty || Int($0) ?? .max <= 65_535) }) else {
      throw ImportRefusal("{\(body)} repeats more often than PCRE2 does (65535)")
    }
    if parts.count == 2, let least = Int(parts[0]), let most = Int(parts[1]), least > most {
      throw ImportRefusal("{\(body)} repeats at least more often than at most")
    }
    try repeated("{\(bounds)}")
  }

  private mutating func repeated(_ text: String) throws(ImportRefusal) {
    guard let atom else { throw ImportRefusal("\(text) has nothing to repeat") }
    if let severityStart, severityStart >= atom { severityMayBeMissing = true }
    if dialect.hasHalfCharacters, result[atom...].unicodeScalars.count == 1,
      result[atom...].unicodeScalars.first?.value ?? 0 > 0xFFFF
    {
      throw ImportRefusal("\(result[atom...]) is two characters to \(dialect.rawValue), of which only the second is repeated")
    }
    noteOnRounds(from: atom)
    if hasQuantifier {
      if dialect == .rust {
        // There, a repetition may be repeated itself.
        noteOnEmpty(from: atom)
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

  /// Notes if the group that ends here, if it began there, is repeated otherwise in the dialect: JavaScript forgets in each round what
  /// groups captured in the one before, and it, Go and Rust take no round that matches nothing.
  private mutating func noteOnRounds(from start: String.Index) {
    guard [.javascript, .go, .rust].contains(dialect), let last = lastGroup, last.start == start else { return }
    let within = captures - last.capturesBefore - (last.number == nil ? 0 : 1)
    if dialect == .javascript, within > 0 {
      note("groups in a repetition keep what they captured in an earlier round, which JavaScript forgets in each")
    }
    noteOnEmpty(from: start)
  }

  private mutating func noteOnEmpty(from start: String.Index) {
    if ExpressionSketch(String(result[start...])).mayBeEmpty {
      note("what may match nothing is repeated, and may end, or capture, otherwise than in \(dialect.rawValue)")
    }
  }

  /// The group that was closed last.
  var lastGroup: OpenGroup?
}
