import Model
import PCRE2

/// The captures that a pattern's expressions have, all steps numbered through as in a finding.
struct CaptureNames {
  private var count = 0
  private(set) var names: [String] = []

  init(_ expressions: [Regex]) {
    for regex in expressions {
      count += regex.captureCount
      for (_, name) in regex.names.sorted(by: { $0.key < $1.key }) where !names.contains(name) { names.append(name) }
    }
  }

  /// Whether the key is the name of a capture, or its number in digits from 1.
  func contains(_ key: String) -> Bool {
    if names.contains(key) { return true }
    guard let number = Int(key), String(number) == key else { return false }
    return (1...max(1, count)).contains(number) && count > 0
  }

  /// What to write instead of a key that is no capture.
  func hint(for key: String) -> String {
    guard count > 0 else { return "the pattern has no captures; name one as (?<name>…)" }
    if key == "0" { return "the whole match has no name; put what you need into (?<name>…)" }
    if let nearest = NearestName.of(key, among: names) { return "did you mean `\(nearest)`?" }
    let known = names.isEmpty ? "the captures are numbered 1 to \(count)" : "the captures are " + names.joined(separator: ", ")
    return known
  }
}
