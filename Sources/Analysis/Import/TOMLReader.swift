/// Reads the part of TOML 1.0 that rule files are written in: tables, arrays of tables, and keys whose values are strings, numbers,
/// booleans or arrays of these.
///
/// Strict: what isn't of that part is an error that names the line, and nothing is guessed.
struct TOMLReader {
  /// A table of an array of tables, such as `[[rule]]`.
  struct Table {
    let name: String
    /// Of the header, from 1.
    let line: Int
    var strings: [String: String] = [:]
    /// Keys whose values are something else.
    var others: Set<String> = []
  }

  struct Problem: Error {
    let line: Int
    let message: String
  }

  private(set) var tables: [Table] = []
  private let bytes: [UInt8]
  private var at = 0
  private var line = 1

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// - Throws: `Problem`.
  static func tables(_ text: String) throws(Problem) -> [Table] {
    var reader = TOMLReader(Array(text.utf8))
    try reader.read()
    return reader.tables
  }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func advance() {
    if next == UInt8(ascii: "\n") { line += 1 }
    at += 1
  }

  private mutating func skip(_ text: StaticString) -> Bool {
    let isNext = text.withUTF8Buffer { text in
      bytes.count - at >= text.count && bytes[at..<at + text.count].elementsEqual(text)
    }
    if isNext { for _ in 0..<text.utf8CodeUnitCount { advance() } }
    return isNext
  }

  private func problem(_ message: String) -> Problem { Problem(line: line, message: message) }

  private mutating func skipBlanks(andLines: Bool) {
    while let byte = next {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): advance()
      case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        guard andLines else { return }
        advance()
      case UInt8(ascii: "#"): while let byte = next, byte != UInt8(ascii: "\n") { advance() }
      default: return
      }
    }
  }

  private mutating func read() throws(Problem) {
    tables = [Table(name: "", line: 1)]
    while true {
      skipBlanks(andLines: true)
      guard next != nil else { return }
      if skip("[[") {
        tables.append(Table(name: try key(), line: line))
        guard skip("]]") else { throw problem("]] is missing") }
      } else if skip("[") {
        tables.append(Table(name: try key(), line: line))
        guard skip("]") else { throw problem("] is missing") }
      } else {
        try entry()
      }
      skipBlanks(andLines: false)
      guard next == nil || skip("\r\n") || skip("\n") else { throw problem("something stands after the end of the value") }
    }
  }

  private mutating func entry() throws(Problem) {
    let name = try key()
    guard skip("=") else { throw problem("= is missing after \(name)") }
    skipBlanks(andLines: false)
    let last = tables.count - 1
    guard tables[last].strings[name] == nil, !tables[last].others.contains(name) else { throw problem("\(name) is there twice") }
    if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
      tables[last].strings[name] = try string()
    } else {
      try skipValue(depth: 0)
      tables[last].others.insert(name)
    }
  }

  /// A key, its parts joined by dots, and the blanks around it.
  private mutating func key() throws(Problem) -> String {
    var parts: [String] = []
    repeat {
      skipBlanks(andLines: false)
      if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
        parts.append(try string())
      } else {
        let begin = at
        while let byte = next, Self.isBare(byte) { advance() }
        guard at > begin else { throw problem("a key is missing") }
        parts.append(String(decoding: bytes[begin..<at], as: UTF8.self))
      }
      skipBlanks(andLines: false)
    } while skip(".")
    return parts.joined(separator: ".")
  }

  private static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private mutating func skipValue(depth: Int) throws(Problem) {
    guard depth < 32 else { throw problem("values are nested too deeply") }
    if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") {
      _ = try string()
    } else if skip("[") {
      skipBlanks(andLines: true)
      while !skip("]") {
        try skipValue(depth: depth + 1)
        skipBlanks(andLines: true)
        if skip(",") { skipBlanks(andLines: true) } else if next != UInt8(ascii: "]") { throw problem("] is missing") }
      }
    } else {
      let begin = at
      while let byte = next, Self.isBare(byte) || [UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: ":")].contains(byte) {
        advance()
      }
      guard at > begin else { throw problem("the value can't be read") }
    }
  }

  private mutating func string() throws(Problem) -> String {
    if skip("'''") { return try multiline("'''", escapes: false) }
    if skip("\"\"\"") { return try multiline("\"\"\"", escapes: true) }
    let isLiteral = next == UInt8(ascii: "'")
    let quote = next
    advance()
    var text: [UInt8] = []
    while let byte = next {
      if byte == quote {
        advance()
        return String(decoding: text, as: UTF8.self)
      }
      guard byte != UInt8(ascii: "\n") else { break }
      if byte == UInt8(ascii: "\\"), !isLiteral { try escape(&text) } else { text.append(byte); advance() }
    }
    throw problem("a string is not closed")
  }

  private mutating func multiline(_ end: StaticString, escapes: Bool) throws(Problem) -> String {
    // A line break right after the quotes doesn't count.
    if !skip("\r\n") { _ = skip("\n") }
    var text: [UInt8] = []
    while let byte = next {
      if skip(end) {
        // Up to two quotes may stand before the closing ones.
        while next == end.withUTF8Buffer({ $0[0] }) {
          text.append(end.withUTF8Buffer { $0[0] })
          advance()
        }
        return String(decoding: text, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\"), escapes { try escape(&text) } else { text.append(byte); advance() }
    }
    throw problem("a string is not closed")
  }

  private mutating func escape(_ text: inout [UInt8]) throws(Problem) {
    advance()
    guard let letter = next else { throw problem("a string is not closed") }
    advance()
    switch letter {
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(letter)
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      let count = letter == UInt8(ascii: "u") ? 4 : 8
      guard at + count <= bytes.count, let value = UInt32(String(decoding: bytes[at..<at + count], as: UTF8.self), radix: 16),
        let scalar = Unicode.Scalar(value)
      else { throw problem("an escape holds no code of a character") }
      at += count
      text += Array(String(scalar).utf8)
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
      // The line goes on on the next one.
      while let byte = next, [0x20, 0x09, 0x0D, 0x0A].contains(byte) { advance() }
    default: throw problem("the escape \\\(Character(Unicode.Scalar(letter))) is not known")
    }
  }
}
