import Foundation

/// A link that people may follow: http or https, at most 2,048 bytes. Anything else reads as nil.
struct WebAddress: Decodable, Sendable, Hashable {
  let text: String?
  /// In lower case.
  let host: String?

  init(_ text: String) {
    guard text.utf8.count <= 2_048, text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }),
      let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme?.lowercased()), let host = parts.host,
      !host.isEmpty
    else {
      self.text = nil
      self.host = nil
      return
    }
    self.text = text
    self.host = host.lowercased()
  }

  /// The parts of its path, decoded.
  var path: [String] {
    (text.flatMap(URLComponents.init(string:))?.path ?? "").split(separator: "/").map(String.init)
  }

  init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
}
