import Foundation
import Model
import Pipeline

/// A trial's report for people.
struct TrialText {
  let report: TrialReport
  let isComplete: Bool
  /// Rows of each table at most.
  let limit: Int
  let style: Style

  var text: String {
    var lines = heading
    section("BY WEEK", report.weeks.count, ["FINDINGS", "BUILDS", "WEEK FROM"], weeks, &lines)
    section("BY JOB", report.jobs.count, ["FINDINGS", "BUILDS", "JOB"], jobs, &lines)
    section("BY GROUP", report.groups.count, ["FINDINGS", "LOGS", "NEWEST"], groups, &lines)
    section("VERDICTS", report.changes.count, ["BUILDS", "BEFORE → AFTER"], changes, &lines)
    section("CHANGED BUILDS", report.changed.count, ["COMMIT", "JOB"], changed, &lines)
    section("OTHER PATTERNS", report.overlaps.count, ["SAME LINES", "BUILDS", "PATTERN"], overlaps, &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  private var heading: [String] {
    let cost = report.cost
    var lines = [
      "\(report.findings) findings in \(report.logs) logs: \(report.failedBuilds) of \(report.archived.failedBuilds) failed builds, "
        + "\(report.passedBuilds) of \(report.archived.passedBuilds) passing ones",
      "tried on \(report.triedLogs) of \(report.archived.logs) logs, \(Self.megabytes(report.triedBytes)) of \(Self.megabytes(report.archived.bytes)) MB; "
        + "\(cost.opened) had to be opened"
        + (cost.openedBytes > 0
          ? String(format: "; %.2f ms of CPU time per MB of these", Double(cost.nanoseconds) / Double(cost.openedBytes)) : ""),
    ]
    if report.lostLogs > 0 {
      lines.append(style.yellow("\(report.lostLogs) logs can't be read from the archive: what they hold is not in the figures"))
    } else if !isComplete {
      lines.append(style.yellow("stopped: the figures are of what was tried, and not all verdicts were compared"))
    }
    if report.passedBuilds > 0 { lines.append(style.yellow("it hits builds that passed: it may not tell what broke a build")) }
    if report.inconclusiveLogs > 0 {
      let reasons = report.inconclusive.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
      lines.append(style.yellow("not conclusive on \(report.inconclusiveLogs) logs: \(reasons.joined(separator: ", "))"))
    }
    if report.unkept > 0 { lines.append("\(report.unkept) findings are only counted, as their logs have too many") }
    if report.untoldGroupFindings > 0 { lines.append("\(report.untoldGroupFindings) findings are in groups that are not told") }
    if report.untoldJobFindings > 0 { lines.append("\(report.untoldJobFindings) findings are in jobs that are not told") }
    if isComplete, report.findings > 0, report.changes.isEmpty { lines.append("it would change no verdict") }
    return lines
  }

  private func section(_ title: String, _ count: Int, _ columns: [String], _ rows: [[String]], _ lines: inout [String]) {
    guard !rows.isEmpty else { return }
    var table = Table(columns.dropLast().map { _ in .right } + [.left])
    table.add(columns)
    for row in rows.prefix(limit) { table.add(row) }
    lines.append("")
    lines.append(style.bold(count > limit ? "\(title) (\(limit) of \(count))" : title))
    lines += table.lines(indent: "  ")
  }

  // MARK: - Rows

  private var weeks: [[String]] {
    // The newest weeks, in their order.
    report.weeks.sorted { $0.key < $1.key }.suffix(limit).map { [String($0.value.findings), String($0.value.builds), "\($0.key)"] }
  }

  private var jobs: [[String]] {
    report.jobsInOrder.map { [String($0.count.findings), String($0.count.builds), Style.inert($0.job.fullName)] }
  }

  private var groups: [[String]] {
    report.groupsInOrder.map { _, group in
      let place = group.place
      let name = [place.build.commit.prefix(12) + " " + place.build.job, Substring(place.step)].filter { !$0.isEmpty }
        .joined(separator: ", ")
      return [
        String(group.findings), String(group.logs),
        style.dim(Style.inert("\(name), line \(group.sample.line):")) + " " + Style.inert(group.sample.text),
      ]
    }
  }

  private var changes: [[String]] {
    report.changesInOrder.map { [String($0.count), "\($0.change.before.rawValue) → \($0.change.after.rawValue)"] }
  }

  private var changed: [[String]] {
    report.changed.map { change in
      [
        String(change.commit.prefix(12)),
        Style.inert("\(change.job.fullName): \(Self.told(change.before)) → \(Self.told(change.after))"),
      ]
    }
  }

  private static func told(_ verdict: TrialReport.VerdictChange.Verdict) -> String {
    verdict.kind.rawValue + (verdict.pattern.map { " (\($0))" } ?? "")
  }

  private var overlaps: [[String]] {
    report.overlapsInOrder.map { pattern, overlap in
      var remarks: [String] = []
      if overlap.isShadowed { remarks.append("would never decide again") }
      if report.isShadowed(by: overlap) { remarks.append("keeps the candidate from ever deciding") }
      if remarks.isEmpty, overlap.builds > 0 {
        remarks.append("better in \(overlap.patternWins) builds, worse in \(overlap.candidateWins)")
      }
      return [String(overlap.lines), String(overlap.builds), ([pattern.rawValue] + remarks).joined(separator: ": ")]
    }
  }

  private static func megabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1e6) }
}
