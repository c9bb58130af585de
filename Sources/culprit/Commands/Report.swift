import ArgumentParser
import Foundation
import Model
import Store

/// `culprit report`: what breaks our builds.
struct Report: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the most frequent causes.",
    discussion: """
      Each failed build counts once, for its best finding.

      Example: culprit report --since 14d
      Example: culprit report --by week --format csv
      """)

  @Option(help: "Only builds that finished since: 14d, 12h, or a date such as 2026-01-31.") var since: Since?
  @Option(help: "What to count by: pattern, job or week.") var by = Store.Grouping.pattern
  @Option(help: "Rows at most.") var limit = 30
  @Option(help: "How to print: text, json, csv or html.") var format = ReportFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let (since, by, limit) = (since?.seconds, by, max(1, min(limit, 10_000)))
    let isQuiet = global.quiet
    let isText = format == .text
    let (totals, causes, patterns) = try await Workplace.open(settings) { workplace in
      try await workplace.tally(isQuiet: isQuiet)
      return (
        try await workplace.store.totals(since: since), try await workplace.store.causes(by: by, since: since, most: limit),
        isText ? try await workplace.store.patternHealth() : []
      )
    }
    Output.write(ReportText(totals: totals, causes: causes, grouping: by).text(format, global.style(settings)))
    if let concerns = HealthText.concerns(patterns, today: .now) { Output.write("\n\(concerns)\n") }
  }
}

extension Store.Grouping: ExpressibleByArgument {}
enum ReportFormat: String, ExpressibleByArgument, CaseIterable { case text, json, csv, html }
