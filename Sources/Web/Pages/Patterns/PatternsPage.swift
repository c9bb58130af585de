import Analysis
import Model
import Store

/// The list of patterns.
enum PatternsPage {
  static let usual: Sorting<Store.PatternKey> = .descending(.builds)

  static let page = Page<Listing<PatternSummary>>(
    path: "patterns", summary: "Patterns with what they found.",
    parameters: [
      .query("text", .text(most: 200), "Only patterns whose id or title holds it, in capital letters or small."),
      .query("verdict", .choice(PatternVerdict.allCases.map(\.rawValue)), "Only patterns of this verdict."),
      .query("owner", .text(most: 200), "Only patterns of this owner."),
      .query(
        "health", .choice(PatternConcern.allCases.map(\.rawValue)),
        "Only active patterns that someone should look at: `suspect`; `overdue` for review; `shadowed`, as another decides wherever they are found; `slow`, the five that cost most; `unseen` for 90 days; `never` found; `inconclusive` on some logs."
      ),
      .query("retired", .flag, "Retired ones, too."),
      .query("since", .since, "What was found in builds that finished since the beginning of that day.", usual: "30d"),
      .sort(usual: usual), .limit, .cursor,
    ],
    isCounted: true,
    load: load, view: { patterns, input in Page.View("patterns", title: "Patterns", PatternsView(patterns, input)) })

  private static func load(_ input: PageInput) async throws -> Listing<PatternSummary> {
    let store = input.backend.store
    let since = CalendarDay(secondsSince1970: input.moment("since") ?? 0)
    let measures = try await input.backend.measures.answer
    var concerned: [PatternID]?
    if let concern = input.text("health").flatMap({ PatternConcern(rawValue: $0) }) {
      concerned = concern.patterns(of: try await input.backend.patternHealth.answer, today: input.today).map(\.id)
    }
    let page = try await store.patternPage(
      text: input.text("text"), verdict: input.text("verdict").flatMap { PatternVerdict(rawValue: $0) }, owner: input.text("owner"),
      retired: input.flag("retired"), among: concerned, since: since, sortedBy: input.sorting(usual: usual),
      measures: measures, after: input.cursor?.keys.first, most: input.limit)
    async let totals = store.buildTotals(since: since)
    async let marks = store.patternMarks(of: page.rows.map(\.id))
    let (failed, against) = try await (totals.failed, marks)
    return Listing(
      items: page.rows.map { PatternSummary($0, measures[$0.id], against[$0.id], ofFailed: failed, today: input.today) },
      next: page.next.map { input.next(after: [$0]) })
  }
}

/// A pattern in a list.
struct PatternSummary: APIValue {
  let id: String
  let title: String
  let verdict: String
  let priority: Int
  let fallback: Bool
  let owner: String?
  let tags: [String]
  let reviewBy: String?
  /// Failed builds with a finding of it, those that it decides, and their share of all failed builds.
  let hits: Int
  let builds: Int
  let share: Double
  let lastSeen: Double?
  /// The share of the passing builds that were sampled in which it is found; nil if none was.
  let passingRate: Double?
  /// CPU time for 1,000,000 bytes of raw log; nil if it wasn't measured.
  let millisecondsPerMegabyte: Double?
  /// What is to be known before it is believed: `retired`, `suspended`, `suspect`, `review overdue`.
  let health: [String]
  let wrongReports: Int

  static let schema = Schema.object(
    "PatternSummary",
    [
      "id": .string, "title": .string, "verdict": .choice(PatternVerdict.allCases.map(\.rawValue)), "priority": .integer,
      "fallback": .boolean, "owner": .optional(.string), "tags": .array(.string), "reviewBy": .optional(.string), "hits": .integer,
      "builds": .integer, "share": .number, "lastSeen": .optional(.time), "passingRate": .optional(.number),
      "millisecondsPerMegabyte": .optional(.number), "health": .array(.string), "wrongReports": .integer,
    ])

  init(
    _ row: Store.PatternRow, _ measure: Store.PatternMeasure?, _ marks: Store.PatternMarks?, ofFailed failed: Int,
    today: CalendarDay
  ) {
    id = row.id.rawValue
    title = TitleTemplate.render(row.title, captures: [])
    verdict = row.verdict.rawValue
    priority = row.priority
    fallback = row.fallback
    owner = row.owner
    tags = row.tags
    reviewBy = row.reviewBy?.description
    hits = row.hits
    builds = row.builds
    share = failed > 0 ? Double(row.builds) / Double(failed) : 0
    lastSeen = row.lastSeen
    passingRate = measure?.passingRate
    millisecondsPerMegabyte = measure?.millisecondsPerMegabyte
    health =
      (row.isRetired ? ["retired"] : []) + (row.isSuspended ? ["suspended"] : []) + (marks?.isSuspect ?? false ? ["suspect"] : [])
      + (!row.isRetired && row.reviewBy.map { today >= $0 } ?? false ? ["review overdue"] : [])
    wrongReports = marks?.wrongReports ?? 0
  }
}

/// What the template `patterns` shows.
struct PatternsView: Sendable {
  let text: String
  let owner: String
  let includesRetired: Bool
  let verdicts: [FilterView.Choice]
  let concerns: [FilterView.Choice]
  let times: [FilterView.Choice]
  let hidden: [FilterView.Pair]
  let columns: [ColumnView]
  let patterns: [Row]
  let isLaterPage: Bool
  let firstLink: String
  let nextLink: String?

  struct Row: Sendable {
    let id: String
    let link: String
    let title: String
    let verdict: String
    let isFallback: Bool
    let hits: String
    let builds: String
    let share: String
    let barMarkup: Markup
    let lastSeen: String
    let passing: String
    let cost: String
    let health: [String]
    let reportsText: String?
    let owner: String
  }

  init(_ patterns: Listing<PatternSummary>, _ input: PageInput) {
    let filters = FilterView(input, times: .bounded, verdicts: true)
    text = input.text("text") ?? ""
    owner = input.text("owner") ?? ""
    includesRetired = input.flag("retired")
    verdicts = filters.verdicts
    let concern = input.text("health") ?? ""
    concerns =
      [FilterView.Choice(value: "", label: "all", isChosen: concern.isEmpty)]
      + PatternConcern.allCases.map { .init(value: $0.rawValue, label: Self.words($0), isChosen: $0.rawValue == concern) }
    times = filters.times
    hidden = filters.hidden.filter { !["text", "owner", "retired", "health"].contains($0.name) }
    let sorting = input.sorting(usual: PatternsPage.usual)
    columns = [
      ColumnView("Pattern", .ascending(.id), sorting, input),
      ColumnView("Decides", .descending(.builds), sorting, input, classes: "number"),
      ColumnView("Share", .descending(.share), sorting, input),
      ColumnView("Found in", .descending(.hits), sorting, input, classes: "number"), ColumnView("Health"),
      ColumnView("When passing", .descending(.passingRate), sorting, input, classes: "number wide"),
      ColumnView("Cost", .descending(.millisecondsPerMegabyte), sorting, input, classes: "number wide"),
      ColumnView("Last seen", .descending(.lastSeen), sorting, input, classes: "wide"),
      ColumnView("Owner", .ascending(.owner), sorting, input, classes: "wide"),
    ]
    self.patterns = patterns.items.map { pattern in
      Row(
        id: pattern.id, link: "/patterns/\(pattern.id)", title: pattern.title, verdict: pattern.verdict,
        isFallback: pattern.fallback,
        hits: Figures.count(pattern.hits), builds: Figures.count(pattern.builds), share: Figures.percent(pattern.share),
        barMarkup: Trend.share(pattern.share, of: pattern.verdict),
        lastSeen: pattern.lastSeen.map { Figures.ago($0, now: input.now) } ?? "never",
        passing: pattern.passingRate.map { Figures.percent($0) } ?? "–",
        cost: pattern.millisecondsPerMegabyte.map { "\(Figures.count(Int(($0 * 1_000).rounded()))) µs" } ?? "–",
        health: pattern.health,
        reportsText: pattern.wrongReports > 0 ? Figures.count(pattern.wrongReports, "wrong report") : nil,
        owner: pattern.owner ?? "")
    }
    isLaterPage = input.cursor != nil
    firstLink = input.link([:])
    nextLink = patterns.next.map { input.link(["cursor": $0]) }
  }

  private static func words(_ concern: PatternConcern) -> String {
    switch concern {
    case .suspect, .shadowed, .inconclusive: concern.rawValue
    case .overdue: "review overdue"
    case .slow: "slowest"
    case .unseen: "not seen for 90 days"
    case .never: "never found"
    }
  }
}
