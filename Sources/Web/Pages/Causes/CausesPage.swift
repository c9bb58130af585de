import Analysis
import Model
import Store

/// Home: what breaks builds.
enum CausesPage {
  static let usual: Sorting<Store.CauseKey> = .descending(.builds)

  static let page = Page<Causes>(
    path: "", summary: "The most frequent causes of failed builds over a time, the most frequent first unless sorted otherwise.",
    about: """
      A build counts for the pattern whose finding decides its verdict. `change` is how many more builds than in as many days before. Days are those of UTC. Trends and periods go by day or by week \
      (the day is its Monday); those without builds are left out. Where the time has no builds, `earlier` tells of all that there are.
      """,
    parameters: [
      .query("since", .since, "Builds that finished since the beginning of that day.", usual: "14d"),
      .query("repository", .name, "Only builds of this repository, `owner/name`."),
      .query("branch", .name, "Only builds of this branch."),
      .query("job", .job, "Only builds of this job, by its name or as `workflow/job`."),
      .query("verdict", .choice(PatternVerdict.allCases.map(\.rawValue)), "Only causes of this verdict."),
      .query(
        "by", .choice(Store.Step.allCases.map(\.rawValue)),
        "What trends and periods go by; where it isn't given, the week if the time is longer than a month."),
      .query("groups", .number(1...200), "The most jobs and branches that are told.", usual: "8"),
      .query("limit", .number(1...200), "The most causes that are told.", usual: "15"),
      .sort(usual: usual), .cursor,
    ],
    isCounted: true, isShared: true,
    load: load, view: { causes, input in Page.View("causes", title: "What breaks the builds", CausesView(causes, input)) })

  /// Days from which on weeks are told.
  static let longestInDays = 31

  static func step(since: CalendarDay, _ input: PageInput) -> Store.Step {
    if let given = input.text("by").flatMap({ Store.Step(rawValue: $0) }) { return given }
    return (input.today.secondsSince1970 - since.secondsSince1970) / 86_400 > longestInDays ? .week : .day
  }

  private static func load(_ input: PageInput) async throws -> Causes {
    let store = input.backend.store
    let filter = Store.TallyFilter(
      repository: input.text("repository"), branch: input.text("branch"), job: input.text("job"))
    let since = CalendarDay(secondsSince1970: input.moment("since") ?? 0)
    let step = step(since: since, input)
    let groups = input.number("groups") ?? 8
    async let totals = store.buildTotals(filter, since: since)
    async let causes = store.causePage(
      filter, verdict: input.text("verdict").flatMap { PatternVerdict(rawValue: $0) }, since: since, until: input.today,
      trendBy: step, sortedBy: input.sorting(usual: usual), after: input.cursor?.keys.first, most: input.limit)
    async let new = store.newCauses(filter, since: input.now - 7 * 86_400, most: 10)
    async let periods = store.buildSeries(filter, since: since, by: step)
    async let jobs = store.jobTotals(filter, since: since, most: groups)
    async let branches = store.lineTotals(repository: filter.repository, since: since, most: groups)
    let (all, page) = try await (totals, causes)
    let earlier = all.builds == 0 ? try await Self.earlier(filter, store) : nil
    return Causes(
      since: since.description, builds: all.builds, failed: all.failed, unexplained: all.unexplained,
      unread: all.kinds[.unread] ?? 0,
      retried: all.retried, causes: page.rows.map { cause($0, ofFailed: all.failed) },
      next: page.next.map { input.next(after: [$0]) },
      new: try await new.map {
        .init(
          pattern: $0.pattern.rawValue, title: TitleTemplate.render($0.title, captures: []), verdict: $0.verdict.rawValue,
          firstSeen: $0.firstSeen, builds: $0.builds)
      },
      periods: try await periods.map {
        .init(day: $0.day.description, builds: $0.totals.builds, failed: $0.totals.failed, unexplained: $0.totals.unexplained)
      },
      jobs: try await jobs.map {
        .init(
          repository: $0.job.repository, workflow: $0.job.workflow.isEmpty ? nil : $0.job.workflow, name: $0.job.job,
          builds: $0.totals.builds, failed: $0.totals.failed, unexplained: $0.totals.unexplained)
      }.filter { $0.failed > 0 },
      branches: try await branches.map {
        .init(
          repository: $0.repository, workflow: nil, name: $0.branch, builds: $0.totals.builds, failed: $0.totals.failed,
          unexplained: $0.totals.unexplained)
      }.filter { $0.failed > 0 }, earlier: earlier)
  }

  private static func earlier(_ filter: Store.TallyFilter, _ store: Store) async throws -> Causes.Earlier {
    var newest = Store.BuildFilter()
    newest.builds = filter
    let newestAt = try await store.buildPage(newest, most: 1).rows.first?.at
    // The number of what is entered is dear where there are millions, but then they are counted.
    let builds =
      newestAt == nil && filter == Store.TallyFilter()
      ? try await store.buildCount() : try await store.buildTotals(filter, since: nil).builds
    return Causes.Earlier(builds: builds, newestAt: newestAt)
  }

  private static func cause(_ row: Store.CauseRow, ofFailed failed: Int) -> Causes.Cause {
    Causes.Cause(
      pattern: row.pattern.rawValue, title: TitleTemplate.render(row.title, captures: []), verdict: row.verdict.rawValue,
      builds: row.builds, change: row.buildsBefore.map { row.builds - $0 }, retried: row.retried,
      share: failed > 0 ? Double(row.builds) / Double(failed) : 0, jobs: row.jobs,
      repositories: row.repositories, firstSeen: row.firstSeen, lastSeen: row.lastSeen,
      trend: row.trend.map { .init(day: $0.day.description, builds: $0.builds) })
  }
}
