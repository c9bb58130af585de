import ArgumentParser

/// The root command. A new subcommand is a file in `Commands` and a line here.
struct Culprit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "culprit",
    abstract: "Find what broke the build.",
    discussion: """
      Reads the logs of failed CI builds, matches them against patterns that your team curates, and says how many of the \
      failures are really the change's own.

      Example: culprit scan build.log
      """,
    version: "0.1.0",
    subcommands: [
      Scan.self, Demo.self, Serve.self, Work.self, Backfill.self, Known.self, Overrule.self, Wrong.self, Import.self, Rescan.self,
      Report.self, Status.self, Patterns.self, Export.self, Token.self, Session.self, Database.self,
      Migrate.self, Doctor.self,
    ])
}
