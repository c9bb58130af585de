import Model
import Store

/// A row of small bars, one per day or week.
enum Trend {
  /// - Parameters:
  ///   - values: by day, or by the Monday of the week; those that are missing are 0.
  ///   - steps: the days or Mondays, each a bar.
  ///   - label: what the bars are, for those who can't see them.
  static func bars(_ values: [CalendarDay: Int], over steps: [CalendarDay], label: String) -> Markup {
    let most = max(1, values.values.max() ?? 1)
    let width = 120.0 / Double(max(1, steps.count))
    var svg = Markup()
    svg.open("svg", ["class": "trend", "viewBox": "0 0 120 28", "preserveAspectRatio": "none", "role": "img", "aria-label": label])
    for (index, day) in steps.enumerated() {
      guard let value = values[day], value > 0 else { continue }
      let height = max(2, 26 * Double(value) / Double(most))
      svg.open(
        "rect",
        [
          "x": number(Double(index) * width), "y": number(28 - height), "width": number(max(0.5, width * 0.8)),
          "height": number(height),
        ])
      svg.element("title", [:], "\(day): \(value)")
      svg.close("rect")
    }
    svg.close("svg")
    return svg
  }

  /// More bars than these nobody tells apart.
  static let mostBars = 1_000

  /// Every day, or every Monday, from the one that holds `since` on; of too many the last ones.
  static func days(by step: Store.Step, since: CalendarDay, until: CalendarDay) -> [CalendarDay] {
    // Day 0 of 1970 was a Thursday.
    let start = since.secondsSince1970 / 86_400
    let length = step == .day ? 1 : 7
    let last = until.secondsSince1970 / 86_400
    let first = max(start, last - (mostBars - 1) * length)
    guard start <= last else { return [] }
    return stride(from: step == .day ? first : first - (first + 3) % 7, through: last, by: length).map {
      CalendarDay(secondsSince1970: Double($0) * 86_400)
    }
  }

  /// A share from 0 to 1 as a bar.
  static func share(_ share: Double, of kind: String = "") -> Markup {
    var svg = Markup()
    svg.open(
      "svg",
      ["class": kind.isEmpty ? "bar" : "bar \(kind)", "viewBox": "0 0 100 8", "preserveAspectRatio": "none", "aria-hidden": "true"])
    svg.open("rect", ["width": number(min(100, max(0.5, share * 100))), "height": "8", "rx": "1"])
    svg.close("rect")
    svg.close("svg")
    return svg
  }

  private static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return hundredths % 100 == 0 ? "\(hundredths / 100)" : "\(Double(hundredths) / 100)"
  }
}
