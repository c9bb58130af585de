import CoreMetrics
import Synchronization

/// The values of one metric under one set of labels.
final class PrometheusSeries: Sendable {
  enum Kind: Sendable {
    case counter, gauge
    /// The upper bounds of the buckets, without the infinite one.
    case histogram([Double])

    /// Whether values of the other kind can be kept as this one, whatever the bounds.
    func isLike(_ other: Kind) -> Bool {
      switch (self, other) {
      case (.counter, .counter), (.gauge, .gauge), (.histogram, .histogram): true
      default: false
      }
    }
  }

  enum Value: Sendable, Equatable {
    case number(Double)
    /// How many there are up to each bound, all of them, and their sum.
    case histogram(upTo: [(bound: Double, count: Int)], count: Int, sum: Double)

    static func == (left: Value, right: Value) -> Bool {
      switch (left, right) {
      case (.number(let left), .number(let right)): left == right
      case (.histogram(let left, let leftCount, let leftSum), .histogram(let right, let rightCount, let rightSum)):
        leftCount == rightCount && leftSum == rightSum && left.elementsEqual(right) { $0 == $1 }
      default: false
      }
    }
  }

  private struct State {
    var number: Double = 0
    /// How many lie in each bucket, the infinite one last.
    var counts: [Int] = []
  }

  private let bounds: [Double]
  private let isHistogram: Bool
  private let state: Mutex<State>

  init(_ kind: Kind) {
    if case .histogram(let bounds) = kind {
      (self.bounds, isHistogram) = (bounds, true)
      state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    } else {
      (bounds, isHistogram) = ([], false)
      state = Mutex(State())
    }
  }

  var value: Value {
    let state = state.withLock(\.self)
    guard isHistogram else { return .number(state.number) }
    var sum = 0
    let upTo = zip(bounds, state.counts).map { bound, count in
      sum += count
      return (bound: bound, count: sum)
    }
    return .histogram(upTo: upTo, count: sum + (state.counts.last ?? 0), sum: state.number)
  }

  fileprivate func add(_ amount: Double) { state.withLock { $0.number += amount } }
  fileprivate func put(_ value: Double) { state.withLock { $0.number = value } }

  fileprivate func take(_ value: Double) {
    guard isHistogram else { return put(value) }
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.number += value
      state.counts[bucket] += 1
    }
  }
}

extension PrometheusSeries: CounterHandler, FloatingPointCounterHandler {
  func increment(by amount: Int64) { add(Double(amount)) }
  /// Of a counter or a gauge.
  func increment(by amount: Double) { add(amount) }
  func reset() { put(0) }
}

extension PrometheusSeries: MeterHandler {
  func set(_ value: Int64) { put(Double(value)) }
  func set(_ value: Double) { put(value) }
  func decrement(by amount: Double) { add(-amount) }
}

extension PrometheusSeries: RecorderHandler {
  func record(_ value: Int64) { take(Double(value)) }
  func record(_ value: Double) { take(value) }
}

extension PrometheusSeries: TimerHandler {
  /// Kept in seconds, the unit of Prometheus' conventions.
  func recordNanoseconds(_ duration: Int64) { take(Double(duration) / 1e9) }
}
