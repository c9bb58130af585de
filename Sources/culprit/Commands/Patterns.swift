import ArgumentParser

/// `culprit patterns`: the curated patterns, as files and in the database.
struct Patterns: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check, import, explain, list, sync, score, suggest and try patterns, and see which ones lie.",
    discussion: "Example: culprit patterns check patterns/",
    subcommands: [
      PatternsCheck.self, PatternsExplain.self, PatternsImport.self, PatternsList.self, PatternsScore.self, PatternsShow.self,
      PatternsStats.self,
      PatternsSuggest.self, PatternsSync.self, PatternsTrust.self, PatternsTry.self,
    ])
}
