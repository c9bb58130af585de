import Hummingbird
import Logging
import Providers
import ServiceLifecycle
import Store
import Telemetry

/// What Culprit serves over HTTP. A new page or route family is a folder here and a line in `router`.
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

    package init() {}
  }

  private let store: Store
  private let settings: Settings
  private let readers: [any WebhookReader]
  private let logger: Logger
  private let onListening: @Sendable (_ port: Int) async -> Void

  /// - Parameter onListening: told the port once connections are taken.
  package init(
    store: Store, settings: Settings, readers: [any WebhookReader], logger: Logger,
    onListening: @Sendable @escaping (_ port: Int) async -> Void = { _ in }
  ) {
    self.store = store
    self.settings = settings
    self.readers = readers
    self.logger = logger
    self.onListening = onListening
  }

  /// The server, which runs until its service group is shut down: it takes no more requests then, and answers those that it has.
  package var service: some Service {
    let onListening = onListening
    return Application(
      router: router,
      configuration: ApplicationConfiguration(
        address: .hostname(settings.host, port: settings.port), serverName: nil),
      onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
      logger: logger)
  }

  private var router: Router<BasicRequestContext> {
    let router = Router()
    router.add(middleware: RequestMetrics())
    WebhookRoutes(store: store, readers: readers, secrets: settings.webhookSecrets).add(to: router)
    HealthRoutes(store: store, checks: settings.healthChecks, logger: logger).add(to: router)
    if let registry = settings.metrics { MetricsRoutes(store: store, registry: registry).add(to: router) }
    return router
  }
}
