import Curl
import Foundation
import Logging
import Providers
import ServiceLifecycle
import Store
import TestSupport
import Web

/// The real web server over a test's database.
final class Endpoint: Sendable {
  struct Refused: Error { let status: Int }

  let sender: WebhookSender
  let reader: GitHubWebhook
  private let group: ServiceGroup
  private let running: Task<Void, any Error>

  static func start(_ ledger: TestLedger, ownApp: Int? = nil) async throws -> Endpoint {
    let reader = GitHubWebhook(ownApp: ownApp)
    var settings = WebServer.Settings(folder: TestLedger.repositoryRoot + "/web")
    settings.port = 0
    settings.webhookSecrets = ["github": WebhookSender.secret]
    let (ports, told) = AsyncStream.makeStream(of: Int.self)
    // One that keeps metadata: a request is known by the id that is in it.
    var logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .critical
    let backend = Backend(store: ledger.store, archive: ledger.archive, database: ledger.database.configuration, logger: logger)
    let server = try WebServer(backend: backend, settings: settings, readers: [reader], logger: logger) { port in
      told.yield(port)
      told.finish()
    }
    let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [server.service], logger: logger))
    let running = Task { try await group.run() }
    for await port in ports { return Endpoint(WebhookSender(url: "http://127.0.0.1:\(port)"), reader, group, running) }
    throw CancellationError()
  }

  private init(_ sender: WebhookSender, _ reader: GitHubWebhook, _ group: ServiceGroup, _ running: Task<Void, any Error>) {
    self.sender = sender
    self.reader = reader
    self.group = group
    self.running = running
  }

  func stop() async {
    await group.triggerGracefulShutdown()
    _ = await running.result
  }
}
