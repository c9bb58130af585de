import Analysis
import Model
import Pipeline
import Store

/// How a trial stands, for the API. Long parts are cut; their whole length is told.
struct TrialValue: APIValue {
  let key: String
  let phase: String
  /// Why it was stopped.
  let reason: String?
  let source: String
  let isFile: Bool
  let verdict: String
  let since: Double?
  /// The pull request by which it was proposed.
  let proposal: String?
  /// The pattern file that it can be saved as, once it is over.
  let file: String?

  // MARK: - How far it is

  let triedLogs: Int
  let allLogs: Int
  let triedBytes: Int
  let allBytes: Int
  let openedLogs: Int
  let lostLogs: Int
  let cpuSeconds: Double
  let millisecondsPerMegabyte: Double?
  /// Nil until all logs are tried.
  let judgedCommits: Int?

  // MARK: - What it found

  let findings: Int
  let findingsNotKept: Int
  let hitLogs: Int
  let failedBuilds: Int
  let allFailedBuilds: Int
  let passedBuilds: Int
  let allPassedBuilds: Int
  let inconclusive: [String: Int]
  let weeks: [Span]
  let jobs: [Span]
  let jobCount: Int
  let groups: [Group]
  let groupCount: Int
  let changes: [Change]
  let changedBuilds: [ChangedBuild]
  let changedBuildCount: Int
  let patterns: [Overlap]
  let patternCount: Int

  /// Rows of each list at most.
  static let mostRows = 25
  private static let mostWeeks = 53

  struct Span: APIValue {
    /// The Monday of a week, or a job's full name.
    let name: String
    let findings: Int
    let builds: Int

    static let schema = Schema.object("TrialSpan", ["name": .string, "findings": .integer, "builds": .integer])
  }

  struct Group: APIValue {
    let findings: Int
    let logs: Int
    let build: Int64
    let log: Int64
    let job: String
    let commit: String
    let line: Int
    let text: String

    static let schema = Schema.object(
      "TrialGroup",
      [
        "findings": .integer, "logs": .integer, "build": .integer, "log": .integer, "job": .string, "commit": .string,
        "line": .integer,
        "text": .string,
      ])
  }

  struct Change: APIValue {
    let before: String
    let after: String
    let builds: Int

    static let schema = Schema.object("TrialChange", ["before": kind, "after": kind, "builds": .integer])
    static let kind = Schema.choice(BuildKind.allCases.map(\.rawValue))
  }

  struct ChangedBuild: APIValue {
    let repository: String
    let commit: String
    let job: String
    let before: String
    let beforePattern: String?
    let after: String

    static let schema = Schema.object(
      "TrialChangedBuild",
      [
        "repository": .string, "commit": .string, "job": .string, "before": Change.kind, "beforePattern": .optional(.string),
        "after": Change.kind,
      ])
  }

  struct Overlap: APIValue {
    let pattern: String
    let lines: Int
    let builds: Int
    /// In how many builds the pattern's finding is the better one.
    let better: Int
    let worse: Int
    /// Whether the pattern would never decide again.
    let shadowed: Bool
    /// Whether the candidate would never decide.
    let shadows: Bool

    static let schema = Schema.object(
      "TrialOverlap",
      [
        "pattern": .string, "lines": .integer, "builds": .integer, "better": .integer, "worse": .integer, "shadowed": .boolean,
        "shadows": .boolean,
      ])
  }

  /// - Parameter today: what a new excuse is good for half a year from.
  init(_ key: String, _ state: TrialDesk.State, today: CalendarDay) {
    self.key = key
    file = state.isRunning ? nil : state.file(today: today)?.yaml
    switch state.phase {
    case .running: (phase, reason) = ("running", nil)
    case .finished: (phase, reason) = ("finished", nil)
    case .stopped(let why): (phase, reason) = ("stopped", why)
    }
    let order = state.order
    (source, isFile, verdict, since) = (order.source, order.isFile, order.candidate.verdict.rawValue, order.since)
    proposal = state.proposal
    let report = state.report ?? TrialReport(candidate: order.candidate.id, archived: .none)
    let cost = report.cost
    (triedLogs, allLogs) = (report.triedLogs, report.archived.logs)
    (triedBytes, allBytes) = (report.triedBytes, report.archived.bytes)
    (openedLogs, lostLogs) = (cost.opened, report.lostLogs)
    cpuSeconds = Double(cost.nanoseconds) / 1e9
    millisecondsPerMegabyte = cost.openedBytes > 0 ? Double(cost.nanoseconds) / Double(cost.openedBytes) : nil
    judgedCommits = report.judgedCommits
    (findings, findingsNotKept, hitLogs) = (report.findings, report.unkept, report.logs)
    (failedBuilds, allFailedBuilds) = (report.failedBuilds, report.archived.failedBuilds)
    (passedBuilds, allPassedBuilds) = (report.passedBuilds, report.archived.passedBuilds)
    inconclusive = Dictionary(report.inconclusive.map { ($0.key.rawValue, $0.value) }) { $1 }
    weeks = report.weeks.sorted { $0.key < $1.key }.suffix(Self.mostWeeks).map {
      Span(name: $0.key.description, findings: $0.value.findings, builds: $0.value.builds)
    }
    jobs = report.jobsInOrder.prefix(Self.mostRows).map {
      Span(name: $0.job.fullName, findings: $0.count.findings, builds: $0.count.builds)
    }
    jobCount = report.jobs.count
    groups = report.groupsInOrder.prefix(Self.mostRows).map { _, group in
      let build = group.place.build
      return Group(
        findings: group.findings, logs: group.logs, build: group.place.buildID, log: group.place.log.rawValue,
        job: [build.repository, build.job, group.place.step].filter { !$0.isEmpty }.joined(separator: " "), commit: build.commit,
        line: group.sample.line, text: group.sample.text)
    }
    groupCount = report.groups.count
    changes = report.changesInOrder.map {
      Change(before: $0.change.before.rawValue, after: $0.change.after.rawValue, builds: $0.count)
    }
    changedBuilds = report.changed.prefix(Self.mostRows).map { change in
      ChangedBuild(
        repository: change.job.repository, commit: change.commit, job: change.job.name, before: change.before.kind.rawValue,
        beforePattern: change.before.pattern?.rawValue, after: change.after.kind.rawValue)
    }
    changedBuildCount = report.changes.values.reduce(0, +)
    patterns = report.overlapsInOrder.prefix(Self.mostRows).map { pattern, overlap in
      Overlap(
        pattern: pattern.rawValue, lines: overlap.lines, builds: overlap.builds, better: overlap.patternWins,
        worse: overlap.candidateWins, shadowed: overlap.isShadowed, shadows: report.isShadowed(by: overlap))
    }
    patternCount = report.overlaps.count
  }

  static let schema = Schema.object(
    "Trial",
    [
      "key": .string, "phase": .choice(["running", "finished", "stopped"]), "reason": .optional(.string), "source": .string,
      "isFile": .boolean, "verdict": .choice(PatternVerdict.allCases.map(\.rawValue)), "since": .optional(.time),
      "proposal": .optional(.string), "file": .optional(.string),
      "triedLogs": .integer, "allLogs": .integer, "triedBytes": .integer, "allBytes": .integer, "openedLogs": .integer,
      "lostLogs": .integer, "cpuSeconds": .number, "millisecondsPerMegabyte": .optional(.number),
      "judgedCommits": .optional(.integer), "findings": .integer, "findingsNotKept": .integer, "hitLogs": .integer,
      "failedBuilds": .integer, "allFailedBuilds": .integer, "passedBuilds": .integer, "allPassedBuilds": .integer,
      "inconclusive": .map(.integer), "weeks": .array(Span.schema), "jobs": .array(Span.schema), "jobCount": .integer,
      "groups": .array(Group.schema), "groupCount": .integer, "changes": .array(Change.schema),
      "changedBuilds": .array(ChangedBuild.schema), "changedBuildCount": .integer, "patterns": .array(Overlap.schema),
      "patternCount": .integer,
    ])
}

extension TrialDesk.State {
  /// The file that the candidate can be saved as; nil if nothing was found that proves it.
  ///
  /// - Parameter today: what a new excuse is good for half a year from.
  func file(today: CalendarDay) -> (name: String, yaml: String)? {
    if order.isFile {
      let name =
        order.candidate.id == Candidate.id ? "pattern" : order.candidate.id.rawValue.split(separator: "/").last.map(String.init)
      return (name ?? "pattern", order.source)
    }
    let found = report?.groupsInOrder.prefix(50).map(\.group.sample.text) ?? []
    let reviewBy = CalendarDay(secondsSince1970: Double(today.secondsSince1970) + 182 * 86_400)
    return PatternDraft(of: order.candidate, found: found, reviewBy: reviewBy).map { ($0.name, $0.yaml) }
  }
}
