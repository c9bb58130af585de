import ArgumentParser
import Pipeline

/// `culprit work`: fetches, scans, judges and posts what is due.
struct Work: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Do what is due: fetch logs, scan them, post statuses.",
    discussion: """
      Any number of workers share the work, on any number of machines. Stopped by a signal, a worker gives back what it hasn't \
      finished; killed, its work goes to another as soon as its connection to the database is gone.

      Example: culprit work --once
      """)

  @Flag(help: "Do what is due, and what becomes due by that, and stop. The cool-off is not waited for.")
  var once = false

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    Heap.returnWhatIsFree()
    let settings = try global.settings()
    let integrations = try Integrations(settings)
    let log = WorkLog(format: settings.logFormat, isQuiet: global.quiet, isVerbose: global.verbose)
    let folder = try settings.patternFolder(nil)
    if integrations.host == nil {
      global.note("culprit: no GitHub credential: nothing will be posted (GITHUB_TOKEN, or github-app)")
    }
    let once = once
    try await Workplace.open(settings, connections: Worker.Lanes().connections) { workplace in
      _ = try await SyncStage(store: workplace.store).sync(folder: folder, dryRun: false)
      let worker = try workplace.worker(settings, integrations) { log.report($0) }
      try await StopDeadline.run { if once { try await worker.drain() } else { await worker.run() } }
      await integrations.watch.flush()
    }
  }
}
