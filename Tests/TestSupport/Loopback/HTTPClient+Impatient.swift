import Curl
import Foundation
import Synchronization

extension HTTPClient {
  /// The real client, for which waiting takes no time: its clock goes forward instead.
  package static func impatient(_ settings: Settings = Settings()) -> HTTPClient {
    let waited = Waited()
    return HTTPClient(
      settings,
      clock: HTTPClock(
        now: { Date() + waited.seconds.withLock { $0 } },
        sleep: { pause in
          try Task.checkCancellation()
          waited.seconds.withLock { $0 += pause }
        }, random: { 1 }))
  }

  private final class Waited: Sendable {
    let seconds = Mutex<Double>(0)
  }
}
