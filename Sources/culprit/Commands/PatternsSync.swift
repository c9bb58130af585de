import ArgumentParser
import Model
import Pipeline

/// `culprit patterns sync`: from files to the database.
struct PatternsSync: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Bring the pattern files into the database.",
    discussion: """
      A change to what a pattern matches makes every log due for it; a change to anything else takes effect at once. A pattern \
      whose file is gone is retired and keeps its findings. Nothing is synced unless every file is right.

      Example: culprit patterns sync --dry-run
      """)

  @Option(help: ArgumentHelp("The folder of pattern files.", valueName: "dir"))
  var patterns: String?

  @Flag(help: "Print what would change and the pairs that would be due; change nothing.")
  var dryRun = false

  /// Of each kind of change, unless all are wanted.
  private static let mostShown = 20

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let folder = try settings.patternFolder(patterns)
    let dryRun = dryRun
    let (changes, due) = try await Workplace.open(settings) { workplace in
      try await SyncStage(store: workplace.store).sync(folder: folder, dryRun: dryRun)
    }
    for (word, ids) in [
      ("new", changes.added), ("redefined", changes.redefined), ("reworded", changes.reworded), ("retired", changes.retired),
      ("revived", changes.revived),
    ] {
      let shown = global.verbose ? ids[...] : ids.prefix(Self.mostShown)
      for id in shown { Output.line("\(word): \(id)") }
      if shown.count < ids.count { Output.line("\(word): and \(ids.count - shown.count) more (--verbose lists them)") }
    }
    if changes.isEmpty { global.note("nothing changed") }
    Output.line("\(due) pairs of log and pattern \(dryRun ? "would be" : "are") due")
  }
}
