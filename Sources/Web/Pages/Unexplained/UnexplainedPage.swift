import Model
import Pipeline
import Store

/// What nothing explains, in clusters, with a drafted pattern for each.
enum UnexplainedPage {
  static let usual: Sorting<Unexplained.Key> = .descending(.builds)
  /// How long who looks waits while logs are being read; the page then tells how far that is, and looks again by itself.
  private static let patience: Duration = .milliseconds(80)

  static let page = Page<Unexplained>(
    path: "unexplained", summary: "Failed builds that no pattern explains, in clusters with drafted patterns.",
    about:
      "Reading the logs takes a while: until they are read, `state` is `running`. What is told is some minutes old at most, and made of the latest builds.",
    parameters: [
      .query("days", .number(1...365), "Builds of so many days.", usual: "14"),
      .query("repository", .name, "Only clusters with builds of this repository, `owner/name`."),
      .query("job", .job, "Only clusters with builds of this job, by its name or as `workflow/job`."),
      .sort("`clusters`", usual: usual), .limit, .cursor,
    ],
    load: { input in
      try Unexplained(
        await input.backend.suggestions.suggestions(days: input.number("days") ?? 14, patience: patience), input)
    },
    view: { value, input in
      Page.View("unexplained", title: "Unexplained failures", UnexplainedView(value, input))
    })

  static let refresh = Action(
    path: "unexplained", summary: "Make the suggestions anew.",
    parameters: [.form("days", .number(1...365), "Builds of so many days.", usual: "14")],
    perform: { input in
      let days = input.number("days") ?? 14
      _ = await input.backend.suggestions.suggestions(days: days, anew: true)
      return Action.Done(location: "/unexplained?days=\(days)", detail: "the logs are being read")
    })
}

struct Unexplained: APIValue {
  /// What clusters can be sorted by.
  enum Key: String, Sendable, CaseIterable { case builds, firstSeen, lastSeen }

  let state: String
  /// While they are read, or why they can't be.
  let detail: String?
  let madeAt: Double?
  let builds: Int
  /// Whether there are more builds; the latest were read.
  let isCut: Bool
  /// Builds in no cluster: they say nothing that could be a pattern, or nothing that passing builds don't say.
  let untold: Int
  /// Those, the latest first.
  let untoldBuilds: [Untold]
  /// All clusters, of the repository and job or not, on this page or not.
  let clusterCount: Int
  let clusters: [Cluster]
  let next: String?

  struct Cluster: APIValue {
    let builds: Int
    let firstSeen: Double
    let lastSeen: Double
    let jobs: [String]
    let samples: [Sample]
    let draft: Draft?

    static let schema = Schema.object(
      "UnexplainedCluster",
      [
        "builds": .integer, "firstSeen": .time, "lastSeen": .time, "jobs": .array(.string), "samples": .array(Sample.schema),
        "draft": .optional(Draft.schema),
      ])
  }

  struct Untold: APIValue {
    let build: Int64
    let job: String
    let commit: String

    static let schema = Schema.object("UntoldBuild", ["build": .integer, "job": .string, "commit": .string])
  }

  struct Sample: APIValue {
    let build: Int64
    let log: Int64
    let commit: String
    let line: Int
    let text: String

    static let schema = Schema.object(
      "UnexplainedSample", ["build": .integer, "log": .integer, "commit": .string, "line": .integer, "text": .string])
  }

  struct Draft: APIValue {
    let name: String
    let title: String
    let yaml: String

    static let schema = Schema.object("PatternDraft", ["name": .string, "title": .string, "yaml": .string])
  }

  static let schema = Schema.object(
    "Unexplained",
    [
      "state": .choice(["running", "ready", "failed"]), "detail": .optional(.string), "madeAt": .optional(.time),
      "builds": .integer,
      "isCut": .boolean, "untold": .integer, "untoldBuilds": .array(Untold.schema), "clusterCount": .integer,
      "clusters": .array(Cluster.schema), "next": .optional(.string),
    ])

  /// - Throws: `WebError` if the cursor is of another list.
  init(_ desk: SuggestDesk.State, _ input: PageInput) throws {
    let (repository, job) = (input.text("repository"), input.text("job"))
    var found = Suggestions()
    switch desk {
    case .running(let read, let all):
      (state, madeAt) = ("running", nil)
      detail = all > 0 ? "\(read) of \(all) logs are read" : "the logs are being looked up"
    case .ready(let suggestions, let at):
      (state, madeAt) = ("ready", at)
      detail = suggestions.lost.isEmpty ? nil : "\(suggestions.lost.count) logs can't be read from the archive"
      found = suggestions
    case .failed(let why): (state, madeAt, detail) = ("failed", nil, why)
    }
    builds = found.unexplained
    isCut = found.isCut
    untold = found.untold.count
    untoldBuilds = found.untold.map { Untold(build: $0.id, job: Self.name($0.job), commit: $0.commit) }
    clusterCount = found.clusters
    let wanted = found.suggestions.filter { suggestion in
      suggestion.jobs.contains { name in
        (repository.map { $0 == name.repository } ?? true)
          && (job.map { $0 == name.job || $0 == "\(name.workflow)/\(name.job)" } ?? true)
      }
    }
    let sorting = input.sorting(usual: UnexplainedPage.usual)
    let rest = try Self.rest(wanted.sorted(by: sorting) { Self.value($0, sorting.key) }, after: input.cursor, sorting)
    let shown = rest.prefix(input.limit)
    next = rest.count > shown.count ? shown.last.map { input.next(after: Self.cursor($0, sorting.key).keys) } : nil
    clusters = shown.map { suggestion in
      Cluster(
        builds: suggestion.builds, firstSeen: suggestion.firstSeen, lastSeen: suggestion.lastSeen,
        jobs: suggestion.jobs.map(Self.name),
        samples: suggestion.samples.map {
          Sample(build: $0.build.id, log: $0.log, commit: $0.build.commit, line: $0.line, text: $0.text)
        },
        draft: suggestion.draft.map { Draft(name: $0.name, title: $0.title, yaml: $0.yaml) })
    }
  }

  private static func value(_ suggestion: Suggestions.Suggestion, _ key: Key) -> Double {
    switch key {
    case .builds: Double(suggestion.builds)
    case .firstSeen: suggestion.firstSeen
    case .lastSeen: suggestion.lastSeen
    }
  }

  /// A cluster's value, and the line that it was first seen in: clusters are made anew now and then, and have no numbers.
  private static func cursor(_ suggestion: Suggestions.Suggestion, _ key: Key) -> Cursor {
    let sample = suggestion.samples.first
    return Cursor(keys: ["\(value(suggestion, key))", "\(sample?.log ?? 0)", "\(sample?.line ?? 0)"])
  }

  /// What comes behind the cluster of the cursor. Where there is none such any more, what comes behind its value.
  private static func rest(
    _ sorted: [Suggestions.Suggestion], after cursor: Cursor?, _ sorting: Sorting<Key>
  ) throws -> ArraySlice<Suggestions.Suggestion> {
    guard let cursor else { return sorted[...] }
    guard cursor.keys.count == 3, let last = Double(cursor.keys[0]) else { throw Cursor.other }
    if let place = sorted.firstIndex(where: { self.cursor($0, sorting.key).keys.dropFirst() == cursor.keys.dropFirst() }) {
      return sorted[(place + 1)...]
    }
    return sorted.drop { suggestion in
      let value = value(suggestion, sorting.key)
      return sorting.isDescending ? value >= last : value <= last
    }
  }

  private static func name(_ job: JobIdentity) -> String {
    "\(job.repository) " + [job.workflow, job.job].filter { !$0.isEmpty }.joined(separator: "/")
  }
}
