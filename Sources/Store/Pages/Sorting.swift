import Postgres

/// What a list is sorted by, and which way.
///
/// As text it is the key for ascending order and `-key` for descending order. Rows with equal keys stand in an order of their own, so that
/// pages follow each other.
package struct Sorting<Key>: Sendable, Equatable
where Key: RawRepresentable & CaseIterable & Sendable & Equatable, Key.RawValue == String {
  package let key: Key
  package let isDescending: Bool

  package init(_ key: Key, descending: Bool = false) {
    self.key = key
    isDescending = descending
  }

  /// Nil if there is no such key.
  package init?(_ text: String) {
    let isDescending = text.hasPrefix("-")
    guard let key = Key(rawValue: String(text.dropFirst(isDescending ? 1 : 0))) else { return nil }
    self.init(key, descending: isDescending)
  }

  package static func ascending(_ key: Key) -> Sorting { Sorting(key) }
  package static func descending(_ key: Key) -> Sorting { Sorting(key, descending: true) }

  package var text: String { (isDescending ? "-" : "") + key.rawValue }

  /// All texts that `init` reads.
  package static var texts: [String] { Key.allCases.flatMap { [$0.rawValue, "-" + $0.rawValue] } }
}

extension Sorting {
  /// `DESC` or `ASC`, for one value after the other.
  var direction: SQL { isDescending ? "DESC" : "ASC" }

  /// Whether a value comes behind another.
  var behind: SQL { isDescending ? "<" : ">" }
}
