import Foundation
import Model
import Pipeline
import Store

/// A trial for programs: an object per finding and per changed verdict while it goes on, then a summary.
enum TrialJSON {
  static func print(_ hit: Store.TrialHit) {
    for finding in hit.findings { Output.line(self.finding(finding, hit.place).text) }
  }

  private static func finding(_ finding: Finding, _ place: Store.TrialPlace) -> JSONText {
    var members = [("type", JSONText.string("finding"))] + Self.place(place) + FindingPrinter.place(of: finding)
    members.append(("captures", FindingPrinter.captures(of: finding)))
    if finding.windowed { members.append(("windowed", .bool(true))) }
    members.append(("text", .string(finding.text)))
    return .object(members)
  }

  private static func place(_ place: Store.TrialPlace) -> [(String, JSONText)] {
    let build = place.build
    return [
      ("repository", .string(build.repository)), ("commit", .string(build.commit)), ("provider", .string(build.provider)),
      ("externalId", .string(build.externalID)), ("workflow", .string(build.workflow)), ("job", .string(build.job)),
      ("attempt", .number(build.attempt)), ("outcome", .string(build.outcome.rawValue)), ("step", .string(place.step)),
    ]
  }

  static func change(_ change: TrialReport.VerdictChange) -> JSONText {
    func verdict(_ verdict: TrialReport.VerdictChange.Verdict) -> JSONText {
      .object([("kind", .string(verdict.kind.rawValue)), ("pattern", .optional(verdict.pattern?.rawValue))])
    }
    return .object([
      ("type", .string("change")), ("repository", .string(change.job.repository)), ("commit", .string(change.commit)),
      ("workflow", .string(change.job.workflow)), ("job", .string(change.job.name)), ("attempt", .number(change.attempt)),
      ("url", .optional(change.url)), ("before", verdict(change.before)), ("after", verdict(change.after)),
    ])
  }

  static func summary(_ report: TrialReport, isComplete: Bool, limit: Int) -> JSONText {
    let cost = report.cost
    return .object([
      ("type", .string("summary")), ("complete", .bool(isComplete)), ("findings", .number(report.findings)),
      ("notKept", .number(report.unkept)), ("logs", .number(report.logs)),
      ("failedBuilds", .object([("hit", .number(report.failedBuilds)), ("of", .number(report.archived.failedBuilds))])),
      ("passedBuilds", .object([("hit", .number(report.passedBuilds)), ("of", .number(report.archived.passedBuilds))])),
      (
        "tried",
        .object([
          ("logs", .number(report.triedLogs)), ("of", .number(report.archived.logs)), ("bytes", .number(report.triedBytes)),
          ("opened", .number(cost.opened)), ("openedBytes", .number(cost.openedBytes)), ("lost", .number(report.lostLogs)),
        ])
      ),
      (
        "cost",
        .object([
          ("seconds", .decimal(Double(cost.nanoseconds / 1_000) / 1e6)),
          (
            "millisecondsPerMegabyte",
            cost.openedBytes > 0
              ? .decimal((Double(cost.nanoseconds) / Double(cost.openedBytes) * 1_000).rounded() / 1_000) : .null
          ),
        ])
      ),
      (
        "inconclusive",
        .object(report.inconclusive.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key.rawValue, .number($0.value)) })
      ),
      ("weeks", .array(report.weeks.sorted { $0.key < $1.key }.map { Self.count("week", $0.key.description, $0.value) })),
      ("jobs", .array(report.jobsInOrder.prefix(limit).map { Self.count("job", $0.job.fullName, $0.count) })),
      ("groups", .array(report.groupsInOrder.prefix(limit).map(Self.group))),
      ("changes", .array(report.changesInOrder.map(Self.change))),
      ("patterns", .array(report.overlapsInOrder.map { Self.overlap($0.pattern, $0.overlap, report) })),
    ])
  }

  private static func count(_ name: String, _ value: String, _ count: TrialReport.Count) -> JSONText {
    .object([(name, .string(value)), ("findings", .number(count.findings)), ("builds", .number(count.builds))])
  }

  private static func group(_ key: String, _ group: TrialReport.Group) -> JSONText {
    .object([
      ("group", .string(key)), ("findings", .number(group.findings)), ("logs", .number(group.logs)),
      ("sample", .object(place(group.place) + FindingPrinter.place(of: group.sample) + [("text", .string(group.sample.text))])),
    ])
  }

  private static func change(_ change: TrialReport.KindChange, _ count: Int) -> JSONText {
    .object([("before", .string(change.before.rawValue)), ("after", .string(change.after.rawValue)), ("builds", .number(count))])
  }

  private static func overlap(_ pattern: PatternID, _ overlap: TrialReport.Overlap, _ report: TrialReport) -> JSONText {
    .object([
      ("pattern", .string(pattern.rawValue)), ("lines", .number(overlap.lines)), ("builds", .number(overlap.builds)),
      ("better", .number(overlap.patternWins)), ("worse", .number(overlap.candidateWins)),
      ("shadowed", .bool(overlap.isShadowed)), ("shadows", .bool(report.isShadowed(by: overlap))),
    ])
  }
}
