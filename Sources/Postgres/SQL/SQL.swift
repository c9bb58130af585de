/// A statement with its bound values, written as a string whose interpolations become `$1`, `$2`, …:
///
///     session.query("SELECT id FROM log WHERE digest = \(digest) AND size > \(size)")
///
/// A value never becomes part of the text. What must, such as a table's name from a constant, is marked `\(raw: name)`;
/// another `SQL` can be interpolated as a part. PostgreSQL takes each value for the type that its Swift type stands for,
/// so a `String` for a `jsonb` column needs `\(json)::jsonb`.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
  enum Piece: Sendable {
    case text(String)
    case value(any PostgresEncodable)
  }

  private var pieces: [Piece]

  /// Values of `$1` and on that stand as such in the text.
  private var numbered: [any PostgresEncodable] = []

  /// What errors call the statement, instead of its first words.
  package var name: String?

  package init(stringLiteral text: String) {
    pieces = [.text(text)]
  }

  package init(stringInterpolation: Interpolation) {
    pieces = stringInterpolation.pieces
  }

  /// Takes trusted text as it is, for example a query that has a file of its own.
  /// - Parameters:
  ///   - text: the statement, its parameters written as `$1`, `$2`, …
  ///   - values: what to bind to them.
  ///   - name: what errors call the statement.
  package init(text: String, values: [any PostgresEncodable] = [], name: String? = nil) {
    pieces = [.text(text)]
    numbered = values
    self.name = name
  }

  /// The pieces, to become a part of another statement.
  ///
  /// A statement made from text with numbered values can't be one: its `$1` would be another's there.
  var parts: [Piece] {
    precondition(numbered.isEmpty, "SQL made with SQL(text:values:) can't be interpolated into another statement")
    return pieces
  }

  /// The statement under a name for errors, otherwise its first words are shown.
  package func named(_ name: String) -> SQL {
    var copy = self
    copy.name = name
    return copy
  }

  /// The text with a numbered placeholder for every value.
  var text: String {
    var text = ""
    var number = numbered.count
    for piece in pieces {
      switch piece {
      case .text(let part): text += part
      case .value:
        number += 1
        text += "$\(number)"
      }
    }
    return text
  }

  var values: [any PostgresEncodable] {
    numbered + pieces.compactMap { if case .value(let value) = $0 { value } else { nil } }
  }

  /// What errors call the statement: its name, or its first words, which hold no value.
  var operation: String {
    if let name { return name }
    let words = text.split(maxSplits: 8, whereSeparator: \.isWhitespace)
    return words.prefix(8).joined(separator: " ") + (words.count > 8 ? " …" : "")
  }
}
