import Foundation
import Hummingbird
import Logging
import NIOCore
import Store

/// For load balancers, service managers and monitoring. Open to everybody: the answers hold no secrets.
struct HealthRoutes: Sendable {
  private let store: Store
  private let deep: DeepHealth

  /// - Parameter checks: what `/health/deep` looks at beside the database and the work in it.
  init(store: Store, checks: [HealthCheck] = [], logger: Logger) {
    self.store = store
    deep = DeepHealth(store: store, others: checks, logger: logger)
  }

  func add(to router: Router<WebContext>) {
    // The process answers.
    router.get("health") { _, _ in "ok\n" }
    // It can do its work: the database answers, too.
    router.get("health/ready") { _, _ in
      do {
        try await store.ping()
        return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "ready\n")))
      } catch {
        return Response(
          status: .serviceUnavailable, body: ResponseBody(byteBuffer: ByteBuffer(string: "the database doesn't answer\n")))
      }
    }
    // All that it needs is as it should be, and the work is being done.
    router.get("health/deep") { _, _ in
      let report = await deep.report
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return Response(
        status: report.isWell ? .ok : .serviceUnavailable,
        headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(report))))
    }
  }
}
