import Model

/// Patterns that excuse failures must be looked at again one day.
enum ReviewRule {
  /// A date within so many days is told ahead of time.
  private static let notice = 14

  static func check(_ pattern: Pattern, today: CalendarDay, _ log: inout WarningLog) {
    guard !pattern.retired else { return }
    guard let day = pattern.reviewBy else {
      guard pattern.verdict == .flaky || pattern.verdict == .known else { return }
      log.warn(
        "verdict", "excuses failures as \(pattern.verdict.rawValue) for ever",
        "add `review-by` with the day on which someone should look at it again")
      return
    }
    let hint = "if it still holds, set a later date"
    if day <= today {
      let effect = pattern.verdict.excuses ? ", so it excuses nothing any more" : ""
      log.warn("review-by", "is past: \(day)\(effect)", hint)
    } else if day <= today.adding(days: notice) {
      log.warn("review-by", "is near: \(day)", hint)
    }
  }
}

extension CalendarDay {
  /// The day so many days later; the last day there is if that is beyond it.
  fileprivate func adding(days: Int) -> CalendarDay {
    var (year, month, day) = (year, month, day)
    for _ in 0..<days {
      if CalendarDay(year: year, month: month, day: day + 1) != nil {
        day += 1
      } else if month < 12 {
        (month, day) = (month + 1, 1)
      } else {
        (year, month, day) = (year + 1, 1, 1)
      }
    }
    return CalendarDay(year: year, month: month, day: day) ?? self
  }
}
