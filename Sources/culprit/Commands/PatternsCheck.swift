import Analysis
import ArgumentParser

/// `culprit patterns check`: are the files right, and do their examples hold?
struct PatternsCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validate pattern files and their examples.",
    discussion: """
      Compiles every expression, runs every example, and warns about what is slow, shadowed or overdue.
      Exit code 0: fine (warnings are fine), 1: errors, 2: a path that can't be read.

      Example: culprit patterns check patterns/network
      """)

  @Argument(help: "Pattern files or folders; the pattern folder if none is given.")
  var paths: [String] = []

  @Option(help: ArgumentHelp("The folder of pattern files.", valueName: "dir"))
  var patterns: String?

  @Flag(help: "Take warnings for errors.")
  var strict = false

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let style = global.style(settings)
    let reading = Catalog.read(paths: paths.isEmpty ? [try settings.patternFolder(patterns)] : paths)
    let issues = reading.issues + CatalogCheck(reading, today: .now).warnings()
    for issue in issues {
      let line = Style.inert(issue.description)
      Output.line(issue.severity == .error ? style.red(line) : style.yellow(line))
    }
    let errors = issues.count { $0.severity == .error }
    let warnings = issues.count - errors
    if !global.quiet {
      Output.line("\(reading.files.count) pattern files, \(errors) errors, \(warnings) warnings")
    }
    if issues.contains(where: \.isUnreadable) { throw ExitCode(2) }
    if errors > 0 || (strict && warnings > 0) { throw ExitCode(1) }
  }
}
