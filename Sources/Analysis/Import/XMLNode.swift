/// An element of an XML file, with what is in it.
///
/// Reads what XML 1.0 says of elements, text, character references and CDATA. Attributes are passed over. A document type, which could
/// define entities that grow without end, is refused.
struct XMLNode {
  struct Problem: Error {
    let line: Int
    let message: String
  }

  let name: String
  /// Of its tag, from 1.
  let line: Int
  var text = ""
  var children: [XMLNode] = []

  func child(_ name: String) -> XMLNode? { children.first { $0.name == name } }

  /// Every element below, itself included, in their order.
  func all(where isWanted: (XMLNode) -> Bool) -> [XMLNode] {
    (isWanted(self) ? [self] : []) + children.flatMap { $0.all(where: isWanted) }
  }

  /// - Returns: the root element.
  static func read(_ text: String) throws(Problem) -> XMLNode {
    var reader = Reader(Array(text.unicodeScalars))
    return try reader.root()
  }

  private struct Reader {
    let scalars: [Unicode.Scalar]
    var at = 0
    var line = 1

    init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private static let deepest = 64

    func problem(_ message: String) -> Problem { Problem(line: line, message: message) }

    var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    mutating func advance() {
      if next == "\n" { line += 1 }
      at += 1
    }

    mutating func skip(_ text: String) -> Bool {
      let wanted = Array(text.unicodeScalars)
      guard at + wanted.count <= scalars.count, scalars[at..<at + wanted.count].elementsEqual(wanted) else { return false }
      for _ in wanted { advance() }
      return true
    }

    mutating func text(upTo end: String) throws(Problem) -> String {
      var text = ""
      while next != nil {
        if skip(end) { return text }
        text.unicodeScalars.append(scalars[at])
        advance()
      }
      throw problem("\(end) is missing")
    }

    mutating func root() throws(Problem) -> XMLNode {
      while let scalar = next {
        if skip("<?") {
          _ = try text(upTo: "?>")
        } else if skip("<!--") {
          _ = try text(upTo: "-->")
        } else if skip("<!") {
          throw problem("a document type is not allowed")
        } else if skip("<") {
          return try element(depth: 0)
        } else if scalar.properties.isWhitespace || scalar == "\u{FEFF}" {
          advance()
        } else {
          break
        }
      }
      throw problem("there is no element")
    }

    /// After `<`.
    mutating func element(depth: Int) throws(Problem) -> XMLNode {
      guard depth < Reader.deepest else { throw problem("elements are nested too deeply") }
      var name = ""
      while let scalar = next, !scalar.properties.isWhitespace, scalar != ">", scalar != "/" {
        name.unicodeScalars.append(scalar)
        advance()
      }
      guard !name.isEmpty else { throw problem("an element has no name") }
      var node = XMLNode(name: name, line: line)
      // Attributes: their values may hold anything but their quote.
      var isEmpty = false
      while let scalar = next, scalar != ">" {
        advance()
        isEmpty = scalar == "/"
        if scalar == "\"" || scalar == "'" { _ = try text(upTo: String(scalar)) }
      }
      guard skip(">") else { throw problem("> is missing") }
      if isEmpty { return node }
      while true {
        guard next != nil else { throw problem("<\(name)> is not closed") }
        if skip("</") {
          let closing = try text(upTo: ">")
          guard closing.split(whereSeparator: \.isWhitespace).first.map(String.init) == name else {
            throw problem("</\(closing)> closes <\(name)>")
          }
          return node
        } else if skip("<![CDATA[") {
          node.text += try text(upTo: "]]>")
        } else if skip("<!--") {
          _ = try text(upTo: "-->")
        } else if skip("<?") {
          _ = try text(upTo: "?>")
        } else if skip("<") {
          node.children.append(try element(depth: depth + 1))
        } else if skip("&") {
          node.text += try reference()
        } else {
          node.text.unicodeScalars.append(scalars[at])
          advance()
        }
      }
    }

    /// After `&`.
    mutating func reference() throws(Problem) -> String {
      let name = try text(upTo: ";")
      switch name {
      case "lt": return "<"
      case "gt": return ">"
      case "amp": return "&"
      case "quot": return "\""
      case "apos": return "'"
      default:
        let value =
          name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
        guard let scalar = value.flatMap({ Unicode.Scalar($0) }) else { throw problem("&\(name.prefix(20)); is not known") }
        return String(scalar)
      }
    }
  }
}
