import Foundation

/// Whether and when a request is sent once more: exponential back-off with full jitter ("Exponential Backoff And Jitter",
/// AWS Architecture Blog).
package struct HTTPRetryPlan: Sendable {
  /// Tries in all.
  package var mostTries = 4
  /// The longest wait before the second try, in seconds; each further one may be twice as long.
  package var firstWait: Double = 0.5
  package var longestWait: Double = 20

  package init() {}

  /// Statuses that a server sends when it may do better later.
  static let passingStatuses: Set<Int> = [500, 502, 503, 504]

  /// - Parameters:
  ///   - tries: made so far.
  ///   - random: from 0 to 1.
  /// - Returns: seconds to wait; nil: no further try.
  package func wait(afterTries tries: Int, random: Double) -> Double? {
    guard tries < mostTries else { return nil }
    var most = firstWait
    for _ in 1..<max(tries, 1) { most *= 2 }
    return min(most, longestWait) * random
  }
}
