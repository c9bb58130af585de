import Analysis
import ArgumentParser
import Foundation
import LogSource
import Model

/// `culprit patterns score`: how often the best finding is the line that a person marked.
struct PatternsScore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Measure patterns against logs with marked lines.",
    discussion: """
      The folder holds a marks.jsonl with one object per log: {"log":"a.log","line":17}, where line counts from 1 and is the one that \
      tells the failure. Needs no database.

      Example: culprit patterns score my-marked-logs --format json
      """)

  @Argument(help: ArgumentHelp("The folder of logs with its marks.jsonl.", valueName: "dir"))
  var folder: String

  @Option(help: ArgumentHelp("The folder of pattern files.", valueName: "dir"))
  var patterns: String?

  @Option(help: "Only the logs of one half: development or held-out. The log's name decides which it is in.")
  var half: MarkHalf?

  @Option(help: "How to print: text or json.")
  var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let catalog = try Catalog.load(try settings.patternFolder(patterns), runsExamples: false)
    let scan = LogBest(
      patterns: Dictionary(uniqueKeysWithValues: catalog.patterns.map { ($0.id, $0) }), program: try ScanProgram(catalog.patterns),
      limits: try settings.scanLimits)
    var score = Score()
    var problems: [Failure] = []
    let bar = ProgressBar("scoring", unit: "logs", isQuiet: global.quiet)
    let logs = try marks()
    for (index, marks) in logs.enumerated() {
      do {
        score.take(marks, best: try scan.best(of: folder + "/" + marks[0].log))
      } catch {
        problems.append(Failure(describing: error) ?? Failure("\(error)"))
      }
      bar.update(index + 1, of: logs.count)
    }
    bar.finish()
    Output.write(format == .json ? ScoreText(score).json.text + "\n" : ScoreText(score).plain)
    Output.flush()
    for problem in problems { problem.print() }
    if !problems.isEmpty { throw ExitCode(2) }
  }

  /// The marks of each log, in the order of the file.
  private func marks() throws -> [[LogMark]] {
    let file = folder + "/marks.jsonl"
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Failure("\(file): can't be read", hint: "a folder of marked logs has a marks.jsonl; docs/cli.md tells its format")
    }
    let marks: [LogMark]
    do throws(LogMark.Malformed) { marks = try LogMark.all(in: data) } catch { throw Failure("\(file): \(error)") }
    var logs: [[LogMark]] = []
    var places: [String: Int] = [:]
    for mark in marks where half == nil || half == MarkHalf(log: mark.log) {
      if let place = places[mark.log] {
        logs[place].append(mark)
      } else {
        places[mark.log] = logs.count
        logs.append([mark])
      }
    }
    guard !logs.isEmpty else {
      throw Failure(
        "\(file): no log is marked\(half.map { " in the \($0.rawValue) half" } ?? "")", hint: "docs/cli.md tells its format")
    }
    return logs
  }

  /// Finds what decides about single logs.
  private struct LogBest {
    let patterns: [PatternID: Pattern]
    let program: ScanProgram
    let limits: ScanLimits

    /// - Throws: `LogSourceError` if the log can't be read to its end.
    func best(of path: String) throws -> BestFinding? {
      // Names aren't marked, so patterns are tried whatever their `where` says.
      var scanner = LogScanner(program: program, names: nil, limits: limits)
      var best = BestFinding.Running(today: .now)
      func take(_ finding: Finding) {
        guard let pattern = patterns[finding.pattern] else { return }
        best.take(FindingEvidence(rank: PatternRank(pattern), line: finding.line, text: finding.text))
      }
      var problem: LogSourceError?
      try LogSource().forEachLog(
        in: [path], { reader in try reader.forEachBlock { scanner.scan($0, tell: take) } }, failure: { problem = $0 })
      if let problem { throw problem }
      _ = scanner.finish(tell: take)
      return best.best
    }
  }
}

extension MarkHalf: ExpressibleByArgument {}
