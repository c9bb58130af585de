import Curl
import Foundation
import Synchronization
import TestSupport
import Testing

/// What the client does beyond one request: tries again, waits, leaves alone, remembers.
@Suite struct ClientTests {
  private let time = ManualClock()
  private let client: HTTPClient

  init() { client = HTTPClient(clock: time.clock) }

  private func request(_ server: LoopbackServer, _ path: String = "/", _ method: HTTPMethod = .get, token: String? = nil) throws
    -> HTTPRequest
  {
    var request = HTTPRequest(method, try HTTPURL(server.url + path))
    if let token { request.headers.add("Authorization", token) }
    return request
  }

  /// Answers one after the other; the last one again and again.
  private func server(_ answers: [LoopbackServer.Answer]) throws -> LoopbackServer {
    let next = Mutex(0)
    return try LoopbackServer { _ in
      answers[
        next.withLock { next in
          defer { next += 1 }
          return min(next, answers.count - 1)
        }]
    }
  }

  @Test func whatMayPassIsTriedAgainWithGrowingPauses() async throws {
    let server = try server([.nothing, .init(502), .init(503), .init(200, "done")])
    defer { server.stop() }
    #expect(try await client.send(try request(server)).status == 200)
    #expect(server.requests.count == 4)
    // The jitter of this clock is always 1.
    #expect(time.slept == [0.5, 1, 2])
  }

  @Test func itIsGivenUp() async throws {
    let server = try server([.init(500, "broken")])
    defer { server.stop() }
    let response = try await client.send(try request(server))
    #expect(response.status == 500)
    #expect(server.requests.count == 4)
  }

  /// A comment must not be written twice because its answer was lost.
  @Test func whatMayHaveBeenDoneIsNotDoneAgain() async throws {
    for answer in [LoopbackServer.Answer.nothing, .init(502)] {
      let server = try server([answer, .init(200)])
      defer { server.stop() }
      _ = try? await client.send(try request(server, "/", .post))
      #expect(server.requests.count == 1)
      var safe = try request(server, "/", .post)
      safe.isRepeatable = true
      #expect(try await client.send(safe).status == 200)
    }
  }

  @Test func aBodyThatHasBegunIsNotBegunAgain() async throws {
    let server = try server([.init(200, pieces: [.bytes([1, 2]), .cut], length: 10), .init(200, "whole")])
    defer { server.stop() }
    let got = Mutex(0)
    let sent = try request(server)
    await #expect(throws: CurlError.self) {
      _ = try await client.send(sent) { bytes in got.withLock { $0 += bytes.count } }
    }
    #expect(got.withLock(\.self) == 2)
    #expect(server.requests.count == 1)
  }

  // MARK: - Limits

  @Test(arguments: ["7", "Tue, 14 Nov 2023 22:13:27 GMT"]) func retryAfterIsHeeded(value: String) async throws {
    let server = try server([.init(429, headers: [("Retry-After", value)]), .init(200)])
    defer { server.stop() }
    // A refused request was not done, so even a POST goes again.
    #expect(try await client.send(try request(server, "/", .post)).status == 200)
    #expect(time.slept == [7])
  }

  @Test func aLongWaitIsTheCallersBusiness() async throws {
    let server = try server([
      .init(403, headers: [("Retry-After", "3600")], "You have exceeded a secondary rate limit."), .init(200),
    ])
    defer { server.stop() }
    let sent = try request(server, token: "a")
    for _ in 0..<2 {
      let error = await #expect(throws: CurlError.self) { _ = try await client.send(sent) }
      #expect(error?.kind == .rateLimited(until: Date(timeIntervalSince1970: 1_700_003_600)))
    }
    // The second one didn't even go out; another user isn't concerned, and later it goes.
    #expect(server.requests.count == 1)
    #expect(try await client.send(try request(server, token: "b")).status == 200)
    time.advance(3_601)
    #expect(try await client.send(sent).status == 200)
  }

  @Test func someRequestsAreLeftForPeople() async throws {
    let server = try server([
      .init(200, headers: [("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "50"), ("x-ratelimit-reset", "1700000010")]),
      .init(200),
    ])
    defer { server.stop() }
    #expect(try await client.send(try request(server)).status == 200)
    #expect(try await client.send(try request(server)).status == 200)
    #expect(time.slept == [10])
  }

  @Test func forbiddenIsNoLimit() async throws {
    let server = try server([.init(403, "Resource not accessible by integration")])
    defer { server.stop() }
    #expect(try await client.send(try request(server)).status == 403)
    #expect(time.slept == [])
  }

  // MARK: - Circuit breaker

  @Test func aDeadHostIsLeftAlone() async throws {
    let server = try server(Array(repeating: .init(500), count: 9) + [.init(200)])
    defer { server.stop() }
    _ = try await client.send(try request(server))
    _ = try await client.send(try request(server))
    #expect(server.requests.count == 8)
    let sent = try request(server)
    let error = await #expect(throws: CurlError.self) { _ = try await client.send(sent) }
    guard case .circuitOpen(let until)? = error?.kind else {
      Issue.record("it is \(String(describing: error))")
      return
    }
    #expect(server.requests.count == 8)
    time.advance(until.timeIntervalSince(time.now) + 1)
    // One try; it fails, and the pause grows.
    _ = try? await client.send(try request(server, "/", .post))
    #expect(server.requests.count == 9)
    await #expect(throws: CurlError.self) { _ = try await client.send(sent) }
    time.advance(600)
    #expect(try await client.send(sent).status == 200)
    #expect(try await client.send(sent).status == 200)
  }

  /// What was under way when the host was first left alone prolongs nothing, and lets nobody else in.
  @Test func stragglersDoNotProlongThePause() {
    var breaker = CircuitBreaker()
    let now = Date(timeIntervalSince1970: 0)
    for _ in 0..<24 { #expect(breaker.enter(now: now) == .goAhead) }
    for _ in 0..<20 { breaker.leave(isTry: false, isUp: false, now: now) }
    guard case .wait(let until) = breaker.enter(now: now) else {
      Issue.record("it is closed")
      return
    }
    #expect(until == now + 15)
    #expect(breaker.enter(now: until) == .tryOnce)
    breaker.withdraw(isTry: false)
    breaker.leave(isTry: false, isUp: false, now: until)
    #expect(breaker.enter(now: until) == .wait(until: until + 1))
    breaker.leave(isTry: true, isUp: false, now: until)
    #expect(breaker.enter(now: until) == .wait(until: until + 30))
  }

  /// Each host for itself: neither another server nor the file store behind a redirect closes the way.
  @Test func anotherHostsBadDayIsItsOwn() async throws {
    let store = try server([.init(503)])
    let api = try LoopbackServer { [url = store.otherURL] request in
      request.target == "/log" ? .init(302, headers: [("Location", url + "/signed")]) : .init(200, "fine")
    }
    defer {
      store.stop()
      api.stop()
    }
    for _ in 0..<5 { #expect(try await client.send(try request(api, "/log")).status == 503) }
    #expect(store.requests.count == 20)
    #expect(try await client.send(try request(api)).status == 200)
    // It has a circuit breaker of its own.
    for _ in 0..<2 { #expect(try await client.send(try request(store)).status == 503) }
    let sent = try request(store)
    await #expect { _ = try await client.send(sent) } throws: { error in
      if case .circuitOpen? = (error as? CurlError)?.kind { true } else { false }
    }
    #expect(try await client.send(try request(api)).status == 200)
  }

  // MARK: - Memory

  @Test func whatIsKnownIsAskedForByItsTag() async throws {
    let server = try LoopbackServer { request in
      request.headers["if-none-match"] == "\"1\"" ? .init(304) : .init(200, headers: [("ETag", "\"1\"")], "body")
    }
    defer { server.stop() }
    #expect(try await client.send(try request(server, token: "a")).isFromCache == false)
    let again = try await client.send(try request(server, token: "a"))
    #expect(again.isFromCache)
    #expect(again.status == 200)
    #expect(String(decoding: again.body, as: UTF8.self) == "body")
    // What one user may see is not shown to another.
    #expect(try await client.send(try request(server, token: "b")).isFromCache == false)
    // Who says itself what it has gets the plain answer.
    var own = try request(server, token: "a")
    own.unlessMatches("\"1\"")
    #expect(try await client.send(own).isNotModified)
  }

  @Test func theNextPageIsFound() async throws {
    let server = try server([
      .init(
        200,
        headers: [
          ("Link", "<https://x/a?q=\"1,2\"&p=1>; rel=\"prev\"; title=\"a, b\", </next?page=3>; rel=\"last next\""),
          ("Link", "<c>; rel=c"),
        ])
    ])
    defer { server.stop() }
    #expect(try await client.send(try request(server)).nextPage == "/next?page=3")
  }

  /// Nothing of a secret is in what an error says.
  @Test func errorsTellNoSecrets() async throws {
    let server = try LoopbackServer { _ in .nothing }
    defer { server.stop() }
    var sent = try request(server, "/path?sig=topsecret", .post, token: "Bearer topsecret")
    sent.headers.add("Circle-Token", "topsecret", secret: true)
    do {
      _ = try await client.send(sent)
      Issue.record("there is an answer")
    } catch {
      #expect(error.description.contains("/path"))
      for text in ["\(error)", "\(error.subject)", String(reflecting: error), "\(sent.headers)"] {
        #expect(!text.contains("topsecret"))
      }
    }
  }
}
