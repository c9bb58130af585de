import Providers
import Store

/// When a request to a provider is worth another try, and what it means if it isn't.
package struct RetryPlan: Sendable {
  /// Tries that may go wrong before it is given up.
  package var most = 12
  /// Further tries where the provider doesn't answer at all: a week of them, as outages end and logs are kept for longer.
  package var moreWhileDown = 168
  /// Waits before the second try, in seconds; each further one is twice as long.
  package var firstWait: Double = 10
  package var longestWait: Double = 3_600
  /// Further tries where the provider doesn't let us in, and the longest wait between them, in seconds: a week of them, as whoever mends
  /// a token may be away over the weekend, but few, as they come for everything that the token isn't good for.
  package var moreWhileRefused = 42
  package var longestWaitWhileRefused: Double = 14_400
  /// How long a finished build's log may be on its way, in seconds: "not found" and an empty body are believed only afterwards.
  package var settlingTime: Double = 600

  package init() {}

  /// - Parameters:
  ///   - attempts: tries that went wrong before this one.
  ///   - age: of the build in the database, in seconds.
  ///   - now: seconds since 1970-01-01 00:00 UTC.
  package func next(after error: ProviderError, attempts: Int, age: Double, now: Double) -> NextTry {
    switch error.reason {
    case .gone: return .gone
    case .notFound where age >= settlingTime && attempts >= 2: return .gone
    case .empty where age >= settlingTime && attempts >= 2: return .failed
    case .rateLimited: return .later(seconds: min(max((error.retryAt ?? now + 60) - now, 1), longestWait))
    case .refused, .unsupported, .tooLarge: return .failed
    // Someone may mend the token, so this is tried for long, but seldom.
    case .unauthorized, .forbidden:
      return attempts + 1 >= most + moreWhileRefused
        ? .failed : .after(seconds: wait(attempts, first: 300, longest: longestWaitWhileRefused))
    case .malformed: return attempts >= 2 ? .failed : .after(seconds: wait(attempts, first: firstWait))
    case .serverError, .timedOut, .unreachable:
      return attempts + 1 >= most + moreWhileDown ? .failed : .after(seconds: wait(attempts, first: firstWait))
    case .notFound, .cutShort, .linkExpired, .notReady, .empty:
      return attempts + 1 >= most ? .failed : .after(seconds: wait(attempts, first: firstWait))
    }
  }

  /// Twice as long each time.
  package func wait(_ attempts: Int, first: Double, longest: Double? = nil) -> Double {
    var wait = first
    for _ in 0..<min(attempts, 20) { wait *= 2 }
    return min(wait, longest ?? longestWait)
  }
}
