import Synchronization

/// How often someone may ask: so many requests per second in the long run, and a burst of ten seconds' worth.
///
/// A token bucket for each name, kept in memory: a limit for each process, which is what protects a process.
final class RateLimiter: Sendable {
  private struct Bucket {
    var level: Double
    var at: Double
  }

  /// Beyond so many names those are forgotten that could ask at full measure anyway.
  private static let mostNames = 10_000

  private let perSecond: Double
  private let burst: Double
  private let buckets = Mutex<[String: Bucket]>([:])

  init(perSecond: Double, burst: Double? = nil) {
    self.perSecond = perSecond
    self.burst = burst ?? perSecond * 10
  }

  /// Takes one request of a name into account.
  ///
  /// - Parameter now: in seconds, from any beginning.
  /// - Returns: nil if it may be answered; else the seconds until the next may.
  func wait(for name: String, now: Double) -> Double? {
    buckets.withLock { buckets in
      if buckets.count >= Self.mostNames, buckets[name] == nil {
        buckets = buckets.filter { $0.value.level + (now - $0.value.at) * perSecond < burst }
        // All of them have asked lately. Those who asked least may begin anew; who is held back stays so.
        if buckets.count >= Self.mostNames {
          let fullest = buckets.sorted { $0.value.level > $1.value.level }.prefix(Self.mostNames / 2)
          for (name, _) in fullest { buckets[name] = nil }
        }
      }
      var bucket = buckets[name] ?? Bucket(level: burst, at: now)
      bucket.level = min(burst, bucket.level + max(0, now - bucket.at) * perSecond)
      bucket.at = now
      defer { buckets[name] = bucket }
      guard bucket.level >= 1 else { return (1 - bucket.level) / perSecond }
      bucket.level -= 1
      return nil
    }
  }
}
