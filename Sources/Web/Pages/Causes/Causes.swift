import Model

/// What breaks builds over a time: the value of the home page.
struct Causes: APIValue {
  /// The first day that is counted, `2026-01-31`.
  let since: String
  let builds: Int
  let failed: Int
  /// Failed builds, read to the end, that no pattern but fallbacks explains.
  let unexplained: Int
  /// Failed builds whose verdict can't be told, as a log isn't read to the end.
  let unread: Int
  /// Failed builds that passed in another attempt.
  let retried: Int
  let causes: [Cause]
  /// For `cursor`; there while there are more causes.
  let next: String?
  /// Patterns that explained a failed build for the first time in the last seven days.
  let new: [NewCause]
  /// All builds by day, or by week where the time is longer than a month.
  let periods: [Period]
  /// The jobs and the lines of development with the most failed builds.
  let jobs: [Group]
  let branches: [Group]
  /// Told where the time has no builds.
  let earlier: Earlier?

  static let schema = Schema.object(
    "Causes",
    [
      "since": .string, "builds": .integer, "failed": .integer, "unexplained": .integer, "unread": .integer, "retried": .integer,
      "causes": .array(Cause.schema), "next": .optional(.string), "new": .array(NewCause.schema), "periods": .array(Period.schema),
      "jobs": .array(Group.schema), "branches": .array(Group.schema),
      "earlier": .optional(Earlier.schema),
    ])

  struct Cause: APIValue {
    let pattern: String
    let title: String
    let verdict: String
    /// Failed builds whose best finding it is, those of them that passed on another attempt, and their share of all failed builds.
    let builds: Int
    /// How many more builds than in as many days before the time.
    let change: Int?
    let retried: Int
    let share: Double
    let jobs: Int
    let repositories: Int
    let firstSeen: Double?
    let lastSeen: Double?
    let trend: [Point]

    static let schema = Schema.object(
      "Cause",
      [
        "pattern": .string, "title": .string, "verdict": .choice(PatternVerdict.allCases.map(\.rawValue)), "builds": .integer,
        "change": .optional(.integer), "retried": .integer, "share": .number, "jobs": .integer, "repositories": .integer,
        "firstSeen": .optional(.time),
        "lastSeen": .optional(.time), "trend": .array(Point.schema),
      ])
  }

  /// The builds of all times.
  struct Earlier: APIValue {
    /// Those that the filters let through; without filters, those that are not counted yet, too.
    let builds: Int
    /// When the newest of them finished, as far as they are counted.
    let newestAt: Double?

    static let schema = Schema.object("EarlierBuilds", ["builds": .integer, "newestAt": .optional(.time)])
  }

  struct Point: APIValue {
    let day: String
    let builds: Int

    static let schema = Schema.object("TrendPoint", ["day": .string, "builds": .integer])
  }

  struct NewCause: APIValue {
    let pattern: String
    let title: String
    let verdict: String
    let firstSeen: Double
    let builds: Int

    static let schema = Schema.object(
      "NewCause", ["pattern": .string, "title": .string, "verdict": .string, "firstSeen": .time, "builds": .integer])
  }

  struct Period: APIValue {
    let day: String
    let builds: Int
    let failed: Int
    let unexplained: Int

    static let schema = Schema.object(
      "Period", ["day": .string, "builds": .integer, "failed": .integer, "unexplained": .integer])
  }

  /// A job or a branch.
  struct Group: APIValue {
    let repository: String
    let workflow: String?
    let name: String
    let builds: Int
    let failed: Int
    let unexplained: Int

    static let schema = Schema.object(
      "BuildGroup",
      [
        "repository": .string, "workflow": .optional(.string), "name": .string, "builds": .integer, "failed": .integer,
        "unexplained": .integer,
      ])
  }
}
