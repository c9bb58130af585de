/// The `Link` field (RFC 8288, section 3).
enum LinkHeader {
  /// The target of the first link with a relation, as it stands there: it may be relative.
  ///
  /// - Parameter values: of all fields of the name.
  static func target(of relation: String, in values: [String]) -> String? {
    for value in values {
      var rest = value[...]
      while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
        let target = rest[rest.index(after: open)..<close]
        rest = rest[rest.index(after: close)...]
        // Parameters go to the next link, or to the end; a comma in quotes belongs to its parameter.
        var isQuoted = false
        let end = rest.firstIndex { character in
          if character == "\"" { isQuoted.toggle() }
          return character == "," && !isQuoted
        }
        let parameters = rest[..<(end ?? rest.endIndex)]
        if has(relation, parameters) { return String(target) }
        rest = end.map { rest[rest.index(after: $0)...] } ?? ""
      }
    }
    return nil
  }

  private static func has(_ relation: String, _ parameters: Substring) -> Bool {
    for parameter in parameters.split(separator: ";") {
      let parts = parameter.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].trimmed.lowercased() == "rel" else { continue }
      let names = parts[1].trimmed.filter { $0 != "\"" }.split(separator: " ")
      return names.contains { $0.lowercased() == relation }
    }
    return false
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var rest = self
    while rest.first?.isWhitespace ?? false { rest.removeFirst() }
    while rest.last?.isWhitespace ?? false { rest.removeLast() }
    return rest
  }
}
