import Analysis
import Model
import Store

/// One pattern.
enum PatternPage {
  private static let mostSamples = 200

  static let page = Page<PatternReport>(
    path: "patterns/**", summary: "A pattern: its definition and history, what it found, and whether it can be believed.",
    parameters: [
      .path("id", .name, "The pattern's id, `area/name`."),
      .query("since", .since, "What was found in builds that finished since the beginning of that day.", usual: "180d"),
      .query("limit", .number(1...mostSamples), "Samples of one page.", usual: "20"), .cursor,
    ],
    isCounted: true,
    load: load, view: { pattern, input in Page.View("pattern", title: pattern.id, PatternView(pattern, input)) })

  private static func load(_ input: PageInput) async throws -> PatternReport {
    let store = input.backend.store
    let id = PatternID(input.text("id") ?? "")
    let since = CalendarDay(secondsSince1970: input.moment("since") ?? 0)
    // First, so that a pattern that isn't there is told.
    let detail = try await store.patternDetail(id)
    async let series = store.patternSeries(id, since: since, by: .week)
    async let jobs = store.patternJobs(id, most: 10)
    // The latest tell the groups, whichever are shown.
    async let latest = store.patternSamples(id, most: mostSamples)
    async let samples = store.patternSamples(id, after: input.cursor?.keys.first, most: input.limit)
    async let reviews = store.reviews(of: id, most: 20)
    async let trust = store.patternTrust(of: id)
    async let reports = store.wrongReports(against: id, most: 20)
    let (weeks, found, shown) = try await (series, latest.rows, samples)
    let numbers = Dictionary(uniqueKeysWithValues: detail.revisions.enumerated().map { ($1.id, detail.revisions.count - $0) })
    return PatternReport(
      id: id.rawValue, title: detail.title, verdict: detail.verdict.rawValue, issue: detail.issue, priority: detail.priority,
      fallback: detail.fallback, groupBy: detail.groupBy, tags: detail.tags, owner: detail.owner, remedy: detail.remedy,
      reviewBy: detail.reviewBy?.description, isReviewOverdue: detail.reviewBy.map { input.today >= $0 } ?? false,
      isRetired: detail.isRetired, changedAt: detail.changedAt, revisions: revisions(detail.revisions), firstSeen: detail.firstSeen,
      lastSeen: detail.lastSeen, weeks: weeks.map { .init(day: $0.day.description, hits: $0.hits, builds: $0.builds) },
      hits: weeks.reduce(0) { $0 + $1.hits }, builds: weeks.reduce(0) { $0 + $1.builds },
      jobs: try await jobs.map {
        .init(
          repository: $0.job.repository, workflow: $0.job.workflow.isEmpty ? nil : $0.job.workflow, job: $0.job.job,
          builds: $0.builds, lastSeen: $0.lastSeen)
      },
      groups: groups(found, by: detail.groupBy),
      samples: shown.rows.map {
        .init(
          build: $0.build, repository: $0.repository, job: $0.job, outcome: $0.outcome.rawValue, at: $0.at, log: $0.log,
          line: $0.finding.line, text: $0.finding.text)
      },
      next: shown.next.map { input.next(after: [$0]) },
      trust: value(try await trust, inconclusive: detail.inconclusive),
      reports: try await reports.map {
        .init(
          who: $0.who, reason: $0.reason, at: $0.at, kind: $0.kind.rawValue, repository: $0.repository, commit: $0.commit,
          job: $0.job)
      },
      reviews: try await reviews.map { .init(who: $0.who, note: $0.note, at: $0.at, revision: numbers[$0.revision] ?? 0) })
  }

  static let review = Action(
    path: "reviews", summary: "Say that one has looked at a pattern, and that it is right.",
    about: "It is shown with the pattern, and changes no verdict: until when a pattern may excuse stands in its file.",
    parameters: [
      .form("pattern", .name, "The pattern's id, `area/name`.", needed: true),
      .form("revision", .number(1...Int.max), "The id of the revision that one has seen: the one that is tried now.", needed: true),
      .form("note", .text(most: 1_000), "What there is to say."),
    ],
    perform: { input in
      let id = input.text("pattern") ?? ""
      try await input.backend.store.review(
        PatternID(id), revision: Int64(input.number("revision") ?? 0), who: input.viewer.name, note: input.text("note") ?? "")
      return Action.Done(location: "/patterns/\(id)#reviews", detail: "\(id) is reviewed")
    })

  private static func revisions(_ revisions: [Store.RevisionDetail]) -> [PatternReport.Revision] {
    revisions.enumerated().map { place, revision in
      let lines = DefinitionText.lines(of: revision.definition)
      let before = place + 1 < revisions.count ? DefinitionText.lines(of: revisions[place + 1].definition) : nil
      return .init(
        id: revision.id, number: revisions.count - place, isCurrent: revision.isCurrent, createdAt: revision.createdAt,
        suspendedAt: revision.suspendedAt, definition: lines,
        changes: before.map { DefinitionText.difference(from: $0, to: lines) } ?? [])
    }
  }

  private static func groups(_ samples: [Store.PatternSample], by names: [String]) -> [PatternReport.Group] {
    guard !names.isEmpty else { return [] }
    var counts: [String: Int] = [:]
    for sample in samples {
      let captures = names.map { sample.finding.capture($0) ?? TitleTemplate.absent }
      counts[captures.joined(separator: " · "), default: 0] += 1
    }
    return counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(15).map { .init(group: $0.key, findings: $0.value) }
  }

  private static func value(_ trust: PatternTrust, inconclusive: Int) -> PatternReport.Trust {
    .init(
      passingSampled: trust.sampled, passingHit: trust.hit, isSuspect: trust.isSuspect,
      suspicion: trust.suspicion?.reason, cleared: trust.suspicion?.cleared.map { "\($0.who): \($0.reason)" },
      wrongReports: trust.wrongReports, millisecondsPerMegabyte: trust.cost.millisecondsPerMegabyte, inconclusiveLogs: inconclusive)
  }
}
