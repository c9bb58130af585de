import Hummingbird
import NIOCore
import Providers
import Store
import Telemetry

/// `POST /webhooks/<provider>`: checks the signature, stores the delivery, answers. The work is done later, by workers.
struct WebhookRoutes: Sendable {
  /// GitHub sends up to 25 MB; nobody documents more.
  static let largestBody = 25 << 20

  private let store: Store
  private let readers: [String: any WebhookReader]
  private let secrets: [String: String]

  init(store: Store, readers: [any WebhookReader], secrets: [String: String]) {
    self.store = store
    self.readers = Dictionary(readers.map { ($0.provider, $0) }) { first, _ in first }
    self.secrets = secrets
  }

  func add(to router: Router<WebContext>) {
    router.post("webhooks/:provider") { request, context in
      try await receive(request, from: context.parameters.require("provider"), context)
    }
  }

  /// 202: stored. 200: it was stored before. 401: not signed with our secret. 404: no such provider, or none with a secret.
  /// 413: too large. 503 and 500: not stored; the provider, or the next backfill, brings it again.
  private func receive(_ request: Request, from provider: String, _ context: some RequestContext) async throws -> Response {
    guard let reader = readers[provider] else { throw HTTPError(.notFound, message: "there are no webhooks of such a provider") }
    guard let secret = secrets[provider], !secret.isEmpty else {
      throw HTTPError(.notFound, message: "no webhook secret is set for \(provider)")
    }
    let body = try await request.body.collect(upTo: Self.largestBody)
    var headers: [String: String] = [:]
    for field in request.headers { headers[field.name.canonicalName] = field.value }
    let delivery = WebhookRequest(headers: headers, body: Array(body.readableBytesView))
    guard reader.isSigned(delivery, secret: secret) else {
      Metric.deliveries.add(1, provider, "refused")
      throw HTTPError(.unauthorized, message: "the signature is wrong")
    }
    let id = reader.deliveryID(delivery)
    let isNew = try await store.store(
      provider: provider, externalID: id, event: reader.eventName(delivery), headers: Self.kept(headers), body: delivery.body)
    Metric.deliveries.add(1, provider, isNew ? "new" : "repeated")
    context.logger.info("took a delivery", metadata: ["delivery": "\(id)", "provider": "\(provider)", "repeated": "\(!isNew)"])
    return Response(status: isNew ? .accepted : .ok)
  }

  /// What readers look at. Signatures and tokens are not kept.
  private static func kept(_ headers: [String: String]) -> [String: String] {
    headers.filter { name, value in
      (name.hasPrefix("x-github-") || name.hasPrefix("x-gitlab-event") || name.hasPrefix("x-buildkite-event")
        || name.hasPrefix("circleci-event") || name == "content-type" || name == "x-gitlab-webhook-uuid"
        || name == "x-buildkite-request") && value.utf8.count <= 1_024
    }
  }
}
