import Model
import Store

/// What the template `causes` shows.
struct CausesView: Sendable {
  let filters: FilterView
  let span: String
  let hasBuilds: Bool
  /// Nothing was ever entered.
  let isNew: Bool
  /// What there is to say where the time has no builds.
  let lackText: String
  let earlierLink: String?
  let earlierText: String
  let hasFailed: Bool
  let hasCauses: Bool
  let builds: String
  let failed: String
  let failedShare: String
  let failedLink: String
  let explainedShare: String
  let unexplained: String
  let unexplainedShare: String
  let unexplainedLink: String
  let hasUnread: Bool
  let unread: String
  let unreadShare: String
  let unreadLink: String
  let isMostlyUnread: Bool
  let hasUnexplained: Bool
  let columns: [ColumnView]
  let causes: [Row]
  let isLaterPage: Bool
  let firstLink: String
  let nextLink: String?
  let new: [NewRow]
  let hasPeriods: Bool
  let steps: [FilterView.Choice]
  let moreGroupsLink: String?
  let periodWord: String
  let periodSpan: String
  let periods: [PeriodRow]
  let periodMarkup: Markup
  let jobs: [GroupRow]
  let branches: [GroupRow]

  struct Row: Sendable {
    let title: String
    let link: String
    let pattern: String
    let verdict: String
    let builds: String
    let buildsLink: String
    let share: String
    let barMarkup: Markup
    let trendMarkup: Markup
    /// `+3`; nil where there is nothing to compare with.
    let change: String?
    let jobs: String
    let isNew: Bool
    let firstSeen: String
    let lastSeen: String
  }

  struct NewRow: Sendable {
    let title: String
    let link: String
    let verdict: String
    let seen: String
    let builds: String
  }

  struct PeriodRow: Sendable {
    let day: String
    let builds: String
    let failed: String
    let unexplained: String
    let link: String
  }

  struct GroupRow: Sendable {
    let name: String
    let place: String
    let link: String
    let failed: String
    let failedLink: String
    let share: String
    let barMarkup: Markup
  }

  /// Days before the newest build that are offered where the time has none.
  private static let daysOfEarlier = 13

  init(_ causes: Causes, _ input: PageInput) {
    let since = CalendarDay(causes.since) ?? input.today
    let step = CausesPage.step(since: since, input)
    let scope = input.query.filter { ["repository", "branch", "job"].contains($0.key) }
    /// The list of builds with the same filters.
    func builds(_ more: [String: String], from day: String? = nil) -> String {
      PageInput.link("/builds", scope.merging(more) { _, new in new }.merging(["since": day ?? causes.since]) { old, _ in old })
    }
    filters = FilterView(input, times: .bounded, verdicts: true)
    span = filters.span
    hasBuilds = causes.builds > 0
    let known = causes.earlier?.builds ?? 0
    isNew = !hasBuilds && known == 0 && scope.isEmpty
    let newest = causes.earlier?.newestAt
    let counted = Figures.count(known, "build") + (scope.isEmpty ? "" : " that the filters let through")
    lackText =
      newest.map { "The newest of \(counted) finished \(Figures.ago($0, now: input.now))." }
      ?? (known > 0
        ? "Those that are entered are not counted yet: it takes a moment." : "The filters let none of any time through.")
    let from = newest.map { CalendarDay(secondsSince1970: $0 - Double(Self.daysOfEarlier) * 86_400).description }
    earlierText = from.map { "Builds since \($0)" } ?? ""
    earlierLink = from.map { input.link(["since": $0]) }
    hasFailed = causes.failed > 0
    hasCauses = !causes.causes.isEmpty
    self.builds = Figures.count(causes.builds)
    failed = Figures.count(causes.failed)
    failedShare = Figures.percent(Self.share(causes.failed, of: causes.builds))
    failedLink = builds(["failed": "1"])
    explainedShare = Figures.percent(Self.share(causes.failed - causes.unexplained - causes.unread, of: causes.failed))
    unexplained = Figures.count(causes.unexplained)
    unexplainedShare = Figures.percent(Self.share(causes.unexplained, of: causes.failed))
    unexplainedLink = builds(["unexplained": "1"])
    hasUnread = causes.unread > 0
    unread = Figures.count(causes.unread)
    unreadShare = Figures.percent(Self.share(causes.unread, of: causes.failed))
    unreadLink = builds(["kind": "unread"])
    isMostlyUnread = 2 * causes.unread > causes.failed
    hasUnexplained = causes.unexplained > 0
    let week = input.now - 7 * 86_400
    let most = causes.causes.map(\.builds).max() ?? 0
    // Before the first builds there is nothing to draw.
    let days = Trend.days(
      by: step, since: max(since, causes.periods.first.flatMap { CalendarDay($0.day) } ?? since), until: input.today)
    let sorting = input.sorting(usual: CausesPage.usual)
    columns = [
      ColumnView("Cause", .ascending(.title), sorting, input),
      ColumnView("Builds", .descending(.builds), sorting, input, classes: "number"),
      ColumnView("Share", .descending(.share), sorting, input),
      ColumnView("Trend", .descending(.change), sorting, input, classes: "wide"),
      ColumnView("Jobs", classes: "number wide"),
      ColumnView("First seen", .descending(.firstSeen), sorting, input, classes: "wide"),
      ColumnView("Last seen", .descending(.lastSeen), sorting, input, classes: "wide"),
    ]
    self.causes = causes.causes.map { cause in
      let trend = Dictionary(cause.trend.compactMap { point in CalendarDay(point.day).map { ($0, point.builds) } }) { $1 }
      return Row(
        title: cause.title, link: "/patterns/\(cause.pattern)", pattern: cause.pattern, verdict: cause.verdict,
        builds: Figures.count(cause.builds), buildsLink: builds(["pattern": cause.pattern]), share: Figures.percent(cause.share),
        // Against the most frequent one: shares are small where causes are many.
        barMarkup: Trend.share(most > 0 ? Double(cause.builds) / Double(most) : 0, of: cause.verdict),
        trendMarkup: Trend.bars(
          trend, over: days, label: "Builds by \(step.rawValue): \(Self.told(cause.trend))"),
        change: cause.change.map { ($0 > 0 ? "+" : $0 == 0 ? "±" : "") + Figures.count($0) }, jobs: Figures.count(cause.jobs),
        isNew: cause.firstSeen.map { $0 >= week } ?? false,
        firstSeen: cause.firstSeen.map { Figures.ago($0, now: input.now) } ?? "",
        lastSeen: cause.lastSeen.map { Figures.ago($0, now: input.now) } ?? "")
    }
    isLaterPage = input.cursor != nil
    firstLink = input.link([:])
    nextLink = causes.next.map { input.link(["cursor": $0]) }
    new = causes.new.map {
      NewRow(
        title: $0.title, link: "/patterns/\($0.pattern)", verdict: $0.verdict, seen: Figures.ago($0.firstSeen, now: input.now),
        builds: Figures.count($0.builds, "build"))
    }
    hasPeriods = causes.periods.count > 1
    steps = Store.Step.allCases.map {
      .init(value: input.link(["by": $0.rawValue]), label: "by \($0.rawValue)", isChosen: $0 == step)
    }
    let mostGroups = input.number("groups") ?? 0
    moreGroupsLink =
      max(causes.jobs.count, causes.branches.count) >= mostGroups && mostGroups < 200
      ? input.link(["groups": "200"]) + "#jobs" : nil
    periodWord = step == .day ? "Day" : "Week from"
    periodSpan = "\(since) to \(input.today)"
    periods = causes.periods.reversed().map {
      PeriodRow(
        day: $0.day, builds: Figures.count($0.builds), failed: Figures.count($0.failed), unexplained: Figures.count($0.unexplained),
        link: builds(["failed": "1", "until": Self.end(of: $0.day, step)], from: $0.day))
    }
    periodMarkup = PeriodChart.markup(causes.periods, by: step, over: days)
    jobs = causes.jobs.map { group in
      let job = JobName.short(group.workflow, group.name)
      return GroupRow(
        name: job, place: group.repository, link: input.link(["job": job, "repository": group.repository]),
        failed: "\(Figures.count(group.failed)) of \(Figures.count(group.builds))",
        failedLink: builds(["failed": "1", "job": job, "repository": group.repository]),
        share: Figures.percent(Self.share(group.failed, of: group.builds)),
        barMarkup: Trend.share(Self.share(group.failed, of: group.builds)))
    }
    branches = causes.branches.map { group in
      GroupRow(
        name: group.name, place: group.repository, link: input.link(["branch": group.name, "repository": group.repository]),
        failed: "\(Figures.count(group.failed)) of \(Figures.count(group.builds))",
        failedLink: builds(["failed": "1", "branch": group.name, "repository": group.repository]),
        share: Figures.percent(Self.share(group.failed, of: group.builds)),
        barMarkup: Trend.share(Self.share(group.failed, of: group.builds)))
    }
  }

  /// The first day behind a day or week.
  private static func end(of day: String, _ step: Store.Step) -> String {
    CalendarDay(day).map {
      CalendarDay(secondsSince1970: Double($0.secondsSince1970 + (step == .day ? 1 : 7) * 86_400)).description
    } ?? day
  }

  private static func share(_ part: Int, of whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }

  private static func told(_ trend: [Causes.Point]) -> String {
    trend.suffix(31).map { "\($0.day) \($0.builds)" }.joined(separator: ", ")
  }
}
