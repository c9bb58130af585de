import Analysis
import ArgumentParser
import Foundation
import Model
import Pipeline
import Store

/// `culprit rescan`: every log is tried on every pattern that it hasn't been tried on.
struct Rescan: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Try what is due, now.",
    discussion: """
      The ledger knows which pattern has been tried on which log, so only what is missing is done. Stopped or killed, the same \
      command goes on from there.

      Example: culprit rescan --dry-run
      Example: culprit rescan --pattern network/connection-reset --since 14d
      """)

  @Option(help: "Only this pattern.") var pattern: String?
  @Option(help: ArgumentHelp("Only the build with this id of its provider.", valueName: "id")) var build: String?
  @Option(help: "Only builds that finished since: 14d, 12h, or a date such as 2026-01-31.") var since: Since?
  @Flag(help: "Try --pattern again where it was not conclusive, and take it up again if it was suspended for that.")
  var retry = false
  @Flag(help: "Say how many pairs are due and how long they may take; do nothing.") var dryRun = false
  @Option(help: "How to print the result: text or json.") var format = ListFormat.text

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let scope = RescanScope(pattern: pattern.map { PatternID($0) }, build: build, since: since?.seconds)
    guard !retry || (scope.pattern != nil && !dryRun) else {
      throw Failure("--retry needs --pattern, and no --dry-run", hint: "`culprit patterns list` tells which are inconclusive")
    }
    if dryRun {
      try await tellDue(settings, scope)
      return
    }
    let began = Date()
    let stage = try settings.rescan
    let isPrivate = try settings.databaseURL() == nil
    global.detail(
      "\(stage.lanes) lanes, \(LogScanner.kernels) kernels, the \(isPrivate ? "private" : "given") database, the archive in "
        + settings.archiveFolder)
    let (isQuiet, retry) = (global.quiet, retry)
    let (done, left) = try await Workplace.open(settings) { workplace in
      if let id = scope.pattern {
        if try await workplace.store.patterns(id: id).isEmpty { throw StoreError.noSuchPattern(id.rawValue) }
        if retry { _ = try await workplace.store.retry(id) }
      }
      let due = try await workplace.store.due(scope)
      let bar = ProgressBar("scanning", unit: "pairs", isQuiet: isQuiet)
      let done = try await RescanStage(
        store: workplace.store, archive: try await workplace.openArchive(), database: workplace.database, settings: stage
      ).run(scope) { bar.update($0.pairs, of: due.pairs) }
      bar.finish()
      try await workplace.tally(isQuiet: isQuiet)
      return (done, try await workplace.store.due(scope))
    }
    let seconds = Date().timeIntervalSince(began)
    for reason in done.lost { Output.error("culprit: \(reason)") }
    switch format {
    case .json:
      Output.line(
        JSONText.object([
          ("pairs", .number(done.pairs)), ("logs", .number(done.logs)), ("findings", .number(done.findings)),
          ("inconclusive", .number(done.inconclusive)), ("seconds", .decimal((seconds * 1_000).rounded() / 1_000)),
        ]).text)
    case .text:
      Output.line(
        "\(done.pairs) pairs on \(done.logs) logs: \(done.findings) findings, \(done.inconclusive) not conclusive; "
          + String(format: "%.1f s", seconds))
      if left.pairs > 0 { Output.line("\(left.pairs) pairs became due meanwhile") }
    }
    if !done.lost.isEmpty {
      throw Failure(
        "\(done.lost.count) logs can't be read from the archive", hint: "they count as unread; import or fetch them again")
    }
  }

  private func tellDue(_ settings: Settings, _ scope: RescanScope) async throws {
    let due = try await Workplace.open(settings) { try await $0.store.due(scope) }
    // The plain engine's speed on one core of the day, as an order of magnitude.
    let seconds = Double(due.bytes) * (due.logs > 0 ? Double(due.pairs) / Double(due.logs) : 0) / 3e9
    switch format {
    case .json:
      Output.line(
        JSONText.object([
          ("pairs", .number(due.pairs)), ("logs", .number(due.logs)), ("bytes", .number(due.bytes)),
          ("seconds", .decimal((seconds * 10).rounded() / 10)),
        ]).text)
    case .text:
      Output.line(
        "\(due.pairs) pairs are due on \(due.logs) logs of \(due.bytes) bytes; about \(ProgressBar.duration(seconds))")
    }
  }
}

extension Since: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
