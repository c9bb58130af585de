import Analysis
import ArgumentParser
import Foundation
import Model
import Pipeline
import Store
import Synchronization

/// `culprit patterns try`: what would a pattern do?
struct PatternsTry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "try",
    abstract: "Try a new pattern on every archived log.",
    discussion: """
      Tells what it would find, which verdicts it would change, and which patterns it overlaps. Nothing but the trial itself is \
      written. Stopped or killed, the same command goes on from there.

      Example: culprit patterns try 'connection to (?<host>\\S+) refused' --group-by host --verdict flaky
      Example: culprit patterns try patterns/network/refused.yaml --since 14d
      """)

  @Argument(
    help: ArgumentHelp("An expression (PCRE2), or a pattern file that ends in .yaml or .yml.", valueName: "expression|file"))
  var candidate: String

  @Flag(help: "Case doesn't matter to the expression.") var ignoreCase = false
  @Option(help: "The verdict that the expression is to have: failure, flaky, infrastructure or known.")
  var verdict: PatternVerdict?
  @Option(
    help: ArgumentHelp(
      "A capture of the expression that makes two findings the same failure; may be given again.", valueName: "capture"))
  var groupBy: [String] = []
  @Option(help: "Only builds that finished since: 14d, 12h, or a date such as 2026-01-31.") var since: Since?
  @Option(help: "Rows of each table at most.") var limit = 10
  @Flag(help: "Forget what an earlier trial of the same found, and begin anew.") var fresh = false
  @Option(help: "How to print: text or json (JSON Lines).") var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let pattern = try pattern()
    var stage = TryStage.Settings()
    stage.lanes = try settings.rescan.lanes
    stage.limits = try settings.scanLimits
    let (format, isQuiet, fresh, since, limit) = (format, global.quiet, fresh, since?.seconds, max(1, min(limit, 10_000)))
    let style = global.style(settings)
    let prepared = stage
    let latest = Latest()
    do {
      let report = try await Workplace.open(settings) { workplace in
        let scanning = ProgressBar("trying", unit: "logs", isQuiet: isQuiet)
        let judging = ProgressBar("judging", unit: "commits", isQuiet: isQuiet)
        defer { scanning.finish() }
        return try await TryStage(store: workplace.store, archive: try await workplace.openArchive(), settings: prepared)
          .run(pattern, since: since, fresh: fresh, today: .now) { news in
            switch news {
            case .progress(let report):
              latest.set(report)
              if let judged = report.judgedCommits {
                judging.update(judged, of: nil)
              } else {
                scanning.update(report.triedLogs, of: report.archived.logs)
              }
            case .hit(let hit): if format == .json { TrialJSON.print(hit) }
            case .change(let change): if format == .json { Output.line(TrialJSON.change(change).text) }
            }
          }
      }
      print(report, isComplete: report.lostLogs == 0, limit, style)
    } catch is CancellationError {
      if let report = latest.report { print(report, isComplete: false, limit, style) }
      throw CancellationError()
    }
    if let report = latest.report, report.lostLogs > 0 {
      for reason in report.lost { Output.error("culprit: \(reason)") }
      throw Failure(
        "\(report.lostLogs) log\(report.lostLogs == 1 ? "" : "s") can't be read from the archive",
        hint: "what can't be read was not tried; import or fetch it again")
    }
  }

  private func print(_ report: TrialReport, isComplete: Bool, _ limit: Int, _ style: Style) {
    switch format {
    case .text: Output.write(TrialText(report: report, isComplete: isComplete, limit: limit, style: style).text)
    case .json: Output.line(TrialJSON.summary(report, isComplete: isComplete, limit: limit).text)
    }
  }

  /// What a run that is stopped has come to.
  private final class Latest: Sendable {
    private let value = Mutex<TrialReport?>(nil)
    var report: TrialReport? { value.withLock { $0 } }
    func set(_ report: TrialReport) { value.withLock { $0 = report } }
  }

  // MARK: - The candidate

  private func pattern() throws -> Pattern {
    guard candidate.hasSuffix(".yaml") || candidate.hasSuffix(".yml") else {
      do throws(Candidate.Refusal) {
        return try Candidate.expression(candidate, ignoreCase: ignoreCase, verdict: verdict ?? .failure, groupBy: groupBy)
      } catch {
        throw Failure("\(error.field == "group-by" ? "--group-by" : "the expression"): \(error.message)", hint: error.hint)
      }
    }
    guard !ignoreCase, verdict == nil, groupBy.isEmpty else {
      throw Failure("--ignore-case, --verdict and --group-by are for expressions", hint: "a pattern file says these itself")
    }
    guard FileManager.default.fileExists(atPath: candidate) else {
      let (name, end) = (candidate.dropLast(2), candidate.suffix(2))
      throw Failure(
        "\(candidate): there is no such pattern file",
        hint: "an expression that ends like the name of a file can be written with its last letter as a class: "
          + "\(name)\(end.prefix(1))[\(end.suffix(1))]")
    }
    let reading = Catalog.read(paths: [candidate])
    let errors = reading.issues.filter { $0.severity == .error }
    if let first = errors.first {
      throw Failure(
        first.description,
        hint: errors.count == 1
          ? nil : "that is one of \(errors.count) errors; `culprit patterns check \(candidate)` tells them all")
    }
    guard let pattern = reading.patterns.first, reading.patterns.count == 1 else {
      throw Failure("\(candidate) is not one pattern file", hint: "name a file that holds one pattern")
    }
    return pattern
  }
}

extension PatternVerdict: ExpressibleByArgument {}
