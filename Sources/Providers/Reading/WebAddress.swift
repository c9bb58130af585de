import Foundation

/// A link that people may follow: http or https, at most 2,048 bytes. Anything else reads as nil.
struct WebAddress: Decodable, Sendable, Hashable {
  let text: String?

  init(_ text: String) {
    let isFine =
      text.utf8.count <= 2_048 && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
      && URLComponents(string: text).map { ["http", "https"].contains($0.scheme?.lowercased()) && !($0.host ?? "").isEmpty }
        ?? false
    self.text = isFine ? text : nil
  }

  init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
}
