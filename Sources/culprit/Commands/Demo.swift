import Analysis
import ArgumentParser
import Foundation
import Logging
import Model
import Pipeline
import Providers
import Store
import Web

/// `culprit demo`: everything once, on sample builds, in a database of its own.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what culprit does, on sample builds.",
    discussion: """
      Starts a private database in a folder of its own, imports the sample builds, scans them, prints the report and a commit's \
      verdict, then adds a pattern and scans only what is due for it. Then it serves the web UI until it is stopped.

      Example: culprit demo --once
      """)

  @Flag(help: "Stop after the report, without the web UI.")
  var once = false

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    // A place of its own, so that trying culprit leaves no trace in a real database.
    let place = FileManager.default.temporaryDirectory.appending(path: "culprit-demo-\(UUID().uuidString.prefix(8))").path
    var environment = ProcessInfo.processInfo.environment
    for name in [
      "DATABASE_URL", "PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", Setting.databaseURLFile.variable, Setting.archive.variable,
    ] {
      environment[name] = nil
    }
    environment[Setting.data.variable] = place
    let settings = try Settings(path: nil, readsFile: false, environment: environment)
    let style = global.style(settings)
    let show = Walkthrough(settings: settings, style: style, isQuiet: global.quiet, once: once)
    let end: @Sendable () async -> Void = {
      try? await Workplace.cluster(settings).destroy(force: true)
      try? FileManager.default.removeItem(atPath: place)
    }
    try await Interruptible.run {
      do {
        try await show.run(place: place)
      } catch {
        // Cleaning up must not be cut off by the cancellation that may have brought us here.
        await Task { await end() }.value
        throw error
      }
      await end()
    }
  }
}

/// The steps of the demo.
private struct Walkthrough {
  let settings: Settings
  let style: Style
  let isQuiet: Bool
  let once: Bool

  func run(place: String) async throws {
    let samples = try Bundled.folder("samples")
    let lines = try Import.manifest(samples + "/manifest.jsonl")
    let stage = try settings.rescan
    let patterns = try copyPatterns(to: place + "/patterns")
    let (settings, style, isQuiet, once) = (settings, style, isQuiet, once)
    step("1. Import \(lines.count) sample logs and \(patterns.count) patterns into a private database")
    Output.flush()
    try await Workplace.open(settings, connections: 8) { workplace in
      let store = workplace.store
      let archive = try await workplace.openArchive()
      let rescan = RescanStage(store: store, archive: archive, database: workplace.database, settings: stage)
      let entered = try await ImportStage(store: store, archive: archive).enter(lines)
      let synced = try await SyncStage(store: store).sync(folder: place + "/patterns", dryRun: false)
      Output.line("\(entered.builds) builds, \(entered.logs) logs; \(synced.due) pairs of log and pattern are due")

      Self.step("2. Scan", style)
      let bar = ProgressBar("scanning", unit: "pairs", isQuiet: isQuiet)
      let first = try await rescan.run { bar.update($0.pairs, of: synced.due) }
      bar.finish()
      Output.line("\(first.pairs) pairs on \(first.logs) logs: \(first.findings) findings, \(first.inconclusive) not conclusive")

      Self.step("3. What breaks the builds", style)
      try await workplace.tally(isQuiet: isQuiet)
      let totals = try await store.totals(since: nil)
      let causes = try await store.causes(by: .pattern, since: nil, most: 10)
      Output.write(ReportText(totals: totals, causes: causes, grouping: .pattern).text(.text, style))

      Self.step("4. One commit: whose is the red?", style)
      let judge = JudgeStage(store: store)
      if let commit = try await Self.tellingCommit(lines, judge) { Status.print(commit, style) }

      Self.step("5. Add a pattern for what nothing explained, and scan what is due for it", style)
      try Self.newPattern.write(toFile: place + "/patterns/demo/odd-script.yaml", atomically: true, encoding: .utf8)
      let changed = try await SyncStage(store: store).sync(folder: place + "/patterns", dryRun: false)
      Output.line(
        "new: \(changed.changes.added.map(\.rawValue).joined(separator: ", ")); \(changed.due) pairs are due, one per log")
      let second = try await rescan.run()
      Output.line("\(second.pairs) pairs on \(second.logs) logs: \(second.findings) findings")
      try await workplace.tally(isQuiet: isQuiet)
      let after = try await store.totals(since: nil)
      Output.line("no pattern explains \(after.unexplained) failed builds now; it was \(totals.unexplained)")
      if !once { try await Self.serve(workplace, settings, style) }
    }
  }

  /// Shows the web UI until someone stops it.
  private static func serve(_ workplace: Workplace, _ settings: Settings, _ style: Style) async throws {
    var web = WebServer.Settings(folder: try Bundled.folder("web"))
    web.port = 0
    var logger = Logger(label: "culprit") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    let backend = Backend(
      store: workplace.store, archive: try await workplace.openArchive(), database: workplace.database,
      rescan: try settings.rescan, logger: logger)
    let http = try WebServer(backend: backend, settings: web, readers: [], logger: logger) { port in
      step("6. Look at it", style)
      // The samples are of November 2026.
      Output.line("http://127.0.0.1:\(port)/?since=2026-11-01 (Ctrl-C ends the demo, and removes its database)")
      Output.flush()
    }
    // Without a deadline: its database is still to be removed.
    try await Serve.run([http.service, backend.desks], logger)
  }

  private func step(_ text: String) { Self.step(text, style) }
  private static func step(_ text: String, _ style: Style) {
    Output.line("\n" + style.bold(text))
    Output.flush()
  }

  /// The pattern files that the demo may add to.
  private func copyPatterns(to folder: String) throws -> [Pattern] {
    let bundled = try settings.patternFolder(nil)
    try FileManager.default.createDirectory(
      atPath: (folder as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: bundled, toPath: folder)
    try FileManager.default.createDirectory(atPath: folder + "/demo", withIntermediateDirectories: true)
    return try Catalog.load(folder).patterns
  }

  /// The commit with the most to tell: the most kinds, then the most builds.
  private static func tellingCommit(_ lines: [ManifestLine], _ judge: JudgeStage) async throws -> JudgeStage.Judged? {
    var best: (JudgeStage.Judged, Int, Int)?
    for commit in Set(lines.map(\.build.commit)).sorted() {
      let judged = try await judge.judge(commit: commit, repository: nil, today: .now)
      let kinds = Set(judged.verdict.builds.map(\.verdict.kind)).count
      let count = judged.verdict.builds.count
      if let best, (best.1, best.2) >= (kinds, count) { continue }
      best = (judged, kinds, count)
    }
    return best?.0
  }

  private static let newPattern = #"""
    title: 'The sprite atlas is wrong: ${what}'
    match: '^bake: (?<what>sheet came out lopsided|plan wants an even keel)'
    verdict: failure
    group-by: [what]
    remedy: Look at the sprites that the change adds to the plan.
    examples:
      hit:
        - 'bake: sheet came out lopsided (3 of them), put it back in the oven'
        - 'bake: plan wants an even keel, 3 sprites lean starboard'
      miss:
        - 'bake: plan assets/atlas.plan'
    """#
}
