import Hummingbird
import NIOCore
import Store
import Telemetry

/// `/metrics`: what this process counted, and how the queues stand that all processes share.
struct MetricsRoutes: Sendable {
  let store: Store
  let registry: PrometheusRegistry

  func add(to router: Router<WebContext>) {
    router.get("metrics") { _, context in
      _ = try Site.viewer(of: context, .reader)
      await noteQueues()
      return Response(
        status: .ok, headers: [.contentType: PrometheusRegistry.mediaType, .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: registry.text)))
    }
  }

  /// What can't be read is not a number, rather than what it was.
  private func noteQueues() async {
    let states = try? await store.queueDepths()
    for kind in Store.WorkKind.allCases {
      let state = states?.first { $0.kind == kind }
      guard states == nil || state != nil else { continue }
      Metric.queueWaiting.set(state.map { Double($0.waiting) } ?? .nan, kind.rawValue)
      Metric.queueDue.set(state.map { Double($0.due) } ?? .nan, kind.rawValue)
      Metric.queueAge.set(state.map { $0.oldestSeconds ?? 0 } ?? .nan, kind.rawValue)
    }
    let workers = try? await store.workers().count(where: \.isAlive)
    Metric.workers.set(workers.map(Double.init) ?? .nan)
    let coverage = try? await store.coverage()
    Metric.ledgerPairs.set(coverage.map { Double($0.done) } ?? .nan, "done")
    Metric.ledgerPairs.set(coverage.map { Double($0.due) } ?? .nan, "due")
    Metric.ledgerPairs.set(coverage.map { Double($0.inconclusive) } ?? .nan, "inconclusive")
  }
}
