import Yams

/// The YAML of one pattern file as a tree in which every node knows its line, or what keeps it from being one.
enum PatternDocument {
  /// Largest pattern file, in bytes.
  static let largestFile = 256 * 1024

  /// - Throws: `Refusal` with everything that is wrong below the level of fields.
  static func read(_ bytes: [UInt8], file: String) throws(Refusal) -> Node.Mapping {
    guard bytes.count <= largestFile else {
      throw Refusal(file, message: "is larger than \(largestFile / 1024) KiB", hint: "one file holds one pattern")
    }
    if let nul = bytes.firstIndex(of: 0) {
      throw Refusal(file, line: line(of: nul, in: bytes), message: "holds a NUL byte", hint: "pattern files are UTF-8 text")
    }
    guard let whole = String(validating: bytes, as: UTF8.self) else {
      throw Refusal(
        file, line: line(of: firstInvalidLine(in: bytes), in: bytes), message: "is not UTF-8",
        hint: "save the file as UTF-8")
    }
    let text = whole.hasPrefix("\u{FEFF}") ? String(whole.unicodeScalars.dropFirst()) : whole
    guard !AliasExpansion.isTooLarge(bytes) else {
      throw Refusal(file, message: "uses YAML aliases", hint: aliasHint)
    }
    let root: Node?
    let issues: [CatalogIssue]
    do {
      // The basic resolver knows no types: `404` stays the text 404, `no` is not a boolean, a date is not a moment.
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      // Nodes know their anchors only as long as the parser lives.
      (root, issues) = try withExtendedLifetime(parser) {
        let root = try parser.singleRoot()
        return (root, root.map { unsupported(in: $0, file: file) } ?? [])
      }
    } catch {
      throw Refusal(YAMLProblem(error, in: text).issue(file: file))
    }
    guard let root, root.scalar.map({ !$0.string.isEmpty || $0.style != .plain }) ?? true else {
      throw Refusal(file, message: "is empty", hint: "a pattern needs title, match, verdict and examples")
    }
    guard issues.isEmpty else { throw Refusal(issues) }
    guard let mapping = root.mapping else {
      throw Refusal(
        file, line: root.mark?.line, message: "is not a mapping of fields", hint: "start with a line like `title: …`")
    }
    return mapping
  }

  /// What makes a file unreadable as a whole.
  struct Refusal: Error {
    let issues: [CatalogIssue]

    init(_ issues: [CatalogIssue]) { self.issues = issues }
    init(_ issue: CatalogIssue) { issues = [issue] }
    init(_ file: String, line: Int? = nil, message: String, hint: String) {
      issues = [CatalogIssue(.error, file: file, line: line, message: message, hint: hint)]
    }
  }

  private static let aliasHint = "repeat the text; or put it in quotes if `&` or `*` belongs to it"

  /// What nodes without a tag of their own end up with.
  private static let ordinaryTags = [Tag.Name.implicit, .str, .seq, .map].map(\.rawValue)

  /// Anchors, aliases and tags, none of which a pattern file may use. Aliased nodes are the anchored ones themselves,
  /// so this doesn't follow them.
  private static func unsupported(in node: Node, file: String) -> [CatalogIssue] {
    var issues: [CatalogIssue] = []
    func refuse(_ node: Node, _ message: String, _ hint: String) {
      let issue = CatalogIssue(.error, file: file, line: node.mark?.line, message: message, hint: hint)
      if !issues.contains(issue) { issues.append(issue) }
    }
    func visit(_ node: Node) {
      guard node.anchor == nil else {
        return refuse(node, "uses a YAML anchor, `&\(node.anchor?.rawValue ?? "")`", aliasHint)
      }
      if !ordinaryTags.contains(node.tag.rawValue) {
        refuse(
          node, "uses the YAML tag \(OneLine.quoted(node.tag.rawValue))",
          "leave it out; or put the text in quotes if `!` belongs to it")
      }
      switch node {
      case .mapping(let mapping):
        for pair in mapping {
          visit(pair.key)
          visit(pair.value)
        }
      case .sequence(let sequence): sequence.forEach(visit)
      case .scalar, .alias: break
      }
    }
    visit(node)
    return issues
  }

  private static func line(of offset: Int, in bytes: [UInt8]) -> Int {
    1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
  }

  /// The beginning of the first line that isn't well-formed.
  private static func firstInvalidLine(in bytes: [UInt8]) -> Int {
    var offset = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if String(validating: line, as: UTF8.self) == nil { break }
      offset += line.count + 1
    }
    return min(offset, bytes.count)
  }
}
