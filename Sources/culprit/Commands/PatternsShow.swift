import ArgumentParser
import Model
import Store

/// `culprit patterns show`: one pattern, whole.
struct PatternsShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one pattern with what it found.",
    discussion: "Example: culprit patterns show network/connection-reset")

  @Argument(help: "The pattern's id: its path under the pattern folder without the ending.")
  var id: String

  @Option(help: "How to print: text or json.")
  var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let (id, today) = (PatternID(id), CalendarDay.now)
    let isQuiet = global.quiet
    let (found, measured, reports) = try await Workplace.open(settings) { workplace in
      try await workplace.tally(isQuiet: isQuiet)
      return (
        try await workplace.store.patterns(id: id).first, try await workplace.store.patternHealth(id: id).first,
        try await workplace.store.wrongReports(against: id, most: 10)
      )
    }
    guard let pattern = found, let health = measured else { throw StoreError.noSuchPattern(id.rawValue) }
    let trust = health.trust
    if format == .json {
      Output.line(PatternText.json(pattern, [("health", HealthText.json(health, today: today))]).text)
      return
    }
    var table = Table([.left, .left])
    table.add(["id", pattern.id.rawValue])
    table.add(["title", pattern.title])
    table.add(["verdict", pattern.verdict.rawValue])
    table.add(["priority", "\(pattern.priority)\(pattern.fallback ? ", fallback" : "")"])
    table.add(["matches", pattern.definition])
    if let owner = pattern.owner { table.add(["owner", owner]) }
    if let day = pattern.reviewBy { table.add(["review by", day.description]) }
    table.add(["revisions", String(pattern.revisions)])
    table.add(["failed builds", "\(pattern.builds) (\(PatternText.share(pattern)) of \(pattern.failedBuilds))"])
    table.add(["findings", String(pattern.findings)])
    table.add(["decides", "\(health.explained) of these builds"])
    table.add(["first seen", PatternText.day(health.firstSeen)])
    table.add(["last seen", PatternText.day(health.lastSeen)])
    table.add([
      "passing builds", "\(trust.hit) of \(trust.sampled) sampled (\(PatternText.share(trust.hit, of: trust.sampled)))",
    ])
    table.add(["wrong reports", String(trust.wrongReports)])
    table.add(["inconclusive", "\(health.inconclusiveLogs) logs"])
    if let cost = trust.cost.millisecondsPerMegabyte {
      table.add(["cost", String(format: "%.3f ms of CPU time per MB, measured on %d logs", cost, trust.cost.logs)])
    }
    let remarks = HealthText.remarks(health, today: today)
    if !remarks.isEmpty { table.add(["note", remarks]) }
    for line in table.lines() { Output.line(Style.inert(line)) }
    if !reports.isEmpty { Output.line("\nreported as wrong:") }
    for report in reports {
      let job = report.workflow.isEmpty ? report.job : "\(report.workflow)/\(report.job)"
      Output.line(
        Style.inert(
          "  \(PatternText.day(report.at)) \(report.commit.prefix(12)) \(job), \(report.kind.rawValue): \(report.reason) (\(report.who))"
        ))
    }
    if let remedy = pattern.remedy { Output.line("\n" + Style.inert(remedy.replacing("\n", with: " "))) }
  }
}
