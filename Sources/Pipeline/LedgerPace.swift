import Foundation
import Store

/// How fast what is due gets done, by what is seen whenever someone looks.
package struct LedgerPace: Sendable {
  private struct Sample: Sendable {
    /// Seconds since 1970.
    let at: Double
    let due: Int
  }

  /// Older ones say nothing of now, in seconds.
  private static let longestMemory: Double = 600
  /// Nearer ones say too little.
  private static let shortestSpan: Double = 2

  private var samples: [Sample] = []

  package init() {}

  /// Notes how many pairs are due.
  package mutating func note(due: Int, at now: Double) {
    // New patterns or logs: what was before says nothing of how long this takes.
    if let last = samples.last, due > last.due { samples.removeAll() }
    samples.removeAll { now - $0.at > Self.longestMemory }
    if let last = samples.last, now - last.at < Self.shortestSpan { return }
    samples.append(Sample(at: now, due: due))
  }

  /// Pairs per second; nil until that is known.
  package var pairsPerSecond: Double? {
    guard let first = samples.first, let last = samples.last, last.at - first.at >= Self.shortestSpan, first.due > last.due else {
      return nil
    }
    return Double(first.due - last.due) / (last.at - first.at)
  }

  /// Seconds until all is done, if it goes on like that; nil if that isn't known, or nothing is due.
  package var secondsLeft: Double? {
    guard let due = samples.last?.due, due > 0, let pace = pairsPerSecond else { return nil }
    return Double(due) / pace
  }
}
