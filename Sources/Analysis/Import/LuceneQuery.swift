/// A query of Lucene's classic syntax, as far as it joins phrases and words of fields by AND, OR and NOT.
indirect enum LuceneQuery: Equatable {
  case term(field: String, text: String, isPhrase: Bool)
  case not(LuceneQuery)
  case all([LuceneQuery])
  case any([LuceneQuery])

  /// - Throws: `ImportRefusal` for what isn't of that part.
  init(_ text: String) throws(ImportRefusal) {
    var reader = Reader(rest: text[...])
    self = try reader.any(field: nil)
    reader.skipBlanks()
    guard reader.rest.isEmpty else { throw ImportRefusal("the query can't be read from \(OneLine.quoted(String(reader.rest))) on") }
  }

  /// The query with today's names of fields: `@message` is `message`, `@fields.build_name` is `build_name`. Where both names of a field were
  /// asked for by OR, as logs had one or the other, the question remains once.
  var withPlainFields: LuceneQuery {
    switch self {
    case .term(let field, let text, let isPhrase):
      let plain =
        field.hasPrefix("@fields.") ? field.dropFirst("@fields.".count) : field.hasPrefix("@") ? field.dropFirst() : field[...]
      return .term(field: String(plain), text: text, isPhrase: isPhrase)
    case .not(let inner): return .not(inner.withPlainFields)
    case .all(let parts): return .all(parts.map(\.withPlainFields))
    case .any(let parts):
      let different = parts.reduce(into: [LuceneQuery]()) { found, part in
        let plain = part.withPlainFields
        if !found.contains(plain) { found.append(plain) }
      }
      return different.count == 1 ? different[0] : .any(different)
    }
  }

  private struct Reader {
    var rest: Substring
    var depth = 0

    mutating func skipBlanks() { rest = rest.drop { $0.isWhitespace } }

    mutating func skip(_ word: String) -> Bool {
      skipBlanks()
      guard rest.hasPrefix(word) else { return false }
      let after = rest.dropFirst(word.count).first
      if word.first?.isLetter == true, let after, !after.isWhitespace, after != "(" { return false }
      rest = rest.dropFirst(word.count)
      return true
    }

    mutating func any(field: String?) throws(ImportRefusal) -> LuceneQuery {
      depth += 1
      defer { depth -= 1 }
      guard depth < 32 else { throw ImportRefusal("the query is nested too deeply") }
      var parts = [try all(field: field)]
      while skip("OR") || skip("||") { parts.append(try all(field: field)) }
      return parts.count == 1 ? parts[0] : .any(parts)
    }

    mutating func all(field: String?) throws(ImportRefusal) -> LuceneQuery {
      let isFirstNeeded = isNext("+")
      var parts = [try one(field: field)]
      while true {
        if skip("AND") || skip("&&") {
          parts.append(try one(field: field))
        } else if isNext("NOT") || isNext("!") || isNext("-") {
          // `a NOT b` is `a AND NOT b`.
          parts.append(try one(field: field))
        } else if isNext("+") {
          // `+a +b` is `a AND b`; in `a +b` the first one only moves results up.
          guard isFirstNeeded else { throw ImportRefusal("some of what it joins is marked with + and some is not") }
          parts.append(try one(field: field))
        } else {
          return parts.count == 1 ? parts[0] : .all(parts)
        }
      }
    }

    private func isNext(_ word: String) -> Bool {
      var ahead = self
      return ahead.skip(word)
    }

    mutating func one(field: String?) throws(ImportRefusal) -> LuceneQuery {
      if skip("NOT") || skip("!") || skip("-") { return .not(try one(field: field)) }
      _ = skip("+")
      skipBlanks()
      if skip("(") {
        let inner = try any(field: field)
        guard skip(")") else {
          throw ImportRefusal(
            rest.isEmpty
              ? "a parenthesis of the query is not closed" : "the query can't be read from \(OneLine.quoted(String(rest))) on")
        }
        return inner
      }
      if rest.first == "\"" {
        let text = try phrase()
        guard rest.first != "~", rest.first != "^" else { throw ImportRefusal("\(rest.prefix(2)) behind a phrase can't be told") }
        return .term(field: field ?? "message", text: text, isPhrase: true)
      }
      let word = rest.prefix { !$0.isWhitespace && !"():\"".contains($0) }
      rest = rest.dropFirst(word.count)
      guard !word.isEmpty else { throw ImportRefusal("the query ends where something is missing") }
      if rest.first == ":" {
        rest = rest.dropFirst()
        return try one(field: String(word))
      }
      guard !word.contains("~"), !word.hasPrefix("/"), !word.hasPrefix("["), !word.hasPrefix("{"), !word.contains("^") else {
        throw ImportRefusal("\(word) can't be told")
      }
      return .term(field: field ?? "message", text: String(word), isPhrase: false)
    }

    /// What stands between quotes; a backslash takes the next character for itself.
    mutating func phrase() throws(ImportRefusal) -> String {
      rest = rest.dropFirst()
      var text = ""
      while let character = rest.popFirst() {
        if character == "\"" { return text }
        if character == "\\", let next = rest.popFirst() { text.append(next) } else { text.append(character) }
      }
      throw ImportRefusal("a phrase is not closed")
    }
  }
}
