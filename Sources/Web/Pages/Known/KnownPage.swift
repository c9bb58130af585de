import Model
import Store

/// Known problems: jobs that fail for a reason that is nobody's change.
enum KnownPage {
  private static let states = ["open", "resolved", "all"]
  /// Builds of so many days are counted.
  static let days: Double = 14
  static let usual: Sorting<KnownProblems.Key> = .descending(.createdAt)

  static let page = Page<KnownProblems>(
    path: "known", summary: "Known problems, the newest first unless sorted otherwise.",
    about: "`builds` are the failed builds of the last 14 days that one excuses; where several cover a build, it counts for each.",
    parameters: [
      .query("repository", .name, "Only of this repository, `owner/name`."),
      .query("state", .choice(states), "Which of them.", usual: "open"),
      .query("job", .job, "Fills in the form: a job."),
      .query("branch", .name, "Fills in the form: a branch."),
      .query("from", .text(most: 64), "Fills in the form: the first commit."), .sort(usual: usual), .limit, .cursor,
    ],
    load: { input in
      // There are tens of them, not thousands: it is what is shown that has to be bounded.
      let store = input.backend.store
      let sorting = input.sorting(usual: usual)
      let since = input.now - days * 86_400
      let known = try await store.knownProblems(repository: input.text("repository"), resolved: true)
      var counts = sorting.key == .builds ? try await store.excusedBuilds(by: known.map(\.id), since: since) : [:]
      let all = known.map { KnownProblems.Problem($0, builds: counts[$0.id] ?? 0) }.sorted(by: sorting)
      func isWanted(_ problem: KnownProblems.Problem) -> Bool {
        input.text("state") == "all" || (problem.resolvedAt == nil) == (input.text("state") == "open")
      }
      let wanted = all.filter(isWanted)
      var rest = wanted
      if let last = try input.cursor?.number() {
        // Among all, as it may have been resolved since.
        guard let place = all.firstIndex(where: { $0.id == last }) else { throw Cursor.other }
        rest = all[(place + 1)...].filter(isWanted)
      }
      var shown = Array(rest.prefix(input.limit))
      if sorting.key != .builds { counts = try await store.excusedBuilds(by: shown.map(\.id), since: since) }
      for place in shown.indices { shown[place].builds = counts[shown[place].id] ?? 0 }
      return KnownProblems(
        problems: shown, count: wanted.count,
        next: rest.count > shown.count ? shown.last.map { input.next(after: [String($0.id)]) } : nil)
    },
    view: { value, input in Page.View("known", title: "Known problems", KnownView(value, input, states: states)) })

  static let add = Action(
    path: "known", summary: "Say that jobs fail for a reason that is nobody's change.",
    about:
      "Covers failed builds of the jobs, on the branch and on pull requests into it. Statuses that were posted lately are computed again.",
    parameters: [
      .form("repository", .repository, "`owner/name`.", needed: true),
      .form(
        "jobs", .text(most: 16_384),
        "Names of jobs, one on each line or with commas between them; `*` stands for any text. None: all."),
      .form("branch", .name, "The branch. None: all."),
      .form("from", .wholeCommit(orDay: false), "The first commit that has it, in full."),
      .form("until", .wholeCommit(orDay: true), "The first commit that hasn't it any more, in full, or a day."),
      .form("patterns", .text(most: 4_000), "Ids of patterns that it is limited to, written like `jobs`."),
      .form("reason", .text(most: 1_000), "Why; shown with every verdict that rests on it.", needed: true),
      .form("issue", .text(most: 1_000), "Where it is worked on."),
    ],
    form: .init(
      path: "/known", parameters: ["repository": "repository", "jobs": "job", "branch": "branch", "from": "from"], fragment: "#add"),
    perform: { input in
      let problem = try problem(input)
      let id = try await input.backend.store.add(problem)
      return Action.Done(location: "/known#problem-\(id)", detail: "known problem \(id) is entered")
    })

  static let resolve = Action(
    path: "known/:id/resolve", summary: "End a known problem.",
    about: "Builds that finish from now on are not covered; with `until`, commits from that one on aren't.",
    parameters: [
      .path("id", .number(1...Int(Int32.max)), "Its number."),
      .form("until", .wholeCommit(orDay: false), "The first commit that hasn't it any more, in full."),
    ],
    perform: { input in
      let id = input.number("id") ?? 0
      try await input.backend.store.resolveKnownProblem(Int64(id), untilCommit: input.text("until"), who: input.viewer.name)
      return Action.Done(location: "/known?state=all#problem-\(id)", detail: "known problem \(id) is resolved")
    })

  private static func problem(_ input: PageInput) throws -> KnownProblem {
    let issue = (input.text("issue") ?? "").trimmed
    var problem = KnownProblem(
      repository: input.text("repository") ?? "", jobs: list(input.text("jobs")), branch: (input.text("branch") ?? "").trimmed,
      fromCommit: input.text("from"), patterns: list(input.text("patterns")).map { PatternID($0) },
      reason: (input.text("reason") ?? "").trimmed,
      issue: issue.isEmpty ? nil : issue, who: input.viewer.name)
    if let day = CalendarDay(input.text("until") ?? "") {
      problem.untilTime = Double(day.secondsSince1970)
    } else {
      problem.untilCommit = input.text("until")
    }
    return problem
  }

  private static func list(_ text: String?) -> [String] {
    (text ?? "").split { $0 == "," || $0.isNewline }.map(\.trimmed).filter { !$0.isEmpty }
  }
}

extension [KnownProblems.Problem] {
  fileprivate func sorted(by sorting: Sorting<KnownProblems.Key>) -> Self {
    switch sorting.key {
    case .createdAt: sorted(by: sorting) { $0.createdAt }
    case .resolvedAt: sorted(by: sorting) { $0.resolvedAt }
    case .repository: sorted(by: sorting) { $0.repository }
    case .reason: sorted(by: sorting) { $0.reason.lowercased() }
    case .who: sorted(by: sorting) { $0.who }
    case .builds: sorted(by: sorting) { $0.builds }
    }
  }
}

extension StringProtocol {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

struct KnownProblems: APIValue {
  /// What they can be sorted by.
  enum Key: String, Sendable, CaseIterable { case createdAt, resolvedAt, repository, reason, who, builds }

  let problems: [Problem]
  /// All of them, on this page or not.
  let count: Int
  let next: String?

  struct Problem: APIValue {
    let id: Int64
    let repository: String
    let jobs: [String]
    let branch: String
    let from: String?
    let untilCommit: String?
    let until: Double?
    let patterns: [String]
    let reason: String
    let issue: String?
    let who: String
    let createdAt: Double
    let resolvedAt: Double?
    let resolvedBy: String?
    /// Failed builds of the last days that it excuses.
    var builds: Int

    init(_ problem: KnownProblem, builds: Int) {
      self.builds = builds
      id = problem.id
      repository = problem.repository
      jobs = problem.jobs
      branch = problem.branch
      from = problem.fromCommit
      untilCommit = problem.untilCommit
      until = problem.untilTime
      patterns = problem.patterns.map(\.rawValue)
      reason = problem.reason
      issue = problem.issue
      who = problem.who
      createdAt = problem.createdAt
      resolvedAt = problem.resolvedAt
      resolvedBy = problem.resolvedBy
    }

    static let schema = Schema.object(
      "KnownProblem",
      [
        "id": .integer, "repository": .string, "jobs": .array(.string), "branch": .string, "from": .optional(.string),
        "untilCommit": .optional(.string), "until": .optional(.time), "patterns": .array(.string), "reason": .string,
        "issue": .optional(.string), "who": .string, "createdAt": .time, "resolvedAt": .optional(.time),
        "resolvedBy": .optional(.string), "builds": .integer,
      ])
  }

  static let schema = Schema.object(
    "KnownProblems", ["problems": .array(Problem.schema), "count": .integer, "next": .optional(.string)])
}
