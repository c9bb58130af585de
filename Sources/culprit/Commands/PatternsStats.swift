import ArgumentParser
import Model
import Store

/// `culprit patterns stats`: which patterns are good for something, and which ones lie.
struct PatternsStats: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Tell which patterns lie, cost much, or are good for nothing.",
    discussion: """
      Suspect patterns excuse nothing: they were found in too many passing builds, or their excuses were reported as wrong. \
      `culprit patterns trust` clears one.

      Example: culprit patterns stats
      Example: culprit patterns stats --format json
      """)

  @Flag(help: "All patterns in one table, not only those that someone should look at.")
  var all = false

  @Option(help: "Rows of each table at most.")
  var limit = 20

  @Option(help: "How to print: text or json (JSON Lines).")
  var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let today = CalendarDay.now
    let isQuiet = global.quiet
    let patterns = try await Workplace.open(settings) { workplace in
      try await workplace.tally(isQuiet: isQuiet)
      return try await workplace.store.patternHealth()
    }
    switch format {
    case .json: for pattern in patterns { Output.line(HealthText.json(pattern, today: today).text) }
    case .text:
      let text = HealthText(patterns: patterns, today: today, limit: max(1, limit), style: global.style(settings))
      Output.write(all ? text.table : text.report)
      if patterns.isEmpty { global.note("no patterns; `culprit patterns sync` enters them") }
    }
  }
}
