import Foundation
import Logging
import Metrics
import Model
import Pipeline
import Store
import Telemetry
import TestSupport
import Testing

@testable import Web

/// Operations, the main branch, health and metrics.
@Suite struct OperationsPageTests {
  @Test func operationsTellHowTheWorkGoes() async throws {
    try await WebSite.with { site in
      try await site.ledger.enter("an error\n", TestLedger.build("1", finishedAt: WebSite.now - 60))
      try await site.ledger.sync([.test("a/one", match: "error"), .test("a/two", match: "warning")])
      _ = try await site.ledger.store.store(provider: "github", externalID: "1", event: "<push>", headers: [:], body: [])
      let connection = try await site.ledger.database.connect()
      try await connection.run { session in
        try session.execute("UPDATE delivery SET outcome = 'the host <b>doesn''t</b> answer', next_at = now() - interval '1 hour'")
      }
      try await site.ledger.store.record([
        .init(host: "api.example", granted: 5_000, remaining: 321, resetsAt: WebSite.now + 600, toldAt: WebSite.now - 5)
      ])
      try await TallyStage(store: site.ledger.store) { .init(secondsSince1970: WebSite.now) }.run()

      let twin = try await site.json("/operations")
      #expect(twin["ledger"]["due"].number == 2 && twin["ledger"]["done"].number == 0 && twin["ledger"]["logs"].number == 1)
      #expect(twin["queues"][0]["queue"].text == "deliveries" && twin["queues"][0]["due"].number == 1)
      #expect((twin["queues"][0]["oldestDueSeconds"].number ?? 0) > 3_500)
      #expect(twin["limits"][0]["remaining"].number == 321 && twin["hours"].count == 24)
      let page = try await site.page("/operations")
      #expect(page.contains("the host &lt;b&gt;doesn&#39;t&lt;/b&gt; answer") && page.contains("github &lt;push&gt;"))
      #expect(page.contains("321 of 5,000") && page.contains("in 10 min"))
      #expect(page.contains("0 of 2 pairs of 1 log and 2 patterns are done"))
    }
  }

  @Test func theMainBranchTellsWhichCommitsAreBroken() async throws {
    try await WebSite.with { site in
      let day = 86_400.0
      func build(_ id: Int, _ commit: String, _ job: String, _ outcome: Build.Outcome, daysAgo: Double) -> Build {
        TestLedger.build(
          "\(id)", commit: String(repeating: commit, count: 40), job: job, outcome: outcome, finishedAt: WebSite.now - daysAgo * day
        )
      }
      try await site.ledger.sync([
        .test("net/reset", match: "reset", verdict: .flaky, reviewBy: CalendarDay("2099-01-01")),
        .test("build/error", match: "error:"),
      ])
      try await site.ledger.enter("fine\n", build(1, "a", "linux <x>", .success, daysAgo: 3))
      try await site.ledger.enter("error: x\n", build(2, "b", "linux <x>", .failure, daysAgo: 2))
      try await site.ledger.enter("reset\n", build(3, "b", "mac", .failure, daysAgo: 2))
      try await site.ledger.enter("error: x\n", build(4, "c", "mac", .failure, daysAgo: 1))
      try await site.ledger.enter("fine\n", build(5, "c", "linux <x>", .success, daysAgo: 1))
      _ = try await site.ledger.rescan()
      try await TallyStage(store: site.ledger.store) { .init(secondsSince1970: WebSite.now) }.run()

      let twin = try await site.json("/main")
      #expect(twin["repository"].text == "acme/engine" && twin["branch"].text == "main")
      let states = (0..<3).map { commit in
        let cells = twin["commits"][commit]["jobs"]
        return (0..<cells.count).map { "\(cells[$0]["job"].text ?? "") \(cells[$0]["state"].text ?? "")" }
      }
      #expect(
        states == [["linux <x> passed", "mac failed"], ["linux <x> failed", "mac excused"], ["linux <x> passed"]])
      #expect((0..<3).map { twin["commits"][$0]["attention"].number } == [1, 1, 0])
      #expect(twin["shares"].count == 3)
      let page = try await site.page("/main")
      #expect(page.contains("67 %") && page.contains("ci/linux &lt;x&gt;") && !page.contains("linux <x>"))
      #expect(page.contains("title=\"failed, new, build/error\"") && page.contains("title=\"excused, flaky, net/reset\""))
      // One page after the other shows each commit once.
      let first = try await site.json("/main?limit=2")
      let cursor = try #require(first["next"].text)
      let second = try await site.json("/main?limit=2&cursor=\(cursor)")
      #expect(first["commits"].count == 2 && second["commits"].count == 1)
      #expect(second["commits"][0]["commit"].text == String(repeating: "a", count: 40))
      #expect(try await site.get("/api/v1/main?cursor=abc").status == 400)
    }
  }

  @Test func jobsOfTheMainBranchAreNotTakenForOneAnother() async throws {
    try await WebSite.with { site in
      let job = "build (linux/amd64)"
      try await site.ledger.sync([.test("build/error", match: "error:")])
      for (provider, log, outcome) in [("folder", "fine\n", Build.Outcome.success), ("jenkins", "error: x\n", .failure)] {
        var build = TestLedger.build(provider, job: job, outcome: outcome, finishedAt: WebSite.now - 60)
        build.provider = provider
        try await site.ledger.enter(log, build)
      }
      _ = try await site.ledger.rescan()
      try await TallyStage(store: site.ledger.store) { .init(secondsSince1970: WebSite.now) }.run()
      let cells = try await site.json("/main")["commits"][0]["jobs"]
      #expect((0..<2).map { cells[$0]["provider"].text } == ["folder", "jenkins"] && cells[0]["job"].text == job)
      #expect(cells[0]["workflow"].text == "ci")
      let page = try await site.page("/main")
      #expect(page.contains("ci/\(job) (folder)") && page.contains("ci/\(job) (jenkins)"))
      #expect(page.contains("title=\"failed, new, build/error\"") && page.contains("title=\"passed\""))
      #expect(page.contains("job=build%20%28linux%2Famd64%29"))
    }
  }

  @Test func pagesSayWhenThereIsNothing() async throws {
    try await WebSite.with { site in
      _ = try await site.suggestions()
      for (path, text) in [
        ("/main", "No branch has builds yet"),
        ("/unexplained", "there is no failed build that is read to the end and that nothing explains"),
        ("/known", "There are none."), ("/operations", "Nothing does."), ("/try", "Expression (PCRE2)"),
      ] {
        let page = try await site.page(path)
        #expect(page.contains(text), "\(path)")
        #expect(!page.contains("{{"), "\(path)")
      }
    }
  }

  @Test func deepHealthTellsWhatIsWrong() async throws {
    let checks = [
      HealthCheck("archive") { .well("can be written and read") },
      HealthCheck("patterns") { throw HealthError(password: "hush") },
    ]
    try await WebSite.with({ $0.healthChecks = checks }) { site in
      let wrong = try await site.get("/health/deep")
      #expect(wrong.status == 503)
      let report = try JSONValue(wrong.body)
      #expect(report["status"].text == "failing")
      let names = (0..<report["checks"].count).map { report["checks"][$0]["name"].text ?? "" }
      #expect(names == ["database", "queues", "workers", "archive", "patterns"])
      let areWell = (0..<names.count).map { report["checks"][$0]["ok"].flag }
      #expect(areWell == [true, true, true, true, false])
      #expect(!String(decoding: wrong.body, as: UTF8.self).contains("hush"))
    }
  }

  @Test func deepHealthWaitsForNothing() async throws {
    try await TestLedger.with { ledger in
      // The database answers, and its table of deliveries doesn't.
      let connection = try await ledger.database.connect()
      let (holding, held) = AsyncStream.makeStream(of: Void.self)
      let release = DispatchSemaphore(value: 0)
      let holder = Task {
        try await connection.transaction { session in
          try session.execute("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE")
          held.finish()
          release.wait()
        }
      }
      for await _ in holding {}
      var health = DeepHealth(store: ledger.store, others: [], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      health.longestLook = .milliseconds(100)
      let report = await health.look()
      #expect(report.checks.contains { $0.name == "queues" && !$0.ok && $0.detail.contains("longer than") })
      release.signal()
      try await holder.value
    }
  }

  @Test func deepHealthIsWellAndTellsWorkThatNobodyDoes() async throws {
    try await WebSite.with { site in
      let well = try await site.get("/health/deep")
      #expect(well.status == 200)
    }
    try await WebSite.with { site in
      _ = try await site.ledger.store.store(provider: "github", externalID: "1", event: "push", headers: [:], body: [])
      let connection = try await site.ledger.database.connect()
      try await connection.run { try $0.execute("UPDATE delivery SET next_at = now() - interval '1 hour'") }
      let wrong = try await site.get("/health/deep")
      #expect(wrong.status == 503)
      let text = String(decoding: wrong.body, as: UTF8.self)
      #expect(text.contains("overdue: deliveries for 36") && text.contains("none is alive, and work is due"))
    }
  }

  @Test func metricsTellRequestsByRouteAndTheQueues() async throws {
    let registry = PrometheusRegistry()
    try await withMetricsFactory(registry) {
      try await WebSite.with({ $0.metrics = registry }) { site in
        _ = try await site.ledger.store.store(provider: "github", externalID: "1", event: "push", headers: [:], body: [])
        _ = try await site.get("/known?state=all")
        _ = try await site.get("/no/such/\"page\"")
        _ = try await site.post("/webhooks/github", "{}", type: "application/json")
        let answer = try await site.get("/metrics")
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let lines = Set(String(decoding: answer.body, as: UTF8.self).split(separator: "\n"))
        #expect(lines.contains("culprit_http_requests_total{method=\"GET\",route=\"/known\",status=\"200\"} 1"))
        #expect(lines.contains("culprit_http_requests_total{method=\"GET\",route=\"NotFound\",status=\"404\"} 1"))
        #expect(lines.contains("culprit_queue_due{queue=\"deliveries\"} 1"))
        #expect(lines.contains("culprit_workers 0"))
        #expect(lines.contains("# TYPE culprit_http_request_duration_seconds histogram"))
        #expect(!lines.contains { $0.contains("such") })
      }
    }
  }

  private struct HealthError: Error, CustomStringConvertible {
    let password: String
    var description: String { "the password \(password) is wrong" }
  }
}
