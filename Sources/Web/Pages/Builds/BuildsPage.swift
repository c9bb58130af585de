import Analysis
import Model
import Pipeline
import Store

/// The list of builds.
enum BuildsPage {
  static let usual: Sorting<Store.BuildKey> = .descending(.at)

  static let page = Page<Listing<BuildSummary>>(
    path: "builds", summary: "Builds, the newest first unless sorted otherwise.",
    parameters: [
      .query("repository", .name, "Only builds of this repository, `owner/name`."),
      .query("branch", .name, "Only builds of this branch."),
      .query("job", .job, "Only builds of this job, by its name or as `workflow/job`."),
      .query("failed", .flag, "Only failed builds."),
      .query("outcome", .choice(Build.Outcome.allCases.map(\.rawValue)), "Only builds that ended so."),
      .query(
        "kind", .choice(BuildKind.allCases.map(\.rawValue)), "Only failed builds of this kind, as far as a build itself tells it."),
      .query("pattern", .name, "Only failed builds whose verdict this pattern decides."),
      .query("unexplained", .flag, "Only failed builds that are read to the end and that no pattern but fallbacks explains."),
      .query("since", .since, "Builds that finished since."),
      .query("until", .since, "Builds that finished before."),
      .sort(usual: usual), .limit, .cursor,
    ],
    isCounted: true,
    load: load, view: { builds, input in Page.View("builds", title: "Builds", BuildsView(builds, input)) })

  private static func load(_ input: PageInput) async throws -> Listing<BuildSummary> {
    var filter = Store.BuildFilter()
    filter.builds = Store.TallyFilter(
      repository: input.text("repository"), branch: input.text("branch"), job: input.text("job"))
    filter.onlyFailed = input.flag("failed")
    filter.outcome = input.text("outcome").flatMap { Build.Outcome(rawValue: $0) }
    filter.kind = input.text("kind").flatMap { BuildKind(rawValue: $0) }
    filter.pattern = input.text("pattern").map { PatternID($0) }
    filter.onlyUnexplained = input.flag("unexplained")
    filter.since = input.moment("since")
    filter.until = input.moment("until")
    let page = try await input.backend.store.buildPage(
      filter, sortedBy: input.sorting(usual: usual), after: input.cursor?.keys.first, most: input.limit)
    let verdicts = try await verdicts(on: page.rows, input)
    return Listing(items: page.rows.map { BuildSummary($0, verdicts[$0.id]) }, next: page.next.map { input.next(after: [$0]) })
  }

  /// What the commits' verdicts say of builds, where that may be more than the builds themselves tell; a later attempt's counts instead of
  /// an earlier one's.
  private static func verdicts(on rows: [Store.BuildRow], _ input: PageInput) async throws -> [Int64: BuildVerdict] {
    let open = rows.filter(\.mayBeExcused)
    guard !open.isEmpty else { return [:] }
    let commits = Set(open.map { Store.CommitName(repository: $0.repository, commit: $0.commit) }).sorted()
    let facts = try await input.backend.store.facts(ofCommits: commits, logsOf: Set(open.map(\.id)))
    let judged = facts.flatMap { JudgeStage.verdict(of: $0, today: input.today).builds.map { ($0.build.id, $0.verdict) } }
    let wanted = Set(open.map(\.id))
    return Dictionary(judged.filter { wanted.contains($0.0) }) { first, _ in first }
  }
}

/// What the template `builds` shows.
struct BuildsView: Sendable {
  let filters: FilterView
  let kinds: [FilterView.Choice]
  let columns: [ColumnView]
  let builds: [BuildRowView]
  let isLaterPage: Bool
  let firstLink: String
  let nextLink: String?

  init(_ builds: Listing<BuildSummary>, _ input: PageInput) {
    filters = FilterView(input, times: .any, verdicts: false)
    let flags = ["failed", "unexplained"]
    let kind = input.text("kind") ?? flags.last { input.flag($0) } ?? ""
    kinds = ([("", "all")] + (flags + BuildKind.allCases.map(\.rawValue)).map { ($0, $0) }).map { value, label in
      var changes: [String: String?] = ["kind": value.isEmpty || flags.contains(value) ? nil : value]
      for flag in flags { changes[flag] = .some(flag == value ? "1" : nil) }
      return FilterView.Choice(value: input.link(changes), label: label, isChosen: value == kind)
    }
    let sorting = input.sorting(usual: BuildsPage.usual)
    columns =
      ["Job", "Result", "Telling line", "Commit"].map { ColumnView($0) } + [ColumnView("When", .descending(.at), sorting, input)]
    self.builds = builds.items.map { BuildRowView($0, now: input.now) }
    isLaterPage = input.cursor != nil
    firstLink = input.link([:])
    nextLink = builds.next.map { input.link(["cursor": $0]) }
  }
}
