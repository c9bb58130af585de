import Curl
import Foundation
import Synchronization

/// The time of requests in a test: who sleeps wakes at once, later.
final class FlowClock: Sendable {
  private let offset = Mutex<Double>(0)

  var now: Date { Date() + offset.withLock(\.self) }

  func advance(_ seconds: Double) { offset.withLock { $0 += seconds } }

  var http: HTTPClock {
    HTTPClock(
      now: { self.now },
      sleep: { seconds in
        try Task.checkCancellation()
        self.advance(seconds)
      }, random: { 0 })
  }
}
