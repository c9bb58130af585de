import ArgumentParser
import Metrics
import Pipeline
import Telemetry
import Web

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

  @Option(
    help: ArgumentHelp(
      "Where to tell /metrics and /health while working; port 0 takes any that is free. Nowhere unless given.",
      valueName: "host:port"))
  var metrics: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if once, metrics != nil { throw ValidationError("--metrics is for a worker that stays; --once ends before anybody has asked") }
  }

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
    let web = try metrics.map { try (settings: Self.metricsServer(at: $0, settings), address: $0) }
    try await Workplace.open(settings, connections: Worker.Lanes().connections) { workplace in
      _ = try await SyncStage(store: workplace.store).sync(folder: folder, dryRun: false)
      let archive = try await workplace.openArchive()
      let worker = try workplace.worker(settings, integrations, archive) { log.report($0) }
      if let web {
        let backend = Backend(
          store: workplace.store, archive: archive, database: workplace.database, providers: [:],
          rescan: try settings.rescan, logger: log.logger)
        var told = try await Serve.closed(web.settings, workplace.store, web.address)
        told.healthChecks = HealthChecks.all(workplace.database, archive, patterns: folder)
        let host = told.host
        let http = try WebServer(backend: backend, settings: told, readers: [], logger: log.logger) { port in
          Output.line("metrics on http://\(host):\(port)/metrics")
          Output.flush()
        }
        return try await Serve.run([http.service, WorkService(worker: worker)], log.logger)
      }
      try await StopDeadline.run { if once { try await worker.drain() } else { await worker.run() } }
      await integrations.watch.flush()
    }
  }

  private static func metricsServer(at address: String, _ settings: Settings) throws -> WebServer.Settings {
    var web = WebServer.Settings(folder: try Bundled.folder("web"))
    (web.host, web.port) = try Serve.address(address, flag: "--metrics")
    web.login = try LoginSettings(settings)
    web.isOnlyMetrics = true
    let registry = PrometheusRegistry()
    MetricsSystem.bootstrap(registry)
    web.metrics = registry
    return web
  }
}
