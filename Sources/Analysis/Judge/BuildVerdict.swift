import Model

/// What one failed build is, and why.
package struct BuildVerdict: Sendable {
  package let kind: BuildKind
  /// The rule that applied, in words for a person.
  package let why: String
  package let best: BestFinding?
  /// Whether it is `unread` only because it has not been read yet.
  package let isWaiting: Bool

  /// - Parameter passedOnRetry: whether another attempt of the same job passed.
  package static func of(_ build: BuildEvidence, passedOnRetry: Bool = false, today: CalendarDay) -> BuildVerdict {
    let best = BestFinding.of(build.logs, today: today)
    func verdict(_ kind: BuildKind, _ why: String, waiting: Bool = false) -> BuildVerdict {
      BuildVerdict(kind: kind, why: why, best: best, isWaiting: waiting)
    }
    if let overrule = build.overrule { return verdict(overrule.kind, "\(overrule.who) says so: \(overrule.reason)") }
    // Fallbacks don't explain anything; they are only shown.
    let explained = best.flatMap { $0.finding.rank.fallback ? nil : $0 }
    let failed = explained.map { !$0.finding.rank.excuses(today) } ?? false

    let gap = Gap.of(build, best: explained, today: today)
    // What isn't known can't make a failure that is the change's own any better.
    if let gap, !failed || gap.isWaiting { return verdict(.unread, gap.why, waiting: gap.isWaiting) }
    let problem = build.knownProblems.first { problem in
      problem.patterns.isEmpty || explained.map { problem.patterns.contains($0.finding.rank.id) } ?? false
    }
    // Nor does anything excuse what may not be all that failed.
    if let problem, gap == nil { return verdict(.known, "known problem: \(problem.reason)") }
    guard let explained else {
      return verdict(.unknown, best.map { "only the fallback \($0.finding.rank.id) matched" } ?? "no pattern matched")
    }
    let rank = explained.finding.rank
    if rank.verdict == .known, rank.excuses(today) { return verdict(.known, "\(rank.id) is a known problem") }
    if gap == nil, let base = build.base, base.explains(build.logs, best: explained.finding, today: today) {
      return verdict(.upstream, "the same job fails in the same way at \(base.commit.prefix(12))")
    }
    if rank.verdict.excuses, let suspicion = rank.suspicion {
      return verdict(.new, "\(rank.id) excuses nothing since it is suspect: \(suspicion)")
    }
    if rank.verdict.excuses, rank.isPastReview(today) {
      return verdict(.new, "\(rank.id) excuses nothing since its review was due on \(rank.reviewBy.map(\.description) ?? "")")
    }
    switch rank.verdict {
    case .failure: return verdict(.new, "\(rank.id) is a failure of the change")
    case .flaky: return verdict(.flaky, "\(rank.id) is flaky")
    case .infrastructure where passedOnRetry: return verdict(.flaky, "the same job passed in another attempt")
    case .infrastructure: return verdict(.infrastructure, "\(rank.id) is trouble of the infrastructure")
    case .known: return verdict(.known, "\(rank.id) is a known problem")
    }
  }

  /// Why a build's logs don't tell the whole story.
  private struct Gap {
    let why: String
    let isWaiting: Bool

    static func of(_ build: BuildEvidence, best: BestFinding?, today: CalendarDay) -> Gap? {
      let logs = build.logs
      switch build.listing {
      case .pending: return Gap(why: "its logs are not listed yet", isWaiting: true)
      case .gone: return Gap(why: "its provider doesn't have it any more", isWaiting: false)
      case .failed: return Gap(why: "its logs could not be listed", isWaiting: false)
      case .listed: break
      }
      if logs.isEmpty { return Gap(why: "it has no log", isWaiting: false) }
      func place(_ log: BuildEvidence.LogEvidence) -> String { log.step.isEmpty ? "the log" : "the log of \(log.step)" }
      for log in logs where log.state == .pending { return Gap(why: "\(place(log)) is not fetched yet", isWaiting: true) }
      for log in logs where log.state.isReadable && !log.isScanned {
        return Gap(why: "\(place(log)) is not fully scanned yet", isWaiting: true)
      }
      for log in logs {
        switch log.state {
        case .gone: return Gap(why: "\(place(log)) is gone", isWaiting: false)
        case .failed: return Gap(why: "\(place(log)) could not be fetched", isWaiting: false)
        case .tooLarge: return Gap(why: "\(place(log)) was cut short", isWaiting: false)
        case .pending, .stored: break
        }
        for pattern in log.inconclusive where couldChange(best, pattern, today) {
          return Gap(why: "\(pattern.id) could not be tried on \(place(log)) to the end", isWaiting: false)
        }
      }
      return nil
    }

    /// Whether a match of the pattern might have made the verdict worse.
    private static func couldChange(_ best: BestFinding?, _ pattern: PatternRank, _ today: CalendarDay) -> Bool {
      guard let best else { return !pattern.fallback }
      guard !pattern.excuses(today) else { return false }
      return pattern.weight(today) >= best.finding.rank.weight(today)
    }
  }
}
