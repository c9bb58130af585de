import Analysis
import LogArchive
import Model
import Pipeline
import Store

/// One build: what became of it, and its log.
enum BuildPage {
  /// Findings of a log that are listed.
  private static let mostFindings = 200
  private static let mostHits = 200
  /// Lines that are shown before the one that is asked for.
  private static let linesBefore = 60

  static let page = Page<BuildReport>(
    path: "builds/:id", summary: "A build with what was found in its logs, and some lines of one of them.",
    about:
      "Without `line` and `from` the lines around the telling one are shown; where nothing tells, the last lines of a failed build's log, else the first.",
    parameters: [
      .path("id", .number(1...Int.max), "The build's number."),
      .query("log", .number(1...Int.max), "The log that is shown; else that of the telling line, or the first."),
      .query("line", .number(1...1_000_000_000), "A line that must be among those shown."),
      .query("from", .number(1...1_000_000_000), "The first line that is shown."),
      .query("end", .flag, "Show the last lines."),
      .query("lines", .number(1...2_000), "How many lines are shown.", usual: "300"),
      .query("whole", .number(1...1_000_000_000), "A line of which all parts between carriage returns are shown."),
      .query("search", .text(most: 1_000), "What to look for in the log, in capital letters or small."),
      .query("expression", .flag, "Whether `search` is a PCRE2 expression."),
      .query(
        "view", .choice(["colours", "plain", "raw"]),
        "`raw`: the lines as they stand in the raw log, with all controls; `plain`: a page without colours.", usual: "colours"),
    ],
    load: load,
    view: { build, input in
      Page.View("build", title: "\(build.job), build \(build.id)", BuildView(build, input))
    })

  private static func load(_ input: PageInput) async throws -> BuildReport {
    let store = input.backend.store
    let detail = try await store.buildDetail(Int64(input.number("id") ?? 0))
    let log = try chosen(detail, input)
    var findings: [Store.FindingRow] = []
    if let log { findings = try await store.findingPage(ofBuild: detail.id, log: log.id, most: mostFindings).rows }
    let search = try await search(in: log, input)
    let (window, titles, problem) = try await window(of: log, detail, findings, search, input)
    let build = detail.build
    async let verdict = verdict(on: detail, input)
    return try await BuildReport(
      id: detail.id, provider: build.provider, repository: build.repository,
      workflow: build.workflow.isEmpty ? nil : build.workflow,
      job: build.job, attempt: build.attempt, commit: build.commit, branch: build.branch, pullRequest: build.pullRequest,
      outcome: build.outcome.rawValue, url: build.url, finishedAt: build.finishedAt, enteredAt: detail.enteredAt,
      kind: detail.kind?.rawValue, verdict: verdict, telling: detail.best.map { TellingLine($0) },
      passedOnRetry: detail.passedOnRetry,
      overrule: detail.overrule.map { .init(kind: $0.kind.rawValue, who: $0.who, reason: $0.reason, at: $0.at) },
      attempts: detail.attempts.map { .init(id: $0.id, attempt: $0.attempt, outcome: $0.outcome.rawValue) },
      logs: detail.logs.map {
        .init(
          id: $0.id, step: $0.step.isEmpty ? nil : $0.step, state: $0.state.rawValue, reason: $0.reason, bytes: $0.bytes,
          lines: $0.lines, isScanned: $0.isScanned, findings: $0.findings)
      },
      findings: findings.map { row in
        .init(
          pattern: row.finding.pattern.rawValue, revision: row.revision,
          title: title(row), verdict: row.verdict.rawValue,
          isFallback: row.isFallback, isCurrent: row.isCurrent, line: row.finding.line, segment: row.finding.segment,
          start: row.finding.start, end: row.finding.end, text: row.finding.text, remedy: row.remedy)
      },
      inconclusive: detail.inconclusive.map {
        .init(log: $0.log, pattern: $0.pattern.rawValue, reason: $0.reason, line: $0.line)
      },
      shown: window.flatMap { window in
        log.map { ShownLines(log: $0.id, window: window, total: window.total ?? $0.lines, titles: titles) }
      },
      problem: problem, search: search.map { value($0.0, input) })
  }

  /// What the commit's verdict says of it; nil where that doesn't count it, as a later attempt does.
  private static func verdict(on build: Store.BuildDetail, _ input: PageInput) async throws -> BuildReport.Verdict? {
    guard build.kind != nil else { return nil }
    let judged = try await JudgeStage(store: input.backend.store).judge(
      commit: build.build.commit, repository: build.build.repository, today: input.today)
    return judged.builds.first { $0.id == build.id }.map { .init($0.verdict) }
  }

  private static func chosen(_ detail: Store.BuildDetail, _ input: PageInput) throws -> Store.LogDetail? {
    if let wanted = input.number("log") {
      guard let log = detail.logs.first(where: { $0.id == Int64(wanted) }) else {
        throw WebError(.notFound, "build \(detail.id) has no log \(wanted)")
      }
      return log
    }
    return detail.best.flatMap { best in detail.logs.first { $0.id == best.log } }
      ?? detail.logs.max { ($0.digest == nil ? -1 : $0.findings) < ($1.digest == nil ? -1 : $1.findings) }
  }

  // MARK: - The lines

  private static func window(
    of log: Store.LogDetail?, _ detail: Store.BuildDetail, _ findings: [Store.FindingRow], _ search: (LogSearch, [LineMark])?,
    _ input: PageInput
  ) async throws -> (LogWindow?, titles: [String], problem: String?) {
    guard let log else { return (nil, [], "The provider has told of no log.") }
    guard let digest = log.digest else { return (nil, [], problem(log)) }
    let count = input.number("lines") ?? 300
    let telling = detail.best.flatMap { $0.log == log.id ? $0.line : nil } ?? findings.first { $0.isCurrent }?.finding.line
    let target = input.number("line") ?? input.number("whole") ?? (input.number("from") == nil ? telling : nil)
    let atEnd = input.flag("end") || (target == nil && input.number("from") == nil && detail.build.outcome.isFailure)
    let first = input.number("from") ?? target.map { max(1, $0 - min(linesBefore, count / 2)) } ?? 1
    var request = LogWindow.Request(lines: first...first + count - 1)
    request.hasHeadings = detail.build.provider == "buildkite"
    request.isRaw = input.text("view") == "raw"
    if let whole = input.number("whole") { request.wholeLines = [whole] }
    // The findings of these lines: the listed ones are the first of the log, and what tells why a build failed is often the last.
    let lines = atEnd ? max(1, (log.lines ?? 1) - count)..<Int.max : first..<first + count
    let found = try await input.backend.store.findingPage(
      ofBuild: detail.id, log: log.id, lines: lines, most: Store.longestPage
    ).rows
    request.marks =
      found.enumerated().map { index, row in
        LineMark(line: row.finding.line, segment: row.finding.segment, start: row.finding.start, end: row.finding.end, id: index)
      } + (search?.1 ?? [])
    do {
      let viewer = input.backend.viewer
      let window = try await atEnd ? viewer.end(of: digest, request) : viewer.window(of: digest, request)
      return (window, found.map { "\(title($0)) (\($0.finding.pattern.rawValue))" }, nil)
    } catch let error as ArchiveError {
      return (nil, [], "\(error.description). \(error.hint)")
    }
  }

  private static func title(_ row: Store.FindingRow) -> String {
    TitleTemplate.render(row.title, captures: row.finding.captures)
  }

  private static func problem(_ log: Store.LogDetail) -> String {
    switch log.state {
    case .pending: "The log has not been fetched yet."
    case .gone: "The provider doesn't have the log any more."
    case .failed: "The log could not be fetched, and is not tried again" + (log.reason.map { ": \($0)." } ?? ".")
    case .stored, .tooLarge: "The log is not in the archive."
    }
  }

  // MARK: - Search

  private static func search(in log: Store.LogDetail?, _ input: PageInput) async throws -> (LogSearch, [LineMark])? {
    guard let text = input.text("search"), let digest = log?.digest else { return nil }
    var query = LogSearch.Query(text, isExpression: input.flag("expression"))
    query.most = mostHits
    do {
      let found = try await input.backend.viewer.search(digest, asker: input.viewer.name, for: query)
      return (
        found,
        found.findings.map {
          LineMark(line: $0.line, segment: $0.segment, start: $0.start, end: $0.end, id: ShownLines.searched)
        }
      )
    } catch let error as ScanProgram.CompileError {
      throw WebError(.badRequest, "the expression is none: \(error.cause)", field: "search")
    } catch is ArchiveError {
      return nil
    }
  }

  private static func value(_ search: LogSearch, _ input: PageInput) -> BuildReport.Search {
    .init(
      text: input.text("search") ?? "", isExpression: input.flag("expression"), count: search.count,
      hits: search.findings.map { .init(line: $0.line, text: $0.text) }, lines: search.lines,
      unfinished: search.unfinished?.rawValue)
  }
}
