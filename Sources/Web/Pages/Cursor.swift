import Foundation

/// Where a page of a list ended: the sort key of its last row. To those who page it is opaque.
struct Cursor: Sendable, Equatable {
  let keys: [String]

  init(keys: [String]) { self.keys = keys }

  /// The same with the name of its list, in front: taken by no other, nor by the same in another order or with other filters, where it
  /// would lead to some page, and not to the next.
  func marked(_ list: String) -> Cursor { Cursor(keys: [Self.mark(list)] + keys) }

  /// Without the name.
  ///
  /// - Throws: `WebError` if it is of another list.
  func unmarked(_ list: String) throws -> Cursor {
    guard keys.first == Self.mark(list) else { throw Self.other }
    return Cursor(keys: Array(keys.dropFirst()))
  }

  /// Few letters are enough, as nobody gains anything by finding another list with the same.
  private static func mark(_ list: String) -> String { String(Secret(text: list).derived("cursor").prefix(8)) }

  /// Reads what `text` made; nil if it is anything else.
  init?(_ text: String) {
    var base = text.replacing("-", with: "+").replacing("_", with: "/")
    base += String(repeating: "=", count: (4 - base.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: base), let keys = try? JSONDecoder().decode([String].self, from: data),
      !keys.contains(where: { $0.utf8.contains(0) })
    else { return nil }
    self.keys = keys
  }

  /// In letters, digits, `-` and `_`, for an address.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    let data = (try? encoder.encode(keys)) ?? Data()
    return data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// The one key as a whole number.
  ///
  /// - Throws: `WebError` if it is a cursor of another list.
  func number() throws -> Int64 {
    guard let number = numbers(1)?.first else { throw Self.other }
    return number
  }

  static let other = WebError(
    .badRequest, "cursor is of another list", hint: "take it from `next` of the page before", field: "cursor")

  /// The keys as whole numbers; nil if they aren't so many or not numbers.
  func numbers(_ count: Int) -> [Int64]? {
    let numbers = keys.compactMap { Int64($0) }
    return numbers.count == count && keys.count == count ? numbers : nil
  }
}
