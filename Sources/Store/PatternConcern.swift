import Model

/// Why someone should look at a pattern: it may lie, cost too much, or be good for nothing.
package enum PatternConcern: String, Sendable, CaseIterable {
  /// Found in too many passing builds, or reported as wrong: it excuses nothing.
  case suspect
  /// An excuse whose day of review is past: it excuses nothing.
  case overdue
  /// Another decides wherever it is found.
  case shadowed
  /// One of the five that cost most, if that is more than next to nothing.
  case slow
  /// Not found in a failed build for 90 days.
  case unseen
  /// Never found.
  case never
  /// Not tried to the end on some logs.
  case inconclusive

  /// The patterns that it is true of, those first that are to be looked at first. Retired ones are left out.
  package func patterns(of all: [PatternHealth], today: CalendarDay) -> [PatternHealth] {
    let active = all.filter { !$0.isRetired }
    func cost(_ pattern: PatternHealth) -> Double { pattern.trust.cost.millisecondsPerMegabyte ?? 0 }
    return switch self {
    case .suspect:
      active.filter(\.trust.isSuspect).sorted { ($1.trust.suspicion?.since ?? 0) < ($0.trust.suspicion?.since ?? 0) }
    case .overdue:
      active.filter { $0.verdict.excuses && $0.isReviewOverdue(today) }.sorted { ($0.reviewBy ?? today) < ($1.reviewBy ?? today) }
    case .shadowed: active.filter { $0.shadowedBy != nil }.sorted { $0.failedBuilds > $1.failedBuilds }
    case .slow: Array(active.filter { cost($0) >= 0.01 }.sorted { cost($0) > cost($1) }.prefix(5))
    case .unseen: active.filter { $0.isUnseen(today) }.sorted { ($0.lastSeen ?? 0) < ($1.lastSeen ?? 0) }
    case .never: active.filter(\.hasNeverFired)
    case .inconclusive: active.filter { $0.inconclusiveLogs > 0 }.sorted { $0.inconclusiveLogs > $1.inconclusiveLogs }
    }
  }
}
