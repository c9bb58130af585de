import Analysis
import ArgumentParser
import Foundation
import LogSource
import Model
import Pipeline

/// `culprit scan`: clean, scan and judge, without a database.
struct Scan: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Scan log files for failure patterns.",
    discussion: """
      Plain text, gzip, zstd, zip and folders of them are told by their content; - is standard input. Needs no database.
      Exit code 0: nothing found, 1: something found, 2: error.

      Example: culprit scan build.log
      Example: curl -s https://ci.example/job/17/log | culprit scan --format json -
      """)

  @Argument(help: "Log files, archives, folders, or - for standard input (the default).")
  var files: [String] = []

  @Option(help: ArgumentHelp("The folder of pattern files.", valueName: "dir"))
  var patterns: String?

  @Option(help: "How findings are printed: text, json (JSON Lines) or github (workflow commands).")
  var format = FindingFormat.text

  @OptionGroup(title: "Names that a pattern's `where` is held against")
  var names: NameOptions

  @OptionGroup var global: GlobalOptions

  struct NameOptions: ParsableArguments {
    @Option(help: "The CI system.") var provider: String?
    @Option(help: "owner/name of the repository.") var repository: String?
    @Option(help: "The branch.") var branch: String?
    @Option(help: "The workflow.") var workflow: String?
    @Option(help: "The job.") var job: String?
    @Option(help: "The step.") var step: String?

    var logNames: LogNames {
      var names: [Scope.Field: String] = [:]
      names[.provider] = provider
      names[.repository] = repository
      names[.branch] = branch
      names[.workflow] = workflow
      names[.job] = job
      names[.step] = step
      return LogNames(names)
    }
  }

  func run() async throws {
    let settings = try global.settings()
    let folder = try settings.patternFolder(patterns)
    let catalog = try Catalog.load(folder, runsExamples: false)
    let program = try ScanProgram(catalog.patterns)
    global.detail("\(program.patterns.count) patterns from \(folder); \(LogScanner.kernels) kernels")
    let limits = try settings.scanLimits
    let printer = FindingPrinter(
      format: format, style: global.style(settings), patterns: catalog.patterns, today: .now, isQuiet: global.quiet)
    var found = false
    var failed = false
    var file = ""
    var best = BestFinding.Running(today: .now)
    var bar = ProgressBar("", unit: "bytes", isQuiet: true)
    var bytes = 0
    let stage = ScanStage(program: program, names: names.logNames, limits: limits, lanes: try settings.rescan.lanes)
    try stage.run(files.isEmpty ? ["-"] : files) { event in
      switch event {
      case .begin(let name):
        file = name
        best = BestFinding.Running(today: .now)
        bar = ProgressBar(name, unit: "bytes", isQuiet: global.quiet)
        bytes = 0
      case .finding(let finding):
        found = true
        printer.print(finding, in: file, best: &best)
      case .progress(let more):
        try Output.check()
        bytes += more
        bar.update(bytes, of: nil)
      case .end(let summary, let problem):
        bar.finish()
        printer.print(summary, of: file, best: best.best, problem: problem)
      case .failure(let error):
        // What could not be read to the end is an error, whatever was found before.
        failed = true
        Output.flush()
        Failure(describing: error)?.print()
      }
    }
    Output.flush()
    if failed { throw ExitCode(2) }
    if found { throw ExitCode(1) }
  }
}
