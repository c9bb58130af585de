import ArgumentParser
import Foundation
import Logging
import Metrics
import Pipeline
import ServiceLifecycle
import Store
import Telemetry
import Web

/// `culprit serve`: the web UI, the API, webhooks and health, and workers beside them.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take webhooks, and do the work beside.",
    discussion: """
      A webhook is stored before it is answered. Stopped by a signal, requests in progress are answered and what workers haven't \
      finished is given back.

      Example: culprit serve --listen 127.0.0.1:8080
      """)

  @Option(help: ArgumentHelp("Where to listen; port 0 takes any that is free.", valueName: "host:port"))
  var listen = "127.0.0.1:8080"

  @Flag(help: "Leave the work to others.")
  var noWork = false

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    Heap.returnWhatIsFree()
    let settings = try global.settings()
    let integrations = try Integrations(settings)
    var server = WebServer.Settings(folder: try Bundled.folder("web"))
    (server.host, server.port) = try Self.address(listen, flag: "--listen")
    server.webhookSecrets = integrations.webhookSecrets
    server.publicURL = integrations.posting.publicURL
    server.login = try LoginSettings(settings)
    let noWork = noWork
    let log = WorkLog(format: settings.logFormat, isQuiet: global.quiet, isVerbose: global.verbose)
    let registry = PrometheusRegistry()
    MetricsSystem.bootstrap(registry)
    server.metrics = registry
    let prepared = server
    let folder = try settings.patternFolder(nil)
    try await Workplace.open(settings, connections: Worker.Lanes().connections + 8) { workplace in
      _ = try await SyncStage(store: workplace.store).sync(folder: folder, dryRun: false)
      var web = try await Self.closed(prepared, workplace.store, listen)
      let archive = try await workplace.openArchive()
      web.healthChecks = HealthChecks.all(workplace.database, archive, patterns: folder)
      let address = web.host
      let backend = Backend(
        store: workplace.store, archive: archive, database: workplace.database, providers: integrations.providers,
        rescan: try settings.rescan, proposals: integrations.proposals(workplace.store), logger: log.logger)
      let http = try WebServer(
        backend: backend, settings: web, readers: integrations.readers, github: integrations.login, logger: log.logger
      ) { port in
        Output.line("listening on http://\(address.contains(":") ? "[\(address)]" : address):\(port)")
        Output.flush()
      }
      var services: [any Service] = [http.service]
      if !noWork {
        services.append(WorkService(worker: try workplace.worker(settings, integrations, archive) { log.report($0) }))
      }
      services.append(backend.desks)
      let all = services
      try await StopDeadline.run { try await Self.run(all, log.logger) }
    }
  }

  /// Runs the services until the task is cancelled, and then shuts them down in order.
  static func run(_ services: [any Service], _ logger: Logger) async throws {
    var configuration = ServiceGroupConfiguration(services: services, logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(8)
    let group = ServiceGroup(configuration: configuration)
    // In a task of its own: a signal cancels ours, and the services are to be asked, not cut off.
    let running = Task.detached { try await group.run() }
    try await withTaskCancellationHandler {
      try await running.value
    } onCancel: {
      Task.detached { await group.triggerGracefulShutdown() }
    }
  }

  /// Whoever isn't on this machine has to prove who they are; without a way to do so nothing is served to them.
  static func closed(
    _ settings: WebServer.Settings, _ store: Store, _ listen: String
  ) async throws -> WebServer.Settings {
    guard settings.login.isOpen else { return settings }
    let hasToken = try await store.hasToken()
    var settings = settings
    if loopback.contains(settings.host) {
      // An address at which others reach the server means that something in front of it lets them through.
      settings.login.isOpen = settings.publicURL.map { HostNames.loopback.contains($0) } ?? true
      return settings
    }
    guard hasToken else {
      throw Failure(
        "\(listen) is open to others, and there is no way to log in",
        hint: "set login-github-client or login-proxy-header, or make a token with `culprit token add`, or listen on 127.0.0.1")
    }
    settings.login.isOpen = false
    return settings
  }

  private static let loopback: Set<String> = ["127.0.0.1", "localhost", "::1"]

  /// - Parameter flag: what the address was given by, for the error.
  static func address(_ text: String, flag: String) throws -> (String, Int) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port),
      colon > text.startIndex
    else { throw Failure("\(flag) is \"\(text)\"", hint: "it must be an address and a port, such as 127.0.0.1:8080") }
    // IPv6 stands in brackets before a port (RFC 3986, 3.2.2).
    let host = text[..<colon]
    return (String(host.first == "[" && host.last == "]" ? host.dropFirst().dropLast() : host), port)
  }
}

/// A worker that ends when its group is shut down.
struct WorkService: Service {
  let worker: Worker

  func run() async throws {
    await cancelWhenGracefulShutdown { await worker.run() }
  }
}
