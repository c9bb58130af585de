import Foundation

/// One ratio, measured in rounds.
struct Figure {
  let name: String
  /// What the ratio is of, for people.
  let meaning: String
  let goal: Double
  /// Whether the goal is the most that the ratio may be, and not the least.
  var isUpperBound = false
  var ratios: [Double] = []
  /// Speeds behind the last ratio, for people.
  var note = ""

  var median: Double {
    let sorted = ratios.sorted()
    guard !sorted.isEmpty else { return .nan }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
  var least: Double { ratios.min() ?? .nan }
  var most: Double { ratios.max() ?? .nan }
  var isReached: Bool { isUpperBound ? median <= goal : median >= goal }

  static func short(_ value: Double) -> String {
    value.isNaN
      ? "-"
      : value >= 100 ? String(format: "%.0f", value) : value >= 10 ? String(format: "%.1f", value) : String(format: "%.2f", value)
  }

  var json: [String: Any] {
    func rounded(_ value: Double) -> NSDecimalNumber { NSDecimalNumber(string: String(format: "%.3f", value)) }
    return ["name": name, "median": rounded(median), "min": rounded(least), "max": rounded(most), "goal": rounded(goal)]
  }

  /// Of a Markdown table.
  var row: String {
    let goal = (isUpperBound ? "at most " : "") + Self.short(goal) + (isReached ? "" : ", missed")
    return "| `\(name)` | \(meaning) | \(Self.short(median)) (\(Self.short(least))–\(Self.short(most))) | \(goal) |"
  }

  var line: String {
    let mark = isReached ? "ok  " : "MISS"
    let name = name.padding(toLength: 30, withPad: " ", startingAt: 0)
    return
      "\(mark) \(name) \(Self.short(median)) (\(Self.short(least))–\(Self.short(most))), goal \(isUpperBound ? "≤" : "≥") \(Self.short(goal)); \(note)"
  }
}
