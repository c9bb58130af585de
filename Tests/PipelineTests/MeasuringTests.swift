import Metrics
import Telemetry
import Testing

/// What workers do is counted where it is done.
@Suite struct MeasuringTests {
  @Test func theWayOfABuildIsCounted() async throws {
    let registry = PrometheusRegistry()
    try await withMetricsFactory(registry) {
      try await Flow.with { flow in
        try await flow.finish("linux", id: 1, "a\nconnection reset by peer\n")
        try await flow.finish("lint", id: 2, nil)
        try await flow.worker().drain()
      }
    }
    let lines = Set(registry.text.split(separator: "\n").map(String.init))
    for line in [
      "culprit_fetches_total{provider=\"github\",result=\"stored\"} 1",
      "culprit_fetches_total{provider=\"github\",result=\"gone\"} 1",
      "culprit_fetched_bytes_total{provider=\"github\"} 27", "culprit_scanned_logs_total 1", "culprit_scanned_bytes_total 27",
      "culprit_scanned_pairs_total 4", "culprit_findings_total 1",
      "culprit_posts_total{kind=\"status\",result=\"posted\"} 1",
      "culprit_steps_total{queue=\"fetches\",result=\"done\"} 1", "culprit_steps_total{queue=\"fetches\",result=\"problem\"} 1",
    ] { #expect(lines.contains(line), "\(line)") }
    // A commit is judged as often as something of it changes.
    for kind in ["flaky", "unread"] {
      #expect(lines.contains { $0.hasPrefix("culprit_verdicts_total{kind=\"\(kind)\"} ") }, "\(kind)")
    }
  }
}
