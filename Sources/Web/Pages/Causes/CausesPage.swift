import Model
import Store

/// Home: what breaks builds, the most frequent first.
enum CausesPage {
  static let page = Page<Causes>(
    path: "", summary: "The most frequent causes of failed builds.",
    parameters: [
      .query("since", .since, "Builds that finished since.", usual: "14d"),
      .query("by", .choice(Store.Grouping.allCases.map(\.rawValue)), "What is counted by.", usual: "pattern"),
      .query("limit", .number(1...200), "The most causes that are told.", usual: "25"),
    ],
    load: { input in
      let store = input.backend.store
      let grouping = Store.Grouping(rawValue: input.text("by") ?? "") ?? .pattern
      let since = input.moment("since")
      let totals = try await store.totals(since: since, today: input.today)
      let causes = try await store.causes(by: grouping, since: since, today: input.today, most: input.limit)
      return Causes(
        builds: totals.builds, failed: totals.failed, unexplained: totals.unexplained, unread: totals.unread,
        causes: causes.map { cause in
          .init(
            name: cause.name, title: cause.title, verdict: cause.verdict?.rawValue, builds: cause.builds,
            share: totals.failed > 0 ? Double(cause.builds) / Double(totals.failed) : 0, lastSeen: cause.lastSeen)
        })
    },
    view: { causes, input in
      Page.View(
        "causes", title: "What breaks the builds",
        CausesView(
          since: input.text("since") ?? "", failed: causes.failed, builds: causes.builds, unexplained: causes.unexplained,
          rows: causes.causes.map { cause in
            .init(
              title: cause.title.isEmpty ? cause.name : cause.title, name: cause.name, verdict: cause.verdict ?? "",
              builds: cause.builds, share: Figures.percent(cause.share), bar: Int((cause.share * 100).rounded()))
          }))
    })
}

struct Causes: APIValue {
  let builds: Int
  let failed: Int
  let unexplained: Int
  let unread: Int
  let causes: [Cause]

  struct Cause: APIValue {
    let name: String
    let title: String
    let verdict: String?
    let builds: Int
    let share: Double
    let lastSeen: Double?

    static let schema = Schema.object(
      "Cause",
      [
        "name": .string, "title": .string, "verdict": .optional(.choice(PatternVerdict.allCases.map(\.rawValue))),
        "builds": .integer,
        "share": .number, "lastSeen": .optional(.time),
      ])
  }

  static let schema = Schema.object(
    "Causes",
    [
      "builds": .integer, "failed": .integer, "unexplained": .integer, "unread": .integer, "causes": .array(Cause.schema),
    ])
}

private struct CausesView: Sendable {
  let since: String
  let failed: Int
  let builds: Int
  let unexplained: Int
  let rows: [Row]

  struct Row: Sendable {
    let title: String
    let name: String
    let verdict: String
    let builds: Int
    let share: String
    /// In hundredths of the width.
    let bar: Int
  }
}
