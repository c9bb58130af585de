import Model
import Store

/// The main branch: which commits are broken and by what, how often, and how long it takes to mend them.
enum LinePage {
  static let usual: Sorting<Line.RepairKey> = .ascending(.brokenSince)

  static let page = Page<Line>(
    path: "main", summary: "A branch's commits and what each job came to, the share of broken commits, and the time to repair.",
    about:
      "Without a branch, the main one of the repository whose main branch has the latest commit. Commits stand in the order of their first build.",
    parameters: [
      .query("repository", .name, "`owner/name`."),
      .query("branch", .name, "The branch."),
      .query("since", .since, "From when on the share of broken commits and the time to repair are told.", usual: "60d"),
      .query("by", .choice(Store.Step.allCases.map(\.rawValue)), "What the share is told by.", usual: "day"),
      .sort("`repairs`", usual: usual), .query("limit", .number(1...100), "Commits of one page.", usual: "25"), .cursor,
    ],
    isCounted: true, isShared: true,
    load: { input in
      let store = input.backend.store
      let lines = try await store.lines(repository: input.text("repository"), most: 50)
      guard let line = chosen(among: lines, input) else {
        return Line(repository: nil, branch: nil, lines: [], commits: [], next: nil, shares: [], repairs: [])
      }
      let since = CalendarDay(secondsSince1970: input.moment("since") ?? 0)
      async let page = store.linePage(line, after: input.cursor?.keys.first, most: min(input.limit, 100))
      async let shares = store.lineSeries(line, since: since, by: Store.Step(rawValue: input.text("by") ?? "") ?? .day)
      async let repairs = store.lineRepairs(line, since: since)
      let commits = try await page
      return Line(
        repository: line.repository, branch: line.branch,
        lines: lines.map { .init(repository: $0.name.repository, branch: $0.name.branch, commits: $0.commits, lastAt: $0.lastAt) },
        commits: commits.rows.map(Line.Commit.init), next: commits.next.map { input.next(after: [$0]) },
        shares: try await shares.map { .init(day: $0.day.description, commits: $0.commits, broken: $0.broken) },
        repairs: try await repairs.map(Line.Repair.init).sorted(by: input.sorting(usual: usual)))
    },
    view: { value, input in
      Page.View("main", title: value.branch.map { "\($0) of \(value.repository ?? "")" } ?? "Main branch", LineView(value, input))
    })

  /// The one that was asked for, else the main one of the latest.
  private static func chosen(among lines: [Store.LineSummary], _ input: PageInput) -> Store.LineName? {
    if let branch = input.text("branch") {
      if let repository = input.text("repository") { return Store.LineName(repository: repository, branch: branch) }
      return lines.first { $0.name.branch == branch }?.name
    }
    return (lines.first { ["main", "master", "trunk"].contains($0.name.branch) } ?? lines.first)?.name
  }
}
