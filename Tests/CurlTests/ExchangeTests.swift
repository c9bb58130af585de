import Curl
import Foundation
import Synchronization
import TestSupport
import Testing

/// What those who count requests are told.
@Suite struct ExchangeTests {
  @Test func everyTryIsToldWithWhatTheServerSaysOfItsLimit() async throws {
    let reset = 1_700_003_600
    let answers = Mutex([
      LoopbackServer.Answer(502),
      LoopbackServer.Answer(
        200, headers: [("X-RateLimit-Limit", "5000"), ("X-RateLimit-Remaining", "4999"), ("X-RateLimit-Reset", "\(reset)")], "x"),
      // GitLab's and Buildkite's fields; the time is from now on.
      LoopbackServer.Answer(404, headers: [("RateLimit-Limit", "200"), ("RateLimit-Remaining", "7"), ("RateLimit-Reset", "30")]),
      LoopbackServer.Answer(200, headers: [("X-RateLimit-Limit", "many"), ("X-RateLimit-Remaining", "-1")]),
      LoopbackServer.Answer.nothing,
    ])
    let server = try LoopbackServer { _ in answers.withLock { $0.removeFirst() } }
    defer { server.stop() }
    let told = Mutex<[HTTPExchange]>([])
    var settings = HTTPClient.Settings()
    settings.observe = { exchange in told.withLock { $0.append(exchange) } }
    let time = ManualClock()
    let client = HTTPClient(settings, clock: time.clock)
    for method in [HTTPMethod.get, .get, .get, .post] {
      _ = try? await client.send(HTTPRequest(method, try HTTPURL(server.url + "/secret/path?token=x")))
    }
    let all = told.withLock(\.self)
    #expect(all.map(\.result) == ["5xx", "2xx", "4xx", "2xx", "cut-short"])
    #expect(Set(all.map(\.host)) == ["127.0.0.1"])
    #expect(all.map { $0.limit?.remaining } == [nil, 4_999, 7, nil, nil])
    #expect(all.map { $0.limit?.granted } == [nil, 5_000, 200, nil, nil])
    #expect(all[1].limit?.resetsAt == Date(timeIntervalSince1970: Double(reset)))
    #expect(all[2].limit?.resetsAt == time.now + 30)
  }
}
