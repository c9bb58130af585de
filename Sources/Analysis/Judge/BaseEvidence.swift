import Model

extension BuildEvidence {
  /// What a job failed with where the change left its branch.
  package struct BaseEvidence: Sendable {
    package var commit: String
    /// Everything that was found there.
    package var failures: Set<Failure>
    /// The patterns of the findings that decide there. Others may be noise that every run of the job makes.
    package var deciding: Set<PatternID>

    /// - Parameter deciding: nil: all that `failures` names.
    package init(commit: String, failures: Set<Failure>, deciding: Set<PatternID>? = nil) {
      self.commit = commit
      self.failures = failures
      self.deciding = deciding ?? Set(failures.map(\.pattern))
    }

    /// Nil if the runs of the job don't prove that it fails there. They don't if one of them passed, or where none of the last attempts
    /// that failed is known as a whole: all logs read to their ends, and every pattern tried that might have decided.
    ///
    /// - Parameter runs: all attempts of one job at the commit.
    package static func of(_ runs: [BuildEvidence], commit: String, today: CalendarDay) -> BaseEvidence? {
      guard !runs.contains(where: { $0.outcome == .success }) else { return nil }
      let failed = runs.filter(\.outcome.isFailure)
      let last = failed.filter { build in !failed.contains { $0.run == build.run && $0.attempt > build.attempt } }
      var base = BaseEvidence(commit: commit, failures: [])
      for build in last {
        guard let best = BestFinding.of(build.logs, today: today)?.finding.rank, !best.fallback, build.isConclusive(best) else {
          continue
        }
        base.deciding.insert(best.id)
        for finding in build.logs.flatMap(\.findings) where !finding.rank.fallback { base.failures.insert(finding.failure) }
      }
      return base.deciding.isEmpty ? nil : base
    }

    /// Whether a build whose best finding is `best` fails in no other way than the base does: the same pattern decides, and whatever
    /// weighs as much as it, of the same or of another pattern, was found at the base, too.
    func explains(_ logs: [LogEvidence], best: FindingEvidence, today: CalendarDay) -> Bool {
      // What passing builds say, too, doesn't tell one failure from another.
      guard best.rank.suspicion == nil, best.failure.isNamed, deciding.contains(best.rank.id), failures.contains(best.failure)
      else { return false }
      return logs.allSatisfy { log in
        log.findings.allSatisfy { finding in
          finding.rank.weight(today) != best.rank.weight(today)
            || failures.contains(finding.failure) && !log.overflowing.contains(finding.rank.id)
        }
      }
    }
  }

  /// Whether nothing is unknown of the build that might have made another finding than one of `best` decide.
  private func isConclusive(_ best: PatternRank) -> Bool {
    listing == .listed
      && logs.allSatisfy { log in
        log.state == .stored && log.isScanned && !log.inconclusive.contains { !$0.fallback && $0.priority >= best.priority }
      }
  }
}
