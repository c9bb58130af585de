import Hummingbird
import NIOCore
import Pipeline
import Providers
import Store
import Telemetry

/// `POST /webhooks/<provider>`: checks the signature, stores the delivery, answers. The work is done later, by workers.
struct WebhookRoutes: Sendable {
  /// GitHub sends up to 25 MB; nobody documents more.
  static let largestBody = 25 << 20
  /// Bodies above this take one of a few places while they are read: a sender is known only when all of the body is here.
  static let smallBody = 256 << 10
  static let mostLargeBodies = 8

  private let store: Store
  private let readers: [String: any WebhookReader]
  private let secrets: [String: String]
  private let places = Places(Self.mostLargeBodies)

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
  /// 413: too large. 503 with `Retry-After`: too many large ones at once. 503 and 500: not stored; the provider, or the next backfill, brings it again.
  private func receive(_ request: Request, from provider: String, _ context: some RequestContext) async throws -> Response {
    guard let reader = readers[provider] else { throw HTTPError(.notFound, message: "there are no webhooks of such a provider") }
    guard let secret = secrets[provider], !secret.isEmpty else {
      throw HTTPError(.notFound, message: "no webhook secret is set for \(provider)")
    }
    var headers: [String: String] = [:]
    for field in request.headers { headers[field.name.canonicalName] = field.value }
    guard reader.signatureFields.contains(where: { headers[$0] != nil }) else {
      Metric.deliveries.add(1, provider, "refused")
      throw HTTPError(.unauthorized, message: "there is no signature")
    }
    if let length = headers["content-length"].flatMap({ Int($0) }), length <= Self.smallBody {
      return try await receive(request, length, headers, by: reader, secret, context)
    }
    do {
      return try await places.take(for: provider) {
        try await receive(request, Self.largestBody, headers, by: reader, secret, context)
      }
    } catch is Places.Full {
      throw WebError(.serviceUnavailable, "too many large deliveries at once", headers: [.retryAfter: "5"])
    }
  }

  private func receive(
    _ request: Request, _ most: Int, _ headers: [String: String], by reader: any WebhookReader, _ secret: String,
    _ context: some RequestContext
  ) async throws -> Response {
    let provider = reader.provider
    let body = try await request.body.collect(upTo: most)
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
