import Model
import Store

/// Builds over time as bars: all builds, those that failed, and those that nothing explains, in front of each other.
enum PeriodChart {
  private static let (width, height) = (720.0, 120.0)

  static func markup(_ periods: [Causes.Period], by step: Store.Step, over days: [CalendarDay]) -> Markup {
    var svg = Markup()
    guard periods.count > 1 else { return svg }
    let byDay = Dictionary(periods.map { ($0.day, $0) }) { $1 }
    let most = Double(periods.map(\.builds).max() ?? 1)
    let slot = width / Double(max(1, days.count))
    svg.open(
      "svg",
      [
        "class": "periods", "viewBox": "0 0 \(Int(width)) \(Int(height))", "preserveAspectRatio": "none", "role": "img",
        "aria-label": "Builds by \(step.rawValue); the table below has the numbers",
      ])
    for (index, day) in days.enumerated() {
      guard let period = byDay[day.description] else { continue }
      svg.open("g")
      svg.element(
        "title", [:], "\(period.day): \(period.builds) builds, \(period.failed) failed, \(period.unexplained) unexplained")
      for (kind, value) in [("builds", period.builds), ("failed", period.failed), ("unexplained", period.unexplained)]
      where value > 0 {
        let bar = max(1, Double(value) / most * (height - 4))
        svg.open(
          "rect",
          [
            "class": kind, "x": rounded(Double(index) * slot + slot * 0.1), "y": rounded(height - bar),
            "width": rounded(max(0.5, slot * 0.8)), "height": rounded(bar),
          ])
        svg.close("rect")
      }
      svg.close("g")
    }
    svg.close("svg")
    return svg
  }

  private static func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
