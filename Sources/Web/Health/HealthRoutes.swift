import Foundation
import Hummingbird
import Logging
import NIOCore
import Store

/// For load balancers, service managers and monitoring. Open to everybody: the answers hold no secrets.
struct HealthRoutes: Sendable {
  private let database: SharedLook<HealthReport.Check>
  private let deep: SharedLook<HealthReport>

  /// - Parameter checks: what `/health/deep` looks at beside the database and the work in it.
  init(store: Store, checks: [HealthCheck] = [], logger: Logger) {
    let health = DeepHealth(store: store, others: checks, logger: logger)
    // Nobody has to prove who they are here, so however many ask, the database is asked once.
    database = SharedLook(freshness: .zero) { await health.database() }
    deep = SharedLook(freshness: .seconds(3)) { await health.look() }
  }

  func add(to router: Router<WebContext>) {
    // The process answers.
    router.get("health") { _, _ in "ok\n" }
    // It can do its work: the database answers, too.
    router.get("health/ready") { _, _ in
      let isReady = try await database.answer.ok
      return Response(
        status: isReady ? .ok : .serviceUnavailable,
        body: ResponseBody(byteBuffer: ByteBuffer(string: isReady ? "ready\n" : "the database doesn't answer\n")))
    }
    // All that it needs is as it should be, and the work is being done.
    router.get("health/deep") { _, _ in
      let report = try await deep.answer
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return Response(
        status: report.isWell ? .ok : .serviceUnavailable,
        headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(report))))
    }
  }
}
