import Model

/// Which finding decides: non-fallback before fallback, then higher priority, then not excusing before excusing, then the later
/// line, then the pattern id.
package struct BestFinding: Sendable {
  package let finding: FindingEvidence
  package let step: String
  private let log: Int

  package static func of(_ logs: [BuildEvidence.LogEvidence], today: CalendarDay) -> BestFinding? {
    var best: BestFinding?
    for (index, log) in logs.enumerated() {
      for finding in log.findings {
        let candidate = BestFinding(finding: finding, step: log.step, log: index)
        if let current = best, !candidate.beats(current, today) { continue }
        best = candidate
      }
    }
    return best
  }

  private func beats(_ other: BestFinding, _ today: CalendarDay) -> Bool {
    let mine = finding.rank.weight(today)
    let its = other.finding.rank.weight(today)
    if mine != its { return mine > its }
    if log != other.log { return log > other.log }
    if finding.line != other.finding.line { return finding.line > other.finding.line }
    return finding.rank.id < other.finding.rank.id
  }

  /// The same order for a single log that is scanned as a stream: keeps the best one so far.
  package struct Running: Sendable {
    private let today: CalendarDay
    package private(set) var best: BestFinding?

    package init(today: CalendarDay) { self.today = today }

    package mutating func take(_ finding: FindingEvidence) {
      let candidate = BestFinding(finding: finding, step: "", log: 0)
      if let best, !candidate.beats(best, today) { return }
      best = candidate
    }
  }
}
