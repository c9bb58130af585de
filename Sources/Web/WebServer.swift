import Hummingbird
import Logging
import Model
import NIOCore
import Providers
import ServiceLifecycle
import Store
import Telemetry

/// What Culprit serves over HTTP. A new page is a folder in `Pages` and a line in `router`.
package struct WebServer: Sendable {
  package struct Settings: Sendable {
    package var host = "127.0.0.1"
    /// 0: any that is free.
    package var port = 8080
    /// Secrets of webhooks by provider; a provider without one isn't listened to.
    package var webhookSecrets: [String: String] = [:]
    /// What `/health/deep` looks at beside the database.
    package var healthChecks: [HealthCheck] = []
    /// What `/metrics` tells; nil: there is no such page.
    package var metrics: PrometheusRegistry?
    /// Whether `/metrics` and `/health` are all there is: for workers, which show no pages.
    package var isOnlyMetrics = false
    /// Where people reach the server; nil: at the address that it listens on.
    package var publicURL: String?
    package var login = LoginSettings()
    /// Holds `templates` and `static`.
    package var folder: String

    package init(folder: String) { self.folder = folder }
  }

  private let backend: Backend
  private let settings: Settings
  private let readers: [any WebhookReader]
  private let shell: Shell
  private let assets: Assets
  private let cookies: Cookies
  private let github: GitHubLogin?
  private let logger: Logger
  private let onListening: @Sendable (_ port: Int) async -> Void

  /// - Parameters:
  ///   - github: for people who log in; nil where none do by GitHub.
  ///   - onListening: told the port once connections are taken.
  /// - Throws: an error that names the template or file that can't be read.
  package init(
    backend: Backend, settings: Settings, readers: [any WebhookReader], github: GitHubLogin? = nil, logger: Logger,
    onListening: @Sendable @escaping (_ port: Int) async -> Void = { _ in }
  ) throws {
    self.backend = backend
    self.settings = settings
    self.readers = readers
    self.logger = logger
    self.onListening = onListening
    assets = try Assets(folder: settings.folder + "/static", extra: ["chart.js": Self.chartLibrary])
    shell = Shell(
      templates: try Templates(folder: settings.folder + "/templates"), assets: assets, hasLogin: !settings.login.isOpen)
    cookies = Cookies(isSecure: settings.publicURL?.hasPrefix("https://") ?? false)
    self.github = github
  }

  /// Where Debian's package libjs-chart.js puts it. Without it there are tables and no charts.
  private static let chartLibrary = "/usr/share/javascript/chart.js/chart.min.js"

  /// Connections at once: more wait in the system's queue. Each holds some memory, and a slow client holds it long.
  private static let mostConnections = 1_000
  /// From so many on, who comes takes the place of the one whose client has been waited for the longest.
  private static let mostWithWaiting = 900
  /// After so many seconds in which nothing comes or goes, a connection is closed.
  private static let idleSeconds: Int64 = 60
  /// Who connects and says nothing takes somebody else's place.
  private static let firstSeconds: Int64 = 15
  /// However slowly a body comes, and while nothing of an answer is taken: see `RequestDeadline`.
  private static let bodySeconds: Int64 = 600
  private static let writeSeconds: Int64 = 60

  /// The server, which runs until its service group is shut down: it takes no more requests then, and answers those that it has.
  package var service: some Service {
    let onListening = onListening
    let places = ConnectionPlaces(most: Self.mostWithWaiting)
    return Application(
      router: router,
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [
            RequestDeadline(
              places: places, firstLimit: .seconds(Self.firstSeconds), bodyLimit: .seconds(Self.bodySeconds),
              writeLimit: .seconds(Self.writeSeconds)),
            HeadRefusal(),
          ],
          idleTimeout: .seconds(Self.idleSeconds),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: HeadRefusal.longestHead, maxHeaderListSize: HeadRefusal.longestHead,
            maxHeaderFieldCount: HeadRefusal.mostFields))),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.host, port: settings.port), serverName: nil,
        availableConnectionsDelegate: .maximum(Self.mostConnections, logger: logger)),
      onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
      logger: logger)
  }

  private var router: Router<WebContext> {
    let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: RequestMetrics())
    router.add(middleware: HeadersMiddleware(isSecure: cookies.isSecure))
    router.add(middleware: ErrorMiddleware(shell: shell))
    // What is called by programs that have ways of their own to prove who they are, or that learn nothing worth hiding.
    HealthRoutes(store: backend.store, checks: settings.healthChecks, logger: logger).add(to: router)
    if !settings.isOnlyMetrics {
      WebhookRoutes(store: backend.store, readers: readers, secrets: settings.webhookSecrets).add(to: router)
      assets.add(to: router)
    }
    // All else is for those whom the gate lets in.
    router.add(
      middleware: Gate(store: backend.store, settings: settings.login, cookies: cookies, publicURL: settings.publicURL))
    // Once more, as only what stands behind the gate knows whom it tells of an error.
    router.add(middleware: ErrorMiddleware(shell: shell))
    if let registry = settings.metrics { MetricsRoutes(store: backend.store, registry: registry).add(to: router) }
    if settings.isOnlyMetrics { return router }
    LoginRoutes(
      store: backend.store, settings: settings.login, github: github, cookies: cookies, shell: shell,
      publicURL: settings.publicURL ?? "http://\(settings.host):\(settings.port)"
    ).add(to: router)
    var site = Site(backend: backend, shell: shell, router: router)
    site.add(CausesPage.page)
    site.add(CommitsPage.page)
    site.add(CommitPage.page)
    site.add(CommitActions.rerun)
    site.add(BuildsPage.page)
    site.add(BuildPage.page)
    site.add(BuildActions.overrule)
    site.add(BuildActions.wrong)
    site.add(BuildActions.known)
    RawLogRoute(backend: backend).add(to: &site, router)
    site.add(PatternsPage.page)
    site.add(PatternPage.page)
    site.add(PatternPage.review)
    site.add(TryPage.page)
    site.add(TryPage.begin)
    site.add(TryPage.stop)
    site.add(TryPage.propose)
    TryRoutes(backend: backend, shell: shell).add(to: &site, router)
    site.add(UnexplainedPage.page)
    site.add(UnexplainedPage.refresh)
    site.add(KnownPage.page)
    site.add(KnownPage.add)
    site.add(KnownPage.resolve)
    site.add(LinePage.page)
    site.add(OperationsPage.page)
    site.add(AuditPage.page)
    EntryRoutes(backend: backend).add(to: &site)
    site.refuseOtherMethods()
    DescriptionRoutes(operations: site.operations, shell: shell).add(to: router)
    return router
  }
}
