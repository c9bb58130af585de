/// Makes up expressions of PCRE2, and texts that they are likely to match.
package struct ExpressionGenerator {
  package var random: SplitMix64
  private var groups = 0
  private var names: [String] = []

  /// Part of an expression, with a way to make up texts for it.
  fileprivate struct Part {
    let source: String
    let sample: (inout SplitMix64) -> [UInt8]

    init(_ source: String, sample: @escaping (inout SplitMix64) -> [UInt8]) {
      self.source = source
      self.sample = sample
    }

    init(_ source: String, _ texts: [String]) {
      self.source = source
      sample = { Array(($0.pick(texts)).utf8) }
    }

    init(_ source: String, _ text: String = "") { self.init(source, [text]) }
  }

  package struct Expression {
    package let source: String
    private let part: Part

    fileprivate init(_ part: Part) {
      source = part.source
      self.part = part
    }

    /// A text that the expression may match, or nearly so.
    package func sample(_ random: inout SplitMix64) -> [UInt8] {
      var text = part.sample(&random)
      if text.count > 400 { text = Array(text.prefix(400)) }
      SubjectMutation.apply(to: &text, &random)
      return text
    }
  }

  package init(seed: UInt64) { random = SplitMix64(seed: seed) }

  package mutating func expression() -> Expression {
    groups = 0
    names = []
    if random.once(in: 6) { return Expression(soup()) }
    let lead: [String] = ["(?i)", "(?x)", "(?xx)", "(?im)", "^", "(?s)", "(?^)", "(?U)"]
    let body = alternatives(depth: 3)
    guard random.once(in: 3) else { return Expression(body) }
    return Expression(Part(random.pick(lead) + body.source, sample: body.sample))
  }

  // MARK: - Structure

  private mutating func alternatives(depth: Int) -> Part {
    let branches = (0..<random.pick([1, 1, 1, 2, 2, 3])).map { _ in sequence(depth: depth) }
    return Part(branches.map(\.source).joined(separator: "|")) { $0.pick(branches).sample(&$0) }
  }

  private mutating func sequence(depth: Int) -> Part {
    let parts = (0..<random.pick([0, 1, 2, 3, 3, 4, 5])).map { _ in repeated(depth: depth) }
    return Part(parts.map(\.source).joined()) { random in
      parts.reduce(into: []) { $0 += $1.sample(&random) }
    }
  }

  private static let quantifiers: [(String, [Int])] = [
    ("*", [0, 1, 2]), ("+", [1, 2, 3]), ("?", [0, 1]), ("{0}", [0]), ("{1}", [1]), ("{2}", [2]), ("{1,2}", [1, 2]),
    ("{0,1}", [0, 1]),
    ("{2,}", [2, 3]), ("{0,}", [0, 2]), ("{3,5}", [3, 5]), ("{20}", [20]), ("{17,}", [17, 19]),
  ]
  private static let nearlyQuantifiers = ["{,2}", "{ 1}", "{1 }", "{", "{1", "{1,", "{a}", "{1,2", "{}", "}", "{,}", "{1,a}"]

  private mutating func repeated(depth: Int) -> Part {
    let part = atom(depth: depth)
    switch random.below(8) {
    case 0, 1, 2:
      let (quantifier, counts) = random.pick(Self.quantifiers)
      let between = random.once(in: 8) ? random.pick([" ", "(?#c)", "#c\n", "\\E", "\\Q\\E", "\n"]) : ""
      return Part(part.source + between + quantifier + random.pick(["", "", "", "?", "+"])) { random in
        (0..<random.pick(counts)).reduce(into: []) { text, _ in text += part.sample(&random) }
      }
    case 3 where random.once(in: 4):
      let text = random.pick(Self.nearlyQuantifiers)
      return Part(part.source + text) { part.sample(&$0) + Array(text.utf8) }
    default: return part
    }
  }

  private mutating func atom(depth: Int) -> Part {
    switch random.below(24) {
    case 0..<6: return word()
    case 6..<9: return literal()
    case 9, 10: return escape()
    case 11, 12: return named()
    case 13, 14: return bracket()
    case 15: return quoted()
    case 16: return depth > 0 ? look(depth: depth - 1) : word()
    case 17: return zeroWidth()
    case 18: return reference()
    case 19 where random.once(in: 2): return conditional(depth: depth)
    default: return depth > 0 ? group(depth: depth - 1) : word()
    }
  }

  // MARK: - Groups

  private mutating func group(depth: Int) -> Part {
    let opening: String
    switch random.below(12) {
    case 0, 1, 2:
      groups += 1
      opening = "("
    case 3:
      groups += 1
      let name = "n\(groups)"
      names.append(name)
      opening = random.pick(["(?<\(name)>", "(?P<\(name)>", "(?'\(name)'"])
    case 4: opening = "(?|"
    case 5: opening = "(?>"
    case 6, 7:
      opening = random.pick([
        "(?i:", "(?-i:", "(?x:", "(?-x:", "(?^:", "(?s:", "(?i-x:", "(?xx:", "(?^i:", "(?m:", "(?x-i:", "(?im-sx:", "(?J:", "(?n:",
      ])
    default: opening = "(?:"
    }
    let body = alternatives(depth: depth)
    return Part(opening + body.source + ")", sample: body.sample)
  }

  private mutating func look(depth: Int) -> Part {
    let opening = random.pick(["(?=", "(?=", "(?!", "(?<=", "(?<=", "(?<!"])
    let body = opening.contains("<") ? word() : alternatives(depth: depth)
    return Part(opening + body.source + ")") { random in
      random.once(in: 3) ? [] : body.sample(&random)
    }
  }

  private mutating func conditional(depth: Int) -> Part {
    let condition = random.pick(["(1)", "(2)", "(R)", "(?=a)", "(?!k)", "(?<=s)", "(DEFINE)", "(<n1>)", "(VERSION>=10)"])
    let yes = sequence(depth: max(0, depth - 1))
    let no = sequence(depth: max(0, depth - 1))
    guard !random.once(in: 3), condition != "(DEFINE)" else { return Part("(?\(condition)\(yes.source))", sample: yes.sample) }
    return Part("(?\(condition)\(yes.source)|\(no.source))") { random in
      random.once(in: 2) ? yes.sample(&random) : no.sample(&random)
    }
  }

  private mutating func reference() -> Part {
    var sources = ["\\1", "(?1)", "\\g{-1}", "(?R)?", "\\g1", "\\g<1>", "\\g'1'", "\\10", "\\2", "(?-1)", "(?+1)?", "\\18"]
    for name in names {
      sources += ["\\k<\(name)>", "\\k{\(name)}", "\\k'\(name)'", "(?&\(name))", "(?P>\(name))", "(?P=\(name))", "\\g{\(name)}"]
    }
    return Part(random.pick(sources), ["", "a", "disk", "b", "\u{8}"])
  }

  // MARK: - Characters

  private static let words = [
    "error", "disk", "task", "a", "ab", "k", "s", "K", "S", "failed", "no space left on device", "é", "ſ", "\u{212A}", "✗ x", "Ä",
    "sk",
    "a longer text of more than thirty-two bytes in a row", "0", "ok", "k8s", "ss", "İ", "ß", "abcdefgh", "\u{301}",
  ]

  private mutating func word() -> Part {
    let text = random.pick(Self.words)
    return Part(text, text)
  }

  private mutating func literal() -> Part {
    let text = random.pick([
      "-", "#", " ", "]", "}", "{", "&", "\n", "\t", ",", ":", "=", "!", "<", ">", "'", "\"", "~", "_", "\u{85}", "\u{2028}", "\r",
      "\u{B}",
      "\0", "\u{A0}", "\u{200E}",
    ])
    return Part(text, text)
  }

  private static let escapes: [(String, [String])] = [
    ("\\t", ["\t"]), ("\\n", ["\n"]), ("\\r", ["\r"]), ("\\f", ["\u{C}"]), ("\\e", ["\u{1B}"]), ("\\a", ["\u{7}"]), ("\\0", ["\0"]),
    ("\\x41", ["A"]), ("\\x", ["\0"]), ("\\x6b", ["k"]), ("\\x{e9}", ["é"]), ("\\x{73}", ["s"]), ("\\o{101}", ["A"]),
    ("\\101", ["A"]),
    ("\\0101", ["\u{8}1"]), ("\\cA", ["\u{1}"]), ("\\c[", ["\u{1B}"]), ("\\cz", ["\u{1A}"]), ("\\N{U+4b}", ["K"]), ("\\-", ["-"]),
    ("\\#", ["#"]),
    ("\\ ", [" "]), ("\\é", ["é"]), ("\\.", ["."]), ("\\(*", ["("]), ("\\\\", ["\\"]), ("\\[", ["["]), ("\\377", ["ÿ"]),
    ("\\_", ["_"]),
    ("\\x{212A}", ["\u{212A}", "k"]), ("\\x4", ["\u{4}"]), ("\\xg", ["\0g"]), ("\\07a", ["\u{7}a"]), ("\\{", ["{"]), ("\\|", ["|"]),
  ]

  private mutating func escape() -> Part {
    let (source, texts) = random.pick(Self.escapes)
    return Part(source, texts)
  }

  private static let named: [(String, [String])] = [
    ("\\d", ["0", "7"]), ("\\D", ["a", "é"]), ("\\s", [" ", "\t", "\n"]), ("\\S", ["a", "é"]), ("\\w", ["a", "_", "9"]),
    ("\\W", ["-", "é"]),
    ("\\h", [" ", "\u{A0}"]), ("\\H", ["a"]), ("\\v", ["\n", "\u{2028}"]), ("\\V", ["a"]), ("\\R", ["\r\n", "\n", "\u{85}"]),
    ("\\N", ["a"]),
    ("\\X", ["a", "e\u{301}"]), (".", ["a", "é"]), ("\\p{L}", ["a", "é"]), ("\\P{Lu}", ["a"]), ("\\pN", ["1"]), ("\\p{^Lu}", ["a"]),
    ("\\C", ["a"]), ("\\p{Script=Greek}", ["α"]), ("\\N{2}", ["ab"]), (".{3}", ["abc"]), (".*", ["", "x y"]),
    ("\\s*+", ["", "  "]),
  ]

  private mutating func named() -> Part {
    let (source, texts) = random.pick(Self.named)
    return Part(source, texts)
  }

  private static let members: [(String, [String])] = [
    ("a", ["a"]), ("k", ["k", "K"]), ("s", ["s", "ſ"]), ("a-c", ["a", "b", "c"]), ("j-l", ["k", "l"]), ("R-T", ["R", "S"]),
    ("0-9", ["5"]), ("\\d", ["3"]),
    ("\\s", [" "]), ("\\w", ["w"]), ("\\h", [" "]), ("\\b", ["\u{8}"]), ("[:digit:]", ["4"]), ("[:alpha:]", ["z"]),
    ("[:^space:]", ["z"]), ("[", ["["]),
    ("[:", [":"]), ("[a", ["["]), ("\\]", ["]"]), ("-", ["-"]), (" ", [" "]), ("#", ["#"]), ("\\Qx]\\E", ["x", "]"]), ("\\E", [""]),
    ("é", ["é"]),
    ("à-é", ["á"]), ("\\x41", ["A"]), ("\\101", ["A"]), ("\\1", ["\u{1}"]), ("\\cA", ["\u{1}"]), ("\\-", ["-"]), ("\\pL", ["q"]),
    ("^", ["^"]), ("\\\\", ["\\"]),
    ("\u{212A}", ["k", "\u{212A}"]), ("+--", ["+", ","]), ("\\x{61}-\\x{63}", ["b"]), ("\\Qa\\E-c", ["b"]), ("\\n", ["\n"]),
    ("[.", ["."]), ("\\18", ["8"]),
    ("[:blank:]", ["\t"]), ("\t", ["\t"]), ("[=", ["="]), (":]", [":"]), ("\\Q", ["\\"]), ("a-\\Ec", ["b"]), ("a\\E-c", ["b"]),
  ]

  private mutating func bracket() -> Part {
    let members = (0..<random.pick([1, 1, 1, 2, 2, 3])).map { _ in random.pick(Self.members) }
    let opening = random.pick(["[", "[", "[", "[", "[^", "[]", "[^]", "[\\E", "[^\\Q\\E", "[ "])
    let texts = members.flatMap(\.1)
    return Part(opening + members.map(\.0).joined() + "]", opening.contains("^") ? ["a", "é", "~"] : texts)
  }

  private mutating func quoted() -> Part {
    let text = random.pick(["a+b", "k*", "(", "[x]", "a b", " #", "", "disk (*s", "\\", "|", "{2}"])
    return Part("\\Q\(text)" + (random.once(in: 12) ? "" : "\\E"), text)
  }

  private mutating func zeroWidth() -> Part {
    Part(
      random.pick([
        "^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\G", "\\K", "(?i)", "(?-i)", "(?x)", "(?-x)", "(?^)", "(?#comment)", "(?C)",
        "(?C7)", "(?xx)",
        "(?m)", "(?-m)", "(?s)", "(?i-)", "(?)", "(?^i)", "\\E", "# c\n", " ", "(?-)", "(?:)", "()", "(?J)", "(?n)", "(?U)",
        "(?i-x)",
      ]))
  }

  // MARK: - Soup

  private static let tokens = [
    "(", ")", "(", ")", "(?:", "(?i)", "(?i:", "(?-i)", "(?x)", "(?xx)", "(?|", "(?<n>", "(?=", "(?!", "(?<=", "(?#", "(?>", "[",
    "]", "[^", "[]", "-", "\\Q",
    "\\E", "\\", "|", "*", "+", "?", "{2}", "{,2}", "{1,2}", "{", "}", "a", "b", "k", "s", "ab", "ks", " ", "#", "\n", "^", "$",
    ".", "\\d", "\\b", "\\1", "\\x",
    "\\x{", "41", "é", "[:", ":]", "digit", "(?(1)", "(?R)", "(?1)", "(*", "(*UCP)", "(*ACCEPT)", "(?C", "\\K", "abcd", "\\n",
    "\\s", "(?^", "(?(?=", "(?P<n>",
    "\\N", "\\c", "\\p", "\\0", "7", "(?'n'", "'", "(?-", "\\g", "\\k", "<n>", "{n}", "&", "(?P>n)", "[.", ".]",
  ]

  /// Tokens in any order: few of them make an expression, but those that do are of a kind that nobody writes.
  private mutating func soup() -> Part {
    let tokens = (0..<random.below(10) + 1).map { _ in random.pick(Self.tokens) }
    let letters = ["a", "b", "k", "s", "ab", "ks", "abcd", " ", "é", "K", "A", "7", "#", "-", "{,2}", ")", "]", "\\", "("]
    return Part(tokens.joined()) { random in
      (0..<random.below(8)).reduce(into: []) { text, _ in
        text += Array((random.once(in: 2) ? random.pick(letters) : random.pick(tokens)).utf8)
      }
    }
  }
}
