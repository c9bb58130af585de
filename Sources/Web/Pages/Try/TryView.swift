import Foundation
import Model
import Pipeline

/// What the page shows: the form, filled in, and the trial.
struct TryView: Sendable {
  let expression: String
  let ignoreCase: Bool
  let groupBy: String
  let verdicts: [Choice]
  let file: String
  let id: String
  let showsFile: Bool
  /// Where it can be proposed to; nil where nowhere, or not by this person, or not yet.
  let proposesTo: String?
  let proposedID: String
  /// The pull request.
  let proposal: String?
  let trial: TrialView?

  struct Choice: Sendable {
    let value: String
    let isChosen: Bool
  }

  init(_ value: TryState, _ state: TrialDesk.State?, _ input: PageInput) {
    let order = state?.order
    let isFile = order?.isFile ?? false
    expression = isFile ? "" : order?.source ?? input.text("expression") ?? ""
    ignoreCase = order?.candidate.definition.ignoreCase ?? false
    groupBy = isFile ? "" : order?.candidate.groupBy.joined(separator: ", ") ?? ""
    let verdict = isFile ? "failure" : order?.candidate.verdict.rawValue ?? "failure"
    verdicts = ["failure", "flaky", "infrastructure"].map { Choice(value: $0, isChosen: $0 == verdict) }
    file = (isFile ? order?.source : nil) ?? input.text("file") ?? ""
    let named = order.map { $0.candidate.id.rawValue }.flatMap { isFile && $0 != "candidate" ? $0 : nil }
    id = named ?? input.text("id") ?? ""
    showsFile = !file.isEmpty
    let offered = state?.phase == .finished ? state?.file(today: input.today) : nil
    proposesTo = offered == nil || input.viewer.role < .curator ? nil : input.backend.proposals?.repository
    proposal = state?.proposal
    proposedID = id.isEmpty ? offered.map { "area/\($0.name)" } ?? "" : id
    trial = value.trial.map { TrialView($0) }
  }
}

/// A trial as it stands: a part of the page that events replace.
struct TrialView: Sendable {
  let key: String
  let heading: String
  let isRunning: Bool
  let isOver: Bool
  let reason: String?
  /// Of a hundred.
  let percent: Int
  let progress: String
  let findings: String
  let failed: String
  let failedOf: String
  let passed: String
  let passedOf: String
  let hitsPassing: Bool
  let changed: String
  let cost: String
  let warnings: [String]
  let weeks: [Span]
  let jobs: [Span]
  let moreJobs: String?
  let groups: [Group]
  let moreGroups: String?
  let changes: [Change]
  let changedBuilds: [Changed]
  let moreChanged: String?
  let patterns: [Overlap]
  let yaml: String?
  /// Fills in the form with the file.
  let editLink: String?

  struct Span: Sendable {
    let name: String
    let findings: String
    let builds: String
  }

  struct Group: Sendable {
    let findings: String
    let logs: String
    let text: String
    let place: String
    let link: String
  }

  struct Change: Sendable {
    let before: String
    let after: String
    let builds: String
    /// Whether only another pattern says the same.
    let isSame: Bool
  }

  struct Changed: Sendable {
    let commit: String
    let link: String
    let job: String
    let before: String
    let beforePattern: String?
    let after: String
  }

  struct Overlap: Sendable {
    let pattern: String
    let lines: String
    let builds: String
    let remark: String
  }

  init(_ trial: TrialValue) {
    key = trial.key
    isRunning = trial.phase == "running"
    isOver = !isRunning
    reason = trial.reason
    let share = trial.allLogs > 0 ? Double(trial.triedLogs) / Double(trial.allLogs) : isRunning ? 0 : 1
    percent = Int((share * 100).rounded(.down))
    switch trial.phase {
    case "finished": heading = "Tried on all logs"
    case "stopped": heading = "Stopped"
    default: heading = trial.judgedCommits == nil ? "Trying" : "Comparing verdicts"
    }
    progress =
      "\(Figures.count(trial.triedLogs)) of \(Figures.count(trial.allLogs, "log")), \(Figures.bytes(Int64(trial.triedBytes))) of "
      + "\(Figures.bytes(Int64(trial.allBytes))); \(Figures.count(trial.openedLogs)) had to be opened"
    findings = Figures.count(trial.findings)
    (failed, failedOf) = (Figures.count(trial.failedBuilds), Figures.count(trial.allFailedBuilds))
    (passed, passedOf) = (Figures.count(trial.passedBuilds), Figures.count(trial.allPassedBuilds))
    hitsPassing = trial.passedBuilds > 0
    changed =
      trial.phase == "finished" || trial.judgedCommits != nil
      ? Figures.count(trial.changes.filter { $0.before != $0.after }.reduce(0) { $0 + $1.builds }) : "…"
    cost = trial.millisecondsPerMegabyte.map { String(format: "%.2f ms", $0) } ?? "–"
    warnings = Self.warnings(trial)
    // The newest first is what people look for; the chart turns it round.
    weeks = trial.weeks.map { Span(name: $0.name, findings: "\($0.findings)", builds: "\($0.builds)") }
    jobs = trial.jobs.map { Span(name: $0.name, findings: Figures.count($0.findings), builds: Figures.count($0.builds)) }
    moreJobs = Self.more(trial.jobCount - trial.jobs.count, "job")
    groups = trial.groups.map { group in
      Group(
        findings: Figures.count(group.findings), logs: Figures.count(group.logs), text: group.text,
        place: "\(group.job), \(group.commit.prefix(10)), line \(group.line)",
        link: Links.line(group.line, ofLog: group.log, ofBuild: group.build))
    }
    moreGroups = Self.more(trial.groupCount - trial.groups.count, "group")
    changes = trial.changes.map {
      Change(before: $0.before, after: $0.after, builds: Figures.count($0.builds), isSame: $0.before == $0.after)
    }
    changedBuilds = trial.changedBuilds.map { build in
      Changed(
        commit: String(build.commit.prefix(10)),
        link: Links.commit(build.commit, of: build.repository),
        job: "\(build.repository) \(build.job)", before: build.before, beforePattern: build.beforePattern, after: build.after)
    }
    moreChanged = Self.more(trial.changedBuildCount - trial.changedBuilds.count, "build")
    patterns = trial.patterns.map { overlap in
      Overlap(
        pattern: overlap.pattern, lines: Figures.count(overlap.lines), builds: Figures.count(overlap.builds),
        remark: Self.remark(overlap))
    }
    yaml = trial.file
    editLink = yaml.flatMap { $0.utf8.count <= 4_000 && !trial.isFile ? PageInput.link("/try", ["file": $0]) : nil }
  }

  private static func warnings(_ trial: TrialValue) -> [String] {
    var warnings: [String] = []
    if trial.passedBuilds > 0 { warnings.append("It hits builds that passed: it may not tell what broke a build.") }
    if !trial.inconclusive.isEmpty {
      let reasons = trial.inconclusive.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      warnings.append("It was not conclusive on some logs: \(reasons). Make the expression cheaper.")
    }
    if trial.findingsNotKept > 0 {
      warnings.append("\(Figures.count(trial.findingsNotKept, "finding")) are only counted, as their logs have too many.")
    }
    if trial.lostLogs > 0 { warnings.append("\(Figures.count(trial.lostLogs, "log")) can't be read from the archive.") }
    return warnings
  }

  private static func more(_ count: Int, _ what: String) -> String? {
    count > 0 ? "and \(Figures.count(count, "more \(what)"))" : nil
  }

  private static func remark(_ overlap: TrialValue.Overlap) -> String {
    if overlap.shadowed { return "would never decide again" }
    if overlap.shadows { return "keeps this one from ever deciding" }
    return overlap.builds > 0 ? "better in \(overlap.better), worse in \(overlap.worse)" : ""
  }
}
