import Metrics
import Testing

@testable import Telemetry

struct PrometheusTests {
  @Test func theTextIsAsTheFormatHasIt() {
    let registry = PrometheusRegistry([
      Metric("jobs_total", .counter, labels: ["name"], "Jobs, \\ and\nmore."), Metric("depth", .gauge, "How deep."),
      Metric("wait_seconds", .histogram([0.1, 1]), labels: ["queue"], "How long."),
    ])
    withMetricsFactory(registry) {
      Counter(label: "jobs_total", dimensions: [("name", "a \"b\" \\ c\nd")]).increment(by: 2)
      Counter(label: "jobs_total", dimensions: [("name", "a \"b\" \\ c\nd")]).increment()
      Gauge(label: "depth").record(2.5)
      let wait = Recorder(label: "wait_seconds", dimensions: [("queue", "scans")])
      for value in [0.05, 0.1, 0.5, 7] { wait.record(value) }
    }
    #expect(
      registry.text == """
        # HELP depth How deep.
        # TYPE depth gauge
        depth 2.5
        # HELP jobs_total Jobs, \\\\ and\\nmore.
        # TYPE jobs_total counter
        jobs_total{name="a \\"b\\" \\\\ c\\nd"} 3
        # HELP wait_seconds How long.
        # TYPE wait_seconds histogram
        wait_seconds_bucket{queue="scans",le="0.1"} 2
        wait_seconds_bucket{queue="scans",le="1"} 3
        wait_seconds_bucket{queue="scans",le="+Inf"} 4
        wait_seconds_sum{queue="scans"} 7.65
        wait_seconds_count{queue="scans"} 4
        # HELP culprit_metrics_dropped_total Measurements that were not kept, as there were too many labels.
        # TYPE culprit_metrics_dropped_total counter
        culprit_metrics_dropped_total 0

        """)
  }

  @Test func whatOthersMeasureGetsANameThatPrometheusTakes() {
    let registry = PrometheusRegistry([])
    withMetricsFactory(registry) {
      Timer(label: "http.server.duration", dimensions: [("http.route", "/x")], preferredDisplayUnit: .seconds).recordMilliseconds(
        20)
      Meter(label: "2nd-place").set(-1)
    }
    #expect(registry.text.contains("# TYPE http_server_duration histogram\n"))
    #expect(registry.text.contains("http_server_duration_sum{http_route=\"/x\"} 0.02\n"))
    #expect(registry.text.contains("\n_2nd_place -1\n"))
  }

  @Test func labelsWithoutNumberDontFillTheMemory() {
    let registry = PrometheusRegistry([])
    withMetricsFactory(registry) {
      for number in 0..<(PrometheusRegistry.mostSeries + 7) {
        Counter(label: "requests_total", dimensions: [("path", "/\(number)")]).increment()
      }
      // Another kind under a name that is taken.
      Gauge(label: "requests_total").record(1)
    }
    #expect(registry.text.split(separator: "\n").count { $0.hasPrefix("requests_total{") } == PrometheusRegistry.mostSeries)
    #expect(registry.text.contains("culprit_metrics_dropped_total 8\n"))
  }

  @Test func everyMetricHasANameOfItsOwnThatSaysWhatItIs() {
    #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
    for metric in Metric.all {
      #expect(metric.name.hasPrefix("culprit_") && PrometheusText.name(metric.name) == metric.name)
      #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"))
      #expect(!metric.help.isEmpty)
    }
  }
}
