import Analysis
import Model
import Store

/// Adds up a trial while its parts come in, in any order.
actor TrialTally {
  private(set) var report: TrialReport
  private let groupBy: [String]
  private let tell: @Sendable (TryStage.News) -> Void
  /// Builds with a hit, as one may have many logs.
  private var builds: Set<Int64> = []
  private var lastTold: ContinuousClock.Instant?

  init(_ report: TrialReport, groupBy: [String], tell: @Sendable @escaping (TryStage.News) -> Void) {
    self.report = report
    self.groupBy = groupBy
    self.tell = tell
  }

  /// Logs were tried: how many, of how many raw bytes.
  func add(logs: Int, bytes: Int, cost: Store.TrialCost, hits: [Store.TrialHit], sameLines: [PatternID: Int]) {
    report.triedLogs += logs
    report.triedBytes += bytes
    report.cost.logs += cost.logs
    report.cost.bytes += cost.bytes
    report.cost.opened += cost.opened
    report.cost.openedBytes += cost.openedBytes
    report.cost.nanoseconds += cost.nanoseconds
    for hit in hits { add(hit) }
    for (pattern, lines) in sameLines { report.overlaps[pattern, default: .init()].lines += lines }
    tellProgress()
  }

  /// Whoever is told has a copy, which makes the next change one of the whole report; so not too often.
  private func tellProgress() {
    if let lastTold, lastTold.duration(to: .now) < .milliseconds(100) { return }
    tellState()
    lastTold = .now
  }

  /// Tells the state now, as nothing more will come for a while.
  func tellState() { tell(.progress(report)) }

  func lost(_ reason: String) {
    report.lostLogs += 1
    if report.lost.count < 10 { report.lost.append(reason) }
  }

  private func add(_ hit: Store.TrialHit) {
    if let reason = hit.inconclusive {
      report.inconclusiveLogs += 1
      report.inconclusive[reason, default: 0] += 1
    }
    guard hit.count > 0 else { return }
    report.logs += 1
    report.findings += hit.count
    report.unkept += hit.count - hit.findings.count
    let build = hit.place.build
    let isNew = builds.insert(hit.place.buildID).inserted
    if isNew, build.outcome.isFailure { report.failedBuilds += 1 }
    if isNew, build.outcome == .success { report.passedBuilds += 1 }
    func count(_ count: inout TrialReport.Count) {
      count.findings += hit.count
      if isNew { count.builds += 1 }
    }
    count(&report.weeks[Self.monday(before: hit.place.time), default: .init()])
    let job = TrialReport.Job(build)
    if report.jobs[job] != nil || report.jobs.count < TrialReport.mostRows {
      count(&report.jobs[job, default: .init()])
    } else {
      report.untoldJobFindings += hit.count
    }
    addGroups(hit)
    tell(.hit(hit))
  }

  private func addGroups(_ hit: Store.TrialHit) {
    var seen: Set<String> = []
    for finding in hit.findings {
      let key = GroupKey.of(finding, groupBy: groupBy)
      if report.groups[key] == nil {
        guard report.groups.count < TrialReport.mostRows else {
          report.untoldGroupFindings += 1
          continue
        }
        report.groups[key] = .init(sample: finding, place: hit.place)
      }
      report.groups[key]?.findings += 1
      if seen.insert(key).inserted { report.groups[key]?.logs += 1 }
    }
  }

  /// The first day of 1970 was a Thursday.
  private static func monday(before seconds: Double) -> CalendarDay {
    let day = (seconds / 86_400).rounded(.down) + 3
    return CalendarDay(secondsSince1970: ((day / 7).rounded(.down) * 7 - 3) * 86_400)
  }

  // MARK: - Verdicts

  func judged(_ judged: TrialJudge.Judged) {
    report.judgedCommits = (report.judgedCommits ?? 0) + 1
    for change in judged.changes {
      report.changes[.init(before: change.before.kind, after: change.after.kind), default: 0] += 1
      if report.changed.count < TrialReport.mostRows { report.changed.append(change) }
      tell(.change(change))
    }
    for (pattern, candidateWins) in judged.meetings {
      report.overlaps[pattern, default: .init()].builds += 1
      if candidateWins {
        report.overlaps[pattern]?.candidateWins += 1
      } else {
        report.overlaps[pattern]?.patternWins += 1
      }
    }
    tellProgress()
  }

  func finish(builds: [PatternID: Int]) -> TrialReport {
    report.judgedCommits = report.judgedCommits ?? 0
    for pattern in report.overlaps.keys { report.overlaps[pattern]?.patternBuilds = builds[pattern] ?? 0 }
    // In an order that doesn't depend on which lane was first.
    report.changed.sort {
      ($0.job.repository, $0.commit, $0.job.workflow, $0.job.name, $0.attempt)
        < ($1.job.repository, $1.commit, $1.job.workflow, $1.job.name, $1.attempt)
    }
    tellState()
    return report
  }
}
