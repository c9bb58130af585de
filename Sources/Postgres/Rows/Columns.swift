import CPostgres

/// The names and types of a result's columns.
final class Columns: Sendable {
  let names: [String]
  let types: [PostgresType]
  private let index: [String: Int]

  init(_ result: ResultHandle) {
    let raw = unsafe result.raw
    let range = 0..<(unsafe raw.columnCount)
    names = range.map { column in unsafe raw.name(column: column).map { unsafe String(cString: $0) } ?? "" }
    types = range.map { unsafe PostgresType(rawValue: raw.type(column: $0)) }
    index = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  subscript(name: String) -> Int? { index[name] }
}
