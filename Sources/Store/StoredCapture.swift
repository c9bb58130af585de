import Foundation
import Model

/// A capture as it lies in `finding.captures`.
struct StoredCapture: Codable {
  var number: Int
  var name: String?
  var value: String

  static func json(_ captures: [Finding.Capture]) throws -> String {
    guard !captures.isEmpty else { return "[]" }
    let stored = captures.map { StoredCapture(number: $0.number, name: $0.name, value: $0.value.storable) }
    return String(decoding: try JSONEncoder().encode(stored), as: UTF8.self)
  }

  static func captures(json: String) throws -> [Finding.Capture] {
    guard json != "[]" else { return [] }
    return try JSONDecoder().decode([StoredCapture].self, from: Data(json.utf8)).map {
      Finding.Capture(number: $0.number, name: $0.name, value: $0.value)
    }
  }
}
