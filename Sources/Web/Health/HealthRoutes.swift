import Hummingbird
import Store

/// For load balancers and service managers.
struct HealthRoutes: Sendable {
  let store: Store

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
  }
}
