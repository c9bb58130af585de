/// A data type of PostgreSQL, by its object id.
///
/// The ids of the built-in types are fixed: `src/include/catalog/pg_type.dat` in PostgreSQL's sources.
package struct PostgresType: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32

  /// - Parameter rawValue: the type's `pg_type.oid`.
  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  static let boolean = PostgresType(rawValue: 16)
  static let bytea = PostgresType(rawValue: 17)
  static let char = PostgresType(rawValue: 18)
  static let name = PostgresType(rawValue: 19)
  static let bigint = PostgresType(rawValue: 20)
  static let smallint = PostgresType(rawValue: 21)
  static let integer = PostgresType(rawValue: 23)
  static let text = PostgresType(rawValue: 25)
  static let oid = PostgresType(rawValue: 26)
  static let json = PostgresType(rawValue: 114)
  static let xml = PostgresType(rawValue: 142)
  static let real = PostgresType(rawValue: 700)
  static let doublePrecision = PostgresType(rawValue: 701)
  static let unknown = PostgresType(rawValue: 705)
  static let booleanArray = PostgresType(rawValue: 1000)
  static let byteaArray = PostgresType(rawValue: 1001)
  static let smallintArray = PostgresType(rawValue: 1005)
  static let integerArray = PostgresType(rawValue: 1007)
  static let textArray = PostgresType(rawValue: 1009)
  static let bigintArray = PostgresType(rawValue: 1016)
  static let doublePrecisionArray = PostgresType(rawValue: 1022)
  static let character = PostgresType(rawValue: 1042)
  static let varchar = PostgresType(rawValue: 1043)
  static let date = PostgresType(rawValue: 1082)
  static let timestamp = PostgresType(rawValue: 1114)
  static let timestamptz = PostgresType(rawValue: 1184)
  static let timestamptzArray = PostgresType(rawValue: 1185)
  static let numeric = PostgresType(rawValue: 1700)
  static let uuid = PostgresType(rawValue: 2950)
  static let uuidArray = PostgresType(rawValue: 2951)
  static let jsonb = PostgresType(rawValue: 3802)
  static let int8multirange = PostgresType(rawValue: 4536)

  /// Types that are made in a database, such as enums, get ids from here on.
  private static let firstOfUser: UInt32 = 16384

  /// Whether the type's binary form is the bytes of its text.
  var isPlainText: Bool {
    switch self {
    case .text, .varchar, .character, .name, .json, .xml, .unknown, .char: true
    default: rawValue >= Self.firstOfUser  // an enum's label; other user-made types fail when they are no UTF-8
    }
  }
}

extension PostgresType: CustomStringConvertible {
  /// The type's name in SQL where it is built in, else its id.
  package var description: String {
    Self.names[self] ?? "type \(rawValue)"
  }

  private static let names: [PostgresType: String] = [
    .boolean: "boolean", .bytea: "bytea", .char: "\"char\"", .name: "name", .bigint: "bigint",
    .smallint: "smallint", .integer: "integer", .text: "text", .oid: "oid", .json: "json", .xml: "xml",
    .real: "real", .doublePrecision: "double precision", .unknown: "unknown", .booleanArray: "boolean[]",
    .byteaArray: "bytea[]", .smallintArray: "smallint[]", .integerArray: "integer[]", .textArray: "text[]",
    .bigintArray: "bigint[]", .doublePrecisionArray: "double precision[]", .character: "character",
    .varchar: "character varying", .date: "date", .timestamp: "timestamp without time zone",
    .timestamptz: "timestamp with time zone", .timestamptzArray: "timestamp with time zone[]",
    .numeric: "numeric", .uuid: "uuid", .uuidArray: "uuid[]", .jsonb: "jsonb", .int8multirange: "int8multirange",
  ]
}
