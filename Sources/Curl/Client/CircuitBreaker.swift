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

  /// What whoever wants to send a request is told.
  package enum Answer: Sendable, Equatable {
    /// Go ahead, and report how it went.
    case goAhead
    /// The same; on this request it depends whether the host is left alone for longer.
    case tryOnce
    /// The host is left alone until then.
    case wait(until: Date)
  }

  /// Asks for leave to send a request.
  package mutating func enter(now: Date) -> Answer {
    guard let openUntil else { return .goAhead }
    if now < openUntil { return .wait(until: openUntil) }
    // One goes ahead; the others wait for what becomes of it.
    if isTrying { return .wait(until: now + 1) }
    isTrying = true
    return .tryOnce
  }

  /// A request has ended.
  ///
  /// - Parameters:
  ///   - isTry: whether it was told to try once. What was under way when the host was first left alone prolongs nothing.
  ///   - isUp: whether the host answered, whatever it said; 5xx is no answer.
  package mutating func leave(isTry: Bool, isUp: Bool, now: Date) {
    if isTry { isTrying = false }
    if isUp {
      self = CircuitBreaker()
      return
    }
    failures += 1
    if isTry {
      pause = min(pause * 2, Self.longestPause)
      openUntil = now + pause
    } else if openUntil == nil, failures >= Self.mostFailures {
      openUntil = now + pause
    }
  }

  /// The request ended without telling anything of the host: it was cancelled.
  package mutating func withdraw(isTry: Bool) {
    if isTry { isTrying = false }
  }
}
