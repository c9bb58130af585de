import Model
import Store

struct KnownView: Sendable {
  let repository: String
  let job: String
  let branch: String
  let from: String
  let states: [State]
  let columns: [ColumnView]
  /// Over the numbers of builds, and before each on a phone.
  let buildsLabel: String
  let rows: [Row]
  let canChange: Bool
  let showsForm: Bool
  let firstLink: String?
  let nextLink: String?

  struct State: Sendable {
    let name: String
    let link: String
    let isChosen: Bool
  }

  struct Row: Sendable {
    let id: Int64
    let reason: String
    let issue: String?
    /// Nil if it is no address of the web.
    let issueLink: String?
    let covers: String
    let builds: String
    let buildsLink: String?
    let patterns: [String]
    let span: [String]
    let entered: String
    let resolved: String?
    let canResolve: Bool
  }

  init(_ value: KnownProblems, _ input: PageInput, states: [String]) {
    repository = input.text("repository") ?? ""
    job = input.text("job") ?? ""
    branch = input.text("branch") ?? ""
    from = input.text("from") ?? ""
    self.states = states.map { .init(name: $0, link: input.link(["state": $0]), isChosen: $0 == input.text("state")) }
    let canChange = input.viewer.role >= .curator
    self.canChange = canChange
    showsForm = !job.isEmpty || value.count == 0
    let sorting = input.sorting(usual: KnownPage.usual)
    buildsLabel = "Builds in \(Int(KnownPage.days)) days"
    columns = [
      ColumnView("Problem", .ascending(.reason), sorting, input), ColumnView("Covers", .ascending(.repository), sorting, input),
      ColumnView(buildsLabel, .descending(.builds), sorting, input, classes: "number"),
      ColumnView("Entered", .descending(.createdAt), sorting, input), ColumnView("State", .descending(.resolvedAt), sorting, input),
    ]
    rows = value.problems.map { Row($0, canChange: canChange, now: input.now) }
    firstLink = input.cursor == nil ? nil : input.link([:])
    nextLink = value.next.map { input.page($0) }
  }
}

extension KnownView.Row {
  fileprivate init(_ problem: KnownProblems.Problem, canChange: Bool, now: Double) {
    id = problem.id
    reason = problem.reason
    issue = problem.issue
    issueLink = problem.issue.flatMap(Links.outside)
    let jobs = problem.jobs.isEmpty ? "all jobs" : problem.jobs.joined(separator: ", ")
    covers = "\(problem.repository): \(jobs)" + (problem.branch.isEmpty ? "" : " on \(problem.branch)")
    patterns = problem.patterns
    builds = Figures.count(problem.builds)
    buildsLink = Self.builds(of: problem)
    var span: [String] = []
    if let from = problem.from { span.append("from commit \(from.prefix(10))") }
    if let until = problem.untilCommit { span.append("until commit \(until.prefix(10))") }
    if let until = problem.until { span.append("until \(CalendarDay(secondsSince1970: until))") }
    self.span = span
    entered = "\(problem.who), \(Figures.ago(problem.createdAt, now: now))"
    resolved = problem.resolvedAt.map { at in
      (problem.resolvedBy.map { "\($0), " } ?? "") + Figures.ago(at, now: now)
    }
    canResolve = canChange && problem.resolvedAt == nil
  }

  /// The failed builds of its repository, narrowed to its job and pattern where it has one: among them are those that it excuses.
  private static func builds(of problem: KnownProblems.Problem) -> String? {
    guard problem.builds > 0 else { return nil }
    var query = ["repository": problem.repository, "failed": "1", "since": "\(Int(KnownPage.days))d"]
    // Pull requests into the branch are covered, too, and are no builds of it.
    if problem.jobs.count == 1, !problem.jobs[0].contains(where: { "*?".contains($0) }) { query["job"] = problem.jobs[0] }
    if problem.patterns.count == 1 { query["pattern"] = problem.patterns[0] }
    return PageInput.link("/builds", query)
  }
}
