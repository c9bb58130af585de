import Analysis
import Model

/// What the template `build` shows.
struct BuildView: Sendable {
  let heading: String
  let label: String
  let labelClass: String
  /// The rule that the commit's verdict applied.
  let why: String?
  /// What the build itself tells, where the verdict on the commit is another.
  let ownKind: String?
  let isRetried: Bool
  let repository: String
  let branch: String
  let hasBranch: Bool
  let branchLink: String
  let pullRequestText: String?
  let commit: String
  let commitLink: String
  let attempt: Int
  let attempts: [AttemptView]
  let providerLink: String?
  let provider: String
  let finished: String
  let overruleView: BuildReport.Overrule?
  let tellingView: TellingView?
  let canSay: Bool
  /// Whether a pattern decided, which a report could count against.
  let mayReport: Bool
  let actionPath: String
  let kinds: [String]

  let logs: [LogView]
  let hasManyLogs: Bool
  let problem: String?
  let logMarkup: Markup
  let hasLog: Bool
  let shownText: String
  let sections: [SectionView]
  let earlierLink: String?
  let laterLink: String?
  let startLink: String?
  let endLink: String?
  let bestLink: String?
  let rawLink: String?
  let rawSize: String
  let views: [ViewChoice]

  let searchText: String
  let isExpression: Bool
  let searchHidden: [FilterView.Pair]
  let searchView: SearchView?
  let findings: [FindingView]
  let findingsText: String
  let hasFindings: Bool
  let inconclusive: [InconclusiveView]

  struct AttemptView: Sendable {
    let text: String
    let link: String
  }

  struct TellingView: Sendable {
    let text: String
    let title: String
    let verdict: String
    let link: String
    let lineText: String
    let patternLink: String
    let pattern: String
    let remedyMarkup: Markup
  }

  struct LogView: Sendable {
    let name: String
    let link: String
    let isShown: Bool
    let note: String
  }

  struct ViewChoice: Sendable {
    let label: String
    let link: String
    let isChosen: Bool
  }

  struct SectionView: Sendable {
    let title: String
    let link: String
  }

  struct SearchView: Sendable {
    let summary: String
    let hits: [HitView]
  }

  struct HitView: Sendable {
    let lineText: String
    let link: String
    let text: String
  }

  struct FindingView: Sendable {
    let lineText: String
    let link: String
    let title: String
    let patternLink: String
    let verdict: String
    let text: String
    let note: String
  }

  struct InconclusiveView: Sendable {
    let pattern: String
    let patternLink: String
    let reason: String
  }

  init(_ build: BuildReport, _ input: PageInput) {
    let shown = build.shown
    /// The same log, and what was looked for in it, at another place.
    func link(_ changes: [String: String], keepsSearch: Bool = true) -> String {
      var query = input.query.filter { ["view"].contains($0.key) || (keepsSearch && ["search", "expression"].contains($0.key)) }
      if let shown, build.logs.count > 1 { query["log"] = String(shown.log) }
      return PageInput.link(input.path, query.merging(changes) { _, new in new })
    }
    func link(line: Int) -> String { link(["line": String(line)]) + "#L\(line)" }

    heading = build.workflow.map { "\($0) / \(build.job)" } ?? build.job
    let kind = build.verdict?.kind ?? build.kind
    why = build.overrule == nil ? build.verdict?.why : nil
    ownKind = build.verdict.flatMap { $0.kind == build.kind ? nil : build.kind }
    label = kind ?? ["success": "passed", "timed_out": "timed out"][build.outcome] ?? build.outcome
    labelClass = kind ?? build.outcome
    isRetried = build.passedOnRetry && build.kind != nil
    repository = build.repository
    branch = build.branch
    hasBranch = !build.branch.isEmpty
    branchLink = PageInput.link("/builds", ["repository": build.repository, "branch": build.branch])
    pullRequestText = build.pullRequest.map { "#\($0)" }
    commit = String(build.commit.prefix(12))
    commitLink = Links.commit(build.commit, of: build.repository)
    attempt = build.attempt
    attempts = build.attempts.map { AttemptView(text: "attempt \($0.attempt), \($0.outcome)", link: "/builds/\($0.id)") }
    providerLink = build.url.flatMap { Links.outside($0) }
    provider = build.provider
    finished = build.finishedAt.map { "\(Figures.time($0)), \(Figures.ago($0, now: input.now))" } ?? "unknown"
    overruleView = build.overrule
    tellingView = build.telling.map { telling in
      TellingView(
        text: telling.text, title: telling.title, verdict: telling.verdict,
        link: Links.line(telling.line, ofLog: telling.log, ofBuild: build.id), lineText: "line \(Figures.count(telling.line))",
        patternLink: "/patterns/\(telling.pattern)", pattern: telling.pattern,
        remedyMarkup: Remedy.markup(telling.remedy))
    }
    canSay = build.kind != nil && input.viewer.role >= .curator
    mayReport = build.telling != nil && kind != BuildKind.unknown.rawValue
    actionPath = "/builds/\(build.id)"
    kinds = BuildActions.kinds

    logs = build.logs.map { log in
      let size = log.bytes.map { Figures.bytes(Int64($0)) } ?? log.state
      return LogView(
        name: log.step ?? "log", link: PageInput.link(input.path, ["log": String(log.id)]), isShown: log.id == shown?.log,
        note: log.findings > 0 ? "\(Figures.count(log.findings, "finding")), \(size)" : size)
    }
    hasManyLogs = build.logs.count > 1
    problem = build.problem
    let view = input.text("view") ?? "colours"
    logMarkup =
      shown.map {
        LogMarkup.of(
          $0.window, target: input.number("line"), isPlain: view == "plain", titles: $0.titles,
          link: link(line:), wholeLink: { link(["whole": String($0)]) + "#L\($0)" })
      } ?? Markup()
    hasLog = shown != nil
    let (first, last) = (shown?.window.lines.first?.number ?? 0, shown?.window.lines.last?.number ?? 0)
    let total = shown?.total
    var shownText =
      last == 0
      ? "No lines here" + (total.map { "; the log has \(Figures.count($0, "line"))" } ?? "")
      : "Lines \(Figures.count(first)) to \(Figures.count(last))" + (total.map { " of \(Figures.count($0))" } ?? "")
    if let from = shown?.window.knownFrom, from > 1, first > from {
      shownText +=
        " · colours\(view == "raw" ? "" : " and sections") that began before line \(Figures.count(from)) are not known here"
    }
    self.shownText = shownText
    sections = (shown?.window.sections ?? []).map { SectionView(title: $0.title, link: link(line: $0.line)) }
    let count = input.number("lines") ?? 300
    earlierLink = first > 1 ? link(["from": String(max(1, first - count)), "lines": String(min(count, first - 1))]) : nil
    laterLink = last > 0 && (total.map { last < $0 } ?? true) ? link(["from": String(last + 1)]) : nil
    startLink = first > 1 ? link(["from": "1"]) : nil
    endLink = laterLink == nil ? nil : link(["end": "1"])
    bestLink = build.telling.flatMap { $0.log == shown?.log ? link(line: $0.line) : nil }
    rawLink = shown.map { "/builds/\(build.id)/logs/\($0.log)/raw" }
    rawSize = build.logs.first { $0.id == shown?.log }?.bytes.map { Figures.bytes(Int64($0)) } ?? ""
    views = [("colours", "Colours"), ("plain", "No colours"), ("raw", "Raw characters")].map {
      ViewChoice(label: $0.1, link: input.link(["view": $0.0 == "colours" ? nil : $0.0]), isChosen: $0.0 == view)
    }

    searchText = input.text("search") ?? ""
    isExpression = input.flag("expression")
    searchHidden =
      (build.logs.count > 1 ? shown.map { [FilterView.Pair(name: "log", value: String($0.log))] } ?? [] : [])
      + (view == "colours" ? [] : [FilterView.Pair(name: "view", value: view)])
    searchView = build.search.map { search in
      SearchView(
        summary: Self.summary(search),
        hits: search.hits.map { HitView(lineText: Figures.count($0.line), link: link(line: $0.line), text: $0.text) })
    }
    findings = build.findings.map { finding in
      FindingView(
        lineText: Figures.count(finding.line), link: link(line: finding.line), title: finding.title,
        patternLink: "/patterns/\(finding.pattern)", verdict: finding.verdict, text: finding.text,
        note: !finding.isCurrent ? "of an earlier revision" : finding.isFallback ? "fallback" : "")
    }
    hasFindings = !findings.isEmpty
    let found = build.logs.first { $0.id == shown?.log }?.findings ?? 0
    findingsText = found > findings.count ? "the first \(findings.count) of \(Figures.count(found))" : Figures.count(found)
    inconclusive = build.inconclusive.map {
      InconclusiveView(pattern: $0.pattern, patternLink: "/patterns/\($0.pattern)", reason: "\($0.reason), line \($0.line)")
    }
  }

  private static func summary(_ search: BuildReport.Search) -> String {
    var text = search.count == 0 ? "Nothing found" : Figures.count(search.count, "hit")
    if search.count > search.hits.count { text += ", the first \(search.hits.count) below" }
    switch search.unfinished {
    case "time": text += "; only the first \(Figures.count(search.lines, "line")) were searched, as it took too long"
    case "expression": text += "; the expression was too slow on some lines, which were not searched to the end"
    default: break
    }
    return text + "."
  }
}
