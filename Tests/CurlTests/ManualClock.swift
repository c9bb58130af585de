import Curl
import Foundation
import Synchronization

/// A clock that a test moves: whoever sleeps wakes at once, later.
final class ManualClock: Sendable {
  private let state = Mutex<(now: Date, slept: [Double])>((Date(timeIntervalSince1970: 1_700_000_000), []))

  var now: Date { state.withLock(\.now) }
  var slept: [Double] { state.withLock(\.slept) }

  func advance(_ seconds: Double) { state.withLock { $0.now += seconds } }

  var clock: HTTPClock {
    HTTPClock(
      now: { self.now },
      sleep: { seconds in
        try Task.checkCancellation()
        self.state.withLock { state in
          state.now += seconds
          state.slept.append(seconds)
        }
      }, random: { 1 })
  }
}
