import Foundation
import Model

/// A finding as it lies in `trial_log.findings`.
struct StoredFinding: Codable {
  var line: Int
  var segment: Int
  var start: Int
  var end: Int
  var windowed: Bool
  var captures: [StoredCapture]
  var matched: String
  var text: String

  static func json(_ findings: [Finding]) throws -> String {
    let stored = findings.map { finding in
      StoredFinding(
        line: finding.line, segment: finding.segment, start: finding.start, end: finding.end, windowed: finding.windowed,
        captures: finding.captures.map { StoredCapture(number: $0.number, name: $0.name, value: $0.value.storable) },
        matched: finding.matched.storable, text: finding.text.storable)
    }
    return String(decoding: try JSONEncoder().encode(stored), as: UTF8.self)
  }

  static func findings(json: String, of pattern: PatternID) throws -> [Finding] {
    try JSONDecoder().decode([StoredFinding].self, from: Data(json.utf8)).map { stored in
      Finding(
        pattern: pattern, line: stored.line, segment: stored.segment, start: stored.start, end: stored.end,
        captures: stored.captures.map { Finding.Capture(number: $0.number, name: $0.name, value: $0.value) },
        matched: stored.matched, text: stored.text, windowed: stored.windowed)
    }
  }
}
