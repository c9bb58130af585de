import Analysis
import Model
import Store

/// Judges a commit as it is and as it would be with the candidate. Nothing is written.
struct TrialJudge {
  let candidate: PatternID
  let today: CalendarDay

  /// What the candidate means to one commit.
  struct Judged: Sendable {
    var changes: [TrialReport.VerdictChange] = []
    /// For each failed build with a finding of the candidate and each other pattern in it: whether the candidate's is the better one.
    var meetings: [(pattern: PatternID, candidateWins: Bool)] = []
  }

  func judge(_ facts: Store.CommitFacts, with tried: Store.CommitFacts) -> Judged {
    var judged = Judged()
    let before = JudgeStage.verdict(of: facts, today: today)
    let after = JudgeStage.verdict(of: tried, today: today)
    // Which builds count depends on their outcomes only, so both are of the same ones in the same order.
    for ((build, old), (_, new)) in zip(before.builds, after.builds) {
      let change = TrialReport.VerdictChange(
        job: .init(repository: facts.repository, workflow: build.workflow, name: build.job), commit: facts.commit,
        attempt: build.attempt, url: build.url, before: Self.verdict(old), after: Self.verdict(new))
      if change.before != change.after { judged.changes.append(change) }
    }
    for facts in tried.builds where facts.build.outcome.isFailure {
      judged.meetings += meetings(in: JudgeStage.logs(of: facts))
    }
    return judged
  }

  private static func verdict(_ verdict: BuildVerdict) -> TrialReport.VerdictChange.Verdict {
    .init(kind: verdict.kind, pattern: verdict.best?.finding.rank.id)
  }

  private func meetings(in logs: [BuildEvidence.LogEvidence]) -> [(pattern: PatternID, candidateWins: Bool)] {
    let patterns = Set(logs.flatMap(\.findings).map(\.rank.id))
    guard patterns.contains(candidate) else { return [] }
    return patterns.filter { $0 != candidate }.map { pattern in
      let both = logs.map { log in
        var log = log
        log.findings.removeAll { $0.rank.id != candidate && $0.rank.id != pattern }
        return log
      }
      return (pattern, BestFinding.of(both, today: today)?.finding.rank.id == candidate)
    }
  }
}
