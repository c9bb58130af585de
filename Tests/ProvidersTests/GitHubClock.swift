import Synchronization

/// The time as a test wants it; seconds since 1970-01-01 00:00 UTC.
final class GitHubClock: Sendable {
  private let time: Mutex<Double>

  init(_ seconds: Double) { time = Mutex(seconds) }

  var now: Double { time.withLock { $0 } }
  func set(_ seconds: Double) { time.withLock { $0 = seconds } }
}
