import CoreMetrics
import Synchronization

/// Keeps what swift-metrics is told, and writes it in Prometheus' text format, version 0.0.4.
///
/// Its size has a limit: of a metric with too many different labels, further ones are not kept, and their number is told.
package final class PrometheusRegistry: MetricsFactory, Sendable {
  /// The media type of `text`.
  package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

  /// Different labels of one metric that are kept.
  static let mostSeries = 500
  /// Different metrics that are kept.
  static let mostFamilies = 500
  /// For what nobody has described: seconds.
  private static let usualBounds = [0.005, 0.02, 0.1, 0.5, 2, 10, 60]

  private struct Family {
    let kind: PrometheusSeries.Kind
    let help: String?
    /// By the text of their labels.
    var series: [String: PrometheusSeries] = [:]
  }

  private struct State {
    var families: [String: Family] = [:]
    /// Series that were not kept.
    var dropped = 0
  }

  private let described: [String: Metric]
  private let state: Mutex<State>

  /// - Parameter metrics: what is described; they appear in the text before anything was measured, if they have no labels.
  package init(_ metrics: [Metric] = Metric.all) {
    described = Dictionary(metrics.map { ($0.name, $0) }) { first, _ in first }
    state = Mutex(State())
    for metric in metrics where metric.labels.isEmpty { _ = series(metric.name, [], Self.kind(metric.kind)) }
  }

  private static func kind(_ kind: Metric.Kind) -> PrometheusSeries.Kind {
    switch kind {
    case .counter: .counter
    case .gauge: .gauge
    case .histogram(let bounds): .histogram(bounds)
    }
  }

  /// The series of a metric, made if need be. One that can't be kept is a series that nobody sees.
  private func series(_ label: String, _ dimensions: [(String, String)], _ kind: PrometheusSeries.Kind) -> PrometheusSeries {
    let name = PrometheusText.name(label)
    let key = PrometheusText.labels(dimensions)
    let metric = described[name]
    return state.withLock { state in
      let isNew = state.families[name] == nil
      if isNew, state.families.count < Self.mostFamilies {
        state.families[name] = Family(kind: metric.map { Self.kind($0.kind) } ?? kind, help: metric?.help)
      }
      guard let family = state.families[name], family.kind.isLike(kind) else {
        state.dropped += 1
        return PrometheusSeries(kind)
      }
      if let series = family.series[key] { return series }
      let series = PrometheusSeries(family.kind)
      guard family.series.count < Self.mostSeries else {
        state.dropped += 1
        return series
      }
      state.families[name]?.series[key] = series
      return series
    }
  }

  /// Everything, sorted by name and labels.
  package var text: String {
    let (families, dropped) = state.withLock { ($0.families, $0.dropped) }
    var text = PrometheusText()
    for (name, family) in families.sorted(by: { $0.key < $1.key }) where !family.series.isEmpty {
      text.begin(name, family.kind, help: family.help)
      for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) { text.add(name, labels, series.value) }
    }
    text.begin("culprit_metrics_dropped_total", .counter, help: "Measurements that were not kept, as there were too many labels.")
    text.add("culprit_metrics_dropped_total", "", .number(Double(dropped)))
    return text.text
  }

  // MARK: - MetricsFactory

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(label, dimensions, .counter)
  }

  package func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
    series(label, dimensions, .counter)
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { series(label, dimensions, .gauge) }

  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    series(label, dimensions, aggregate ? .histogram(Self.usualBounds) : .gauge)
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(label, dimensions, .histogram(Self.usualBounds))
  }

  // What was counted stays counted: Prometheus takes a counter that vanishes for one that began anew.
  package func destroyCounter(_ handler: any CounterHandler) {}
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  package func destroyMeter(_ handler: any MeterHandler) {}
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  package func destroyTimer(_ handler: any TimerHandler) {}
}
