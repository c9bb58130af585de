extension SQL {
  /// Collects the pieces of a statement that is written as an interpolated string.
  package struct Interpolation: StringInterpolationProtocol {
    private(set) var pieces: [Piece] = []

    package init(literalCapacity: Int, interpolationCount: Int) {
      pieces.reserveCapacity(2 * interpolationCount + 1)
    }

    package mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { pieces.append(.text(literal)) }
    }

    /// Binds a value.
    package mutating func appendInterpolation(_ value: some PostgresEncodable) {
      pieces.append(.value(value))
    }

    /// A value that may be missing, sent as a parameter of its own: NULL where it is.
    package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
      pieces.append(.value(value))
    }

    /// Puts another statement, or a part of one, in its place, with its values.
    package mutating func appendInterpolation(_ part: SQL) {
      pieces += part.parts
    }

    /// Puts trusted text in its place as it is. Never for anything that comes from outside of the program.
    package mutating func appendInterpolation(raw text: String) {
      pieces.append(.text(text))
    }

    /// Puts a name of a table, a column or the like in its place, quoted.
    package mutating func appendInterpolation(identifier name: String) {
      pieces.append(.text(SQL.quoted(identifier: name)))
    }
  }

  /// A name in double quotes, as SQL wants it when it isn't a plain lower-case word.
  static func quoted(identifier name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
