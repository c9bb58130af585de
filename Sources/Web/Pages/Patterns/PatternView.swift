import Analysis
import Model

/// What the template `pattern` shows.
struct PatternView: Sendable {
  let id: String
  let title: String
  let verdict: String
  let warnings: [String]
  let issueLink: String?
  let priority: Int
  let isFallback: Bool
  let groupText: String?
  let tags: [String]
  let owner: String?
  let remedyMarkup: Markup
  let reviewText: String?
  let seenText: String
  let hitsText: String
  let span: String
  let buildsText: String
  let buildsLink: String
  let passingText: String
  let passingNote: String
  let costText: String
  let inconclusiveText: String?
  let reportsText: String
  let definition: String
  let currentText: String
  let revisions: [RevisionView]
  let hasHistory: Bool
  let trendMarkup: Markup
  let weeks: [WeekView]
  let hasWeeks: Bool
  let jobs: [JobView]
  let hasJobs: Bool
  let groups: [GroupView]
  let hasGroups: Bool
  let samples: [SampleView]
  let firstLink: String?
  let nextLink: String?
  let reviews: [ReviewView]
  /// The latest, where it is of the revision that is tried now.
  let reviewedText: String
  /// For the form; nil where there is nothing to review, or not by this viewer.
  let reviewed: Int64?
  let reports: [ReportView]
  let hasReports: Bool
  let tryLink: String

  struct RevisionView: Sendable {
    let number: Int
    let time: String
    let note: String
    let changeMarkup: Markup
  }

  struct WeekView: Sendable {
    let day: String
    let hits: String
    let builds: String
  }

  struct JobView: Sendable {
    let name: String
    let place: String
    let link: String
    let builds: String
    let lastSeen: String
  }

  struct GroupView: Sendable {
    let group: String
    let findings: String
  }

  struct SampleView: Sendable {
    let text: String
    let link: String
    let job: String
    let place: String
    let isPassing: Bool
    let ago: String
  }

  struct ReviewView: Sendable {
    let who: String
    let note: String?
    let text: String
  }

  struct ReportView: Sendable {
    let who: String
    let reason: String
    let ago: String
    let job: String
    let commitLink: String
    let kind: String
  }

  init(_ pattern: PatternReport, _ input: PageInput) {
    id = pattern.id
    title = TitleTemplate.render(pattern.title, captures: [])
    verdict = pattern.verdict
    let current = pattern.revisions.first(where: \.isCurrent)
    warnings = Self.warnings(pattern, current)
    issueLink = pattern.issue.flatMap { Links.outside($0) }
    priority = pattern.priority
    isFallback = pattern.fallback
    groupText = pattern.groupBy.isEmpty ? nil : pattern.groupBy.joined(separator: ", ")
    tags = pattern.tags
    owner = pattern.owner
    remedyMarkup = Remedy.markup(pattern.remedy)
    reviewText = pattern.reviewBy
    seenText =
      pattern.firstSeen.flatMap { first in
        pattern.lastSeen.map { "first \(Figures.time(first)), last \(Figures.ago($0, now: input.now))" }
      } ?? "never decided a build"
    hitsText = Figures.count(pattern.hits)
    span = FilterView.words(for: input.text("since") ?? "")
    buildsText = Figures.count(pattern.builds)
    buildsLink = PageInput.link("/builds", ["pattern": pattern.id])
    let trust = pattern.trust
    passingText =
      trust.passingSampled == 0
      ? "–" : Figures.percent(Double(trust.passingHit) / Double(trust.passingSampled))
    passingNote =
      trust.passingSampled == 0
      ? "of passing builds: none sampled yet"
      : "of passing builds: \(Figures.count(trust.passingHit)) of \(Figures.count(trust.passingSampled)) sampled"
    costText = trust.millisecondsPerMegabyte.map { Self.cost($0) } ?? "not measured yet"
    inconclusiveText = trust.inconclusiveLogs > 0 ? "not tried to the end on \(Figures.count(trust.inconclusiveLogs, "log"))" : nil
    reportsText = trust.wrongReports == 0 ? "none" : Figures.count(trust.wrongReports)
    definition = (current ?? pattern.revisions.first)?.definition.joined(separator: "\n") ?? ""
    currentText = current.map { "revision \($0.number), since \(Figures.time($0.createdAt))" } ?? "retired"
    hasHistory = pattern.revisions.count > 1
    revisions = pattern.revisions.map { revision in
      RevisionView(
        number: revision.number, time: Figures.time(revision.createdAt),
        note: (revision.isCurrent ? "tried now" : "") + (revision.suspendedAt.map { " suspended \(Figures.time($0))" } ?? ""),
        changeMarkup: Self.markup(revision))
    }
    let since = CalendarDay(secondsSince1970: input.moment("since") ?? 0)
    let days = Dictionary(pattern.weeks.compactMap { week in CalendarDay(week.day).map { ($0, week.hits) } }) { $1 }
    trendMarkup = Trend.bars(
      days, over: Trend.days(by: .week, since: max(since, days.keys.min() ?? since), until: input.today),
      label: "Failed builds with a finding, by week; the table below has the numbers")
    weeks = pattern.weeks.reversed().map {
      WeekView(day: $0.day, hits: Figures.count($0.hits), builds: Figures.count($0.builds))
    }
    hasWeeks = !weeks.isEmpty
    jobs = pattern.jobs.map { job in
      let name = JobName.short(job.workflow, job.job)
      return JobView(
        name: name, place: job.repository,
        link: PageInput.link("/builds", ["pattern": pattern.id, "job": name, "repository": job.repository]),
        builds: Figures.count(job.builds), lastSeen: Figures.ago(job.lastSeen, now: input.now))
    }
    hasJobs = !jobs.isEmpty
    groups = pattern.groups.map { GroupView(group: $0.group, findings: Figures.count($0.findings)) }
    hasGroups = !groups.isEmpty
    samples = pattern.samples.map { sample in
      SampleView(
        text: sample.text, link: Links.line(sample.line, ofLog: sample.log, ofBuild: sample.build), job: sample.job,
        place: sample.repository, isPassing: sample.outcome == Build.Outcome.success.rawValue,
        ago: Figures.ago(sample.at, now: input.now))
    }
    firstLink = input.cursor == nil ? nil : input.link([:]) + "#lines"
    nextLink = pattern.next.map { input.page($0) + "#lines" }
    reviews = pattern.reviews.map { review in
      ReviewView(
        who: review.who, note: review.note.isEmpty ? nil : review.note,
        text: "\(Figures.ago(review.at, now: input.now)), revision \(review.revision)")
    }
    reviewedText =
      pattern.reviews.first { $0.revision == current?.number }.map {
        "\($0.who), \(Figures.ago($0.at, now: input.now))"
      } ?? (pattern.reviews.isEmpty ? "by nobody here" : "not in its present revision")
    reviewed = pattern.isRetired || input.viewer.role < .curator ? nil : current?.id
    reports = pattern.reports.map { report in
      ReportView(
        who: report.who, reason: report.reason, ago: Figures.ago(report.at, now: input.now), job: report.job,
        commitLink: Links.commit(report.commit, of: report.repository), kind: report.kind)
    }
    hasReports = !reports.isEmpty
    tryLink = PageInput.link("/try", ["pattern": pattern.id])
  }

  private static func warnings(_ pattern: PatternReport, _ current: PatternReport.Revision?) -> [String] {
    var warnings: [String] = []
    if pattern.isRetired { warnings.append("Retired: its findings are kept, and it is tried no more.") }
    if pattern.trust.isSuspect { warnings.append("Suspect, and excuses nothing: \(pattern.trust.suspicion ?? "").") }
    if let cleared = pattern.trust.cleared {
      warnings.append("It was suspect (\(pattern.trust.suspicion ?? "")); cleared by \(cleared).")
    }
    if current?.suspendedAt != nil { warnings.append("Suspended: it was too slow on too many logs.") }
    if pattern.isReviewOverdue, !pattern.isRetired {
      warnings.append("Its review was due on \(pattern.reviewBy ?? ""): until someone renews it, it excuses nothing.")
    }
    return warnings
  }

  private static func cost(_ milliseconds: Double) -> String {
    let micros = milliseconds * 1_000
    return micros < 10 ? "less than 10 µs of CPU per MB of log" : "\(Figures.count(Int(micros.rounded()))) µs of CPU per MB of log"
  }

  private static func markup(_ revision: PatternReport.Revision) -> Markup {
    var markup = Markup()
    for change in revision.changes {
      switch change.sign {
      case "-": markup.element("del", [:], "− " + change.text)
      case "+": markup.element("ins", [:], "+ " + change.text)
      default: markup.text("  " + change.text)
      }
      markup.newline()
    }
    if revision.changes.isEmpty { markup.text(revision.definition.joined(separator: "\n")) }
    return markup
  }
}
