import Foundation
import Model
import Store

struct LineView: Sendable {
  let isEmpty: Bool
  let heading: String
  let lines: [Choice]
  let spans: [Choice]
  let steps: [Choice]
  let figures: [Figure]
  let jobs: [Job]
  let moreJobs: String?
  let rows: [Row]
  let next: String?
  let isFurther: Bool
  let first: String
  let shares: [Share]
  let columns: [ColumnView]
  let repairs: [Repair]

  struct Choice: Sendable {
    let name: String
    let link: String
    let isChosen: Bool
  }

  struct Figure: Sendable {
    let value: String
    let name: String
    let isBad: Bool
  }

  struct Job: Sendable {
    let name: String
  }

  /// Two CI systems can each have a job of the same name.
  fileprivate struct JobKey: Hashable, Comparable {
    let name: String
    let provider: String

    init(of cell: Line.Cell) { (name, provider) = (JobName.short(cell.workflow, cell.job), cell.provider) }

    static func < (left: JobKey, right: JobKey) -> Bool { (left.name, left.provider) < (right.name, right.provider) }
  }

  struct Row: Sendable {
    let commit: String
    let link: String
    let when: String
    let needs: Int
    let isBroken: Bool
    /// What each job came to: hundreds of cells on a page, which took a template most of its time.
    let cellsMarkup: Markup
  }

  struct Share: Sendable {
    let day: String
    let commits: Int
    let broken: Int
    let share: String
    let percent: Int
  }

  struct Repair: Sendable {
    let job: String
    let broken: String?
    let knownLink: String?
    let breaks: String
    let repairs: String
    let mean: String
    let longest: String
  }

  /// Columns of the grid at most.
  private static let mostJobs = 40

  init(_ line: Line, _ input: PageInput) {
    isEmpty = line.branch == nil
    heading = line.branch.map { "\($0) of \(line.repository ?? "")" } ?? "Main branch"
    lines =
      line.lines.count < 2
      ? []
      : line.lines.prefix(20).map { name in
        Choice(
          name: "\(name.repository) \(name.branch)", link: input.link(["repository": name.repository, "branch": name.branch]),
          isChosen: name.repository == line.repository && name.branch == line.branch)
      }
    spans = ["30d", "60d", "180d", "365d"].map {
      Choice(name: $0, link: input.link(["since": $0]), isChosen: $0 == input.text("since"))
    }
    steps = Store.Step.allCases.map {
      Choice(name: "by \($0.rawValue)", link: input.link(["by": $0.rawValue]), isChosen: $0.rawValue == input.text("by"))
    }
    figures = Self.figures(line)
    // Those that fail most stand where one looks first.
    let failures = Dictionary(line.commits.flatMap(\.jobs).map { (JobKey(of: $0), $0.state == "failed" ? 1 : 0) }) { $0 + $1 }
    let names = failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    let shown = Array(names.prefix(Self.mostJobs))
    let providers = Dictionary(grouping: names, by: \.name)
    jobs = shown.map { Job(name: providers[$0.name]?.count == 1 ? $0.name : "\($0.name) (\($0.provider))") }
    moreJobs = names.count > shown.count ? "\(names.count - shown.count) more jobs, which failed less often, are not shown." : nil
    rows = line.commits.map { Row($0, jobs: shown, repository: line.repository ?? "", now: input.now) }
    next = line.next.map { input.link(["cursor": $0]) }
    isFurther = input.cursor != nil
    first = input.link(["cursor": nil])
    shares = line.shares.map { share in
      let part = share.commits > 0 ? Double(share.broken) / Double(share.commits) : 0
      return Share(
        day: share.day, commits: share.commits, broken: share.broken, share: Figures.percent(part),
        percent: Int((part * 100).rounded()))
    }
    let sorting = input.sorting(usual: LinePage.usual)
    columns = [
      ColumnView("Job", .ascending(.job), sorting, input), ColumnView("Now", .ascending(.brokenSince), sorting, input),
      ColumnView("Breaks", .descending(.breaks), sorting, input, classes: "number"),
      ColumnView("Repairs", .descending(.repairs), sorting, input, classes: "number"),
      ColumnView("Mean", .descending(.meanSeconds), sorting, input, classes: "number"),
      ColumnView("Longest", .descending(.longestSeconds), sorting, input, classes: "number"),
    ]
    repairs = line.repairs.prefix(50).map { repair in
      let known: [String: String] = [
        "repository": line.repository ?? "", "branch": line.branch ?? "",
        "job": repair.job,
      ]
      return Repair(
        job: JobName.short(repair.workflow, repair.job), broken: repair.brokenSince.map { Figures.span(max(0, input.now - $0)) },
        knownLink: repair.brokenSince == nil || input.viewer.role < .curator ? nil : PageInput.link("/known", known) + "#add",
        breaks: Figures.count(repair.breaks), repairs: Figures.count(repair.repairs),
        mean: repair.meanSeconds.map { Figures.span($0) } ?? "–", longest: repair.longestSeconds.map { Figures.span($0) } ?? "–")
    }
  }

  private static func figures(_ line: Line) -> [Figure] {
    let commits = line.shares.reduce(0) { $0 + $1.commits }
    let broken = line.shares.reduce(0) { $0 + $1.broken }
    let now = line.repairs.count { $0.brokenSince != nil }
    let mended = line.repairs.filter { $0.repairs > 0 }
    let repairs = mended.reduce(0) { $0 + $1.repairs }
    let mean = mended.reduce(0.0) { $0 + ($1.meanSeconds ?? 0) * Double($1.repairs) } / Double(max(1, repairs))
    return [
      Figure(
        value: commits > 0 ? Figures.percent(Double(broken) / Double(commits)) : "–",
        name: "of \(Figures.count(commits, "commit")) are broken by a failure that nothing excuses", isBad: false),
      Figure(value: Figures.count(now), name: now == 1 ? "job is broken now" : "jobs are broken now", isBad: now > 0),
      Figure(value: repairs > 0 ? Figures.span(mean) : "–", name: "from a break to its repair, on average", isBad: false),
    ]
  }
}

extension LineView.Row {
  fileprivate init(_ commit: Line.Commit, jobs: [LineView.JobKey], repository: String, now: Double) {
    self.commit = String(commit.commit.prefix(10))
    link = Links.commit(commit.commit, of: repository)
    when = Figures.ago(commit.firstAt, now: now)
    needs = commit.attention
    isBroken = commit.attention > 0
    let cells = Dictionary(commit.jobs.map { (LineView.JobKey(of: $0), $0) }) { first, _ in first }
    cellsMarkup = jobs.reduce(into: Markup()) { html, job in
      html.open("td")
      cells[job].map { html.cell($0) } ?? html.element("span", ["class": "hidden"], "did not run")
      html.close("td")
    }
  }
}

extension Markup {
  /// A sign, and words for who doesn't see it.
  fileprivate mutating func cell(_ cell: Line.Cell) {
    let sign =
      switch Store.CellState(rawValue: cell.state) {
      case .passed: "✓"
      case .passedOnRetry: "↻"
      case .excused: "○"
      case .failed: "✕"
      case .canceled, nil: "–"
      }
    let text = cell.state.replacing("_", with: " ") + [cell.kind, cell.pattern].compactMap { $0 }.map { ", \($0)" }.joined()
    open("a", ["class": "cell \(cell.state)", "href": "/builds/\(cell.build)", "title": text])
    element("span", ["aria-hidden": "true"], sign)
    element("span", ["class": "hidden"], text)
    close("a")
  }
}
