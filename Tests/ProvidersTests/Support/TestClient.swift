import Curl
import Foundation
import Synchronization

/// The client that the providers are tested with: the real one, for which waiting takes no time.
enum TestClient {
  static func make() -> HTTPClient {
    let waited = Waited()
    return HTTPClient(
      clock: HTTPClock(
        now: { Date() + waited.seconds.withLock { $0 } }, sleep: { pause in waited.seconds.withLock { $0 += pause } }, random: { 1 }
      ))
  }

  private final class Waited: Sendable {
    let seconds = Mutex<Double>(0)
  }
}
