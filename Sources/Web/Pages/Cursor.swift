import Foundation

/// Where a page of a list ended: the sort key of its last row. To those who page it is opaque.
struct Cursor: Sendable, Equatable {
  let keys: [String]

  init(keys: [String]) { self.keys = keys }

  /// Reads what `text` made; nil if it is anything else.
  init?(_ text: String) {
    var base = text.replacing("-", with: "+").replacing("_", with: "/")
    base += String(repeating: "=", count: (4 - base.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: base), let keys = try? JSONDecoder().decode([String].self, from: data) else { return nil }
    self.keys = keys
  }

  /// In letters, digits, `-` and `_`, for an address.
  var text: String {
    let data = (try? JSONEncoder().encode(keys)) ?? Data()
    return data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// The keys as whole numbers; nil if they aren't so many or not numbers.
  func numbers(_ count: Int) -> [Int64]? {
    let numbers = keys.compactMap { Int64($0) }
    return numbers.count == count && keys.count == count ? numbers : nil
  }
}
