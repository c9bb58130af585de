import ArgumentParser

/// `culprit patterns`: the curated patterns, as files and in the database.
struct Patterns: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check, list, explain, sync, score, suggest and try patterns.",
    discussion: "Example: culprit patterns check patterns/",
    subcommands: [
      PatternsCheck.self, PatternsExplain.self, PatternsList.self, PatternsScore.self, PatternsShow.self, PatternsSuggest.self,
      PatternsSync.self, PatternsTry.self,
    ])
}
