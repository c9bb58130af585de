/// Where a list goes on: the sort key and the ids of the last row that was shown, so that rows which come or go meanwhile neither hide
/// others nor show them twice.
///
/// As text it is opaque to everyone but the list that made it: numbers in base 36, joined by dots.
package struct PageCursor: Sendable, Equatable {
  let values: [Int64]

  init(_ values: [Int64]) { self.values = values }

  /// - Throws: `StoreError.badCursor` unless the text has as many numbers as the list needs.
  static func values(of text: String?, count: Int) throws(StoreError) -> [Int64]? {
    guard let text else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == count, text.utf8.count <= 14 * count + count else { throw .badCursor }
    var values: [Int64] = []
    for part in parts {
      guard let value = Int64(part, radix: 36) else { throw .badCursor }
      values.append(value)
    }
    return values
  }

  var text: String { values.map { String($0, radix: 36) }.joined(separator: ".") }
}

extension Store {
  /// One page of a list.
  package struct Paged<Row: Sendable>: Sendable {
    package let rows: [Row]
    /// What to ask for the next page with; nil after the last.
    package let next: String?

    package init(rows: [Row], next: String?) {
      self.rows = rows
      self.next = next
    }

    /// From one row more than the page shall have.
    init(_ rows: [(row: Row, cursor: [Int64])], most: Int) {
      self.rows = rows.prefix(most).map(\.row)
      next = rows.count > most && most > 0 ? PageCursor(rows[most - 1].cursor).text : nil
    }
  }

  /// Rows of a page at most.
  package static let longestPage = 500

  static func pageSize(_ most: Int) -> Int { max(1, min(most, longestPage)) }
}
