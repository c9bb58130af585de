import ArgumentParser

/// `culprit patterns`: the curated patterns, as files and in the database.
struct Patterns: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check, list, explain, sync and try patterns.",
    discussion: "Example: culprit patterns check patterns/",
    subcommands: [
      PatternsCheck.self, PatternsExplain.self, PatternsList.self, PatternsShow.self, PatternsSync.self, PatternsTry.self,
    ])
}
