import Foundation

/// Leaves a host alone for a while that doesn't answer.
///
///     closed ──(failures in a row)──► open ──(time)──► one try ──(success)──► closed
///                                      ▲                  └────(failure)───► open, for longer
package struct CircuitBreaker: Sendable, Equatable {
  /// Failures in a row that open it.
  package static let mostFailures = 8
  private static let firstPause: Double = 15
  private static let longestPause: Double = 300

  private var failures = 0
  private var openUntil: Date?
  private var pause = firstPause
  private var isTrying = false

  package init() {}

  /// Asks for leave to send a request. Whoever gets it reports how it went.
  ///
  /// - Returns: until when the host is left alone; nil: go ahead.
  package mutating func enter(now: Date) -> Date? {
    guard let openUntil else { return nil }
    if now < openUntil { return openUntil }
    // One goes ahead; the others wait for what becomes of it.
    if isTrying { return now + 1 }
    isTrying = true
    return nil
  }

  /// - Parameter isUp: whether the host answered, whatever it said; 5xx is no answer.
  package mutating func leave(isUp: Bool, now: Date) {
    isTrying = false
    if isUp {
      self = CircuitBreaker()
      return
    }
    failures += 1
    if openUntil != nil {
      pause = min(pause * 2, Self.longestPause)
      openUntil = now + pause
    } else if failures >= Self.mostFailures {
      openUntil = now + pause
    }
  }

  /// The request ended without telling anything of the host: it was cancelled.
  package mutating func withdraw() { isTrying = false }
}
