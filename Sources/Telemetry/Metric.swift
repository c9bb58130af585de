import Metrics

/// Something that is measured: its name, what it means, and the labels that each of its series has.
///
/// Names and units follow Prometheus' conventions: base units, `_total` for what only grows. Labels have few different values, chosen by
/// the program or its configuration; nothing that a log, a person or a request names freely may be one.
package struct Metric: Sendable {
  /// How its values are kept.
  package enum Kind: Sendable, Equatable {
    /// Only grows.
    case counter
    /// The last value counts.
    case gauge
    /// Counted by size; the upper bounds of the buckets, growing, without the infinite one.
    case histogram([Double])
  }

  package let name: String
  package let kind: Kind
  /// One sentence.
  package let help: String
  /// Names of the labels, in the order in which values are given.
  package let labels: [String]

  init(_ name: String, _ kind: Kind, labels: [String] = [], _ help: String) {
    self.name = name
    self.kind = kind
    self.labels = labels
    self.help = help
  }

  /// Counts something that happened.
  ///
  /// - Parameter values: those of the labels, in their order.
  package func add(_ amount: Int = 1, _ values: String...) {
    guard amount > 0 else { return }
    Counter(label: name, dimensions: dimensions(values)).increment(by: Int64(amount))
  }

  /// Notes the value that a gauge has now.
  package func set(_ value: Double, _ values: String...) {
    Gauge(label: name, dimensions: dimensions(values)).record(value)
  }

  /// Counts a size, or a time in seconds, in its bucket.
  package func observe(_ value: Double, _ values: String...) {
    Recorder(label: name, dimensions: dimensions(values)).record(value)
  }

  /// Counts the time since `began` in its bucket.
  package func observe(since began: ContinuousClock.Instant, _ values: String...) {
    Recorder(label: name, dimensions: dimensions(values)).record(began.duration(to: .now) / .seconds(1))
  }

  private func dimensions(_ values: [String]) -> [(String, String)] {
    precondition(values.count == labels.count, "\(name) has the labels \(labels)")
    return Array(zip(labels, values))
  }
}
