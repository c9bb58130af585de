import Foundation
import Synchronization

/// Asks servers as a good guest does: tries again what may pass, waits when told to, leaves alone who doesn't answer.
///
/// One client is shared by all who talk to a server, since limits and circuit breakers are per host, and limits per user besides.
package final class HTTPClient: Sendable {
  package struct Settings: Sendable {
    package var retry = HTTPRetryPlan()
    /// A longer wait for a limit is not waited for but thrown, in seconds: the caller may do something else meanwhile.
    package var longestWait: Double = 30
    /// Told of every request that was sent, tries included, from any thread.
    package var observe: @Sendable (HTTPExchange) -> Void = { _ in }
    /// By default as the environment says when the client is made.
    package var trust = HTTPTrust(environment: ProcessInfo.processInfo.environment)

    package init() {}
  }

  private struct User: Hashable {
    let origin: HTTPOrigin
    let credential: [String]
  }

  private struct State {
    var limits: [User: RateLimit] = [:]
    var breakers: [HTTPOrigin: CircuitBreaker] = [:]
    var cache = AnswerCache()
  }

  private let settings: Settings
  private let clock: HTTPClock
  private let state = Mutex(State())

  package init(_ settings: Settings = Settings(), clock: HTTPClock = .system) {
    self.settings = settings
    self.clock = clock
  }

  /// One with the same settings that has learnt nothing yet, and whose memory of credentials goes with it.
  package func anew() -> HTTPClient { HTTPClient(settings, clock: clock) }

  /// Sends a request and collects the answer's body.
  ///
  /// A GET whose answer has an `ETag` is asked for anew only if it changed, unless the request says itself what it has.
  ///
  /// - Returns: the answer, whatever its status.
  /// - Throws: `CurlError`.
  package func send(_ request: HTTPRequest) async throws(CurlError) -> HTTPResponse {
    guard request.method == .get, request.headers["If-None-Match"] == nil else {
      return try await unsafe trying(request, into: nil)
    }
    let key = AnswerCache.Key(url: request.url.absolute, credential: request.headers.credential)
    let known = state.withLock { $0.cache.answer(for: key) }
    var asking = request
    if let etag = known?.etag { asking.unlessMatches(etag) }
    let response = try await unsafe trying(asking, into: nil)
    if response.isNotModified, var known {
      known.isFromCache = true
      return known
    }
    state.withLock { $0.cache.keep(response, for: key) }
    return response
  }

  /// Sends a request and hands the body of an answer of 2xx to a sink, piece by piece. The body of any other answer is collected.
  ///
  /// It is tried again only as long as the sink has got nothing.
  /// - Throws: `CurlError`, `.sinkFailed` with what the sink threw.
  package func send(_ request: HTTPRequest, into sink: @escaping BodySink) async throws(CurlError) -> HTTPResponse {
    try await unsafe trying(request, into: sink)
  }

  // MARK: - Tries

  private func trying(_ request: HTTPRequest, into sink: BodySink?) async throws(CurlError) -> HTTPResponse {
    let mayRepeat = request.isRepeatable
    var tries = 0
    while true {
      try await waitForLimit(request)
      let touched = Touched()
      let counted = unsafe sink.map { sink -> BodySink in
        { bytes in
          touched.mark()
          try unsafe sink(bytes)
        }
      }
      tries += 1
      let outcome = await unsafe once(request, into: counted)
      let next = settings.retry.wait(afterTries: tries, random: clock.random())
      switch outcome {
      case .failure(let error):
        guard error.isTransient, mayRepeat || error.isNotSent, !touched.isMarked, let next else { throw error }
        if case .circuitOpen = error.kind { throw error }
        try await sleep(next, request)
      case .success(let response):
        // A limit is waited for at the top, or thrown there. The request was not done, so any method may go again.
        if learn(request, response), tries < settings.retry.mostTries { continue }
        guard HTTPRetryPlan.passingStatuses.contains(response.status), mayRepeat, let next else { return response }
        var wait = next
        if let told = RetryAfter.date(response.headers, now: clock.now()) {
          wait = told.timeIntervalSince(clock.now())
          guard wait <= settings.longestWait else { return response }
        }
        try await sleep(max(wait, 0), request)
      }
    }
  }

  private func once(_ request: HTTPRequest, into sink: BodySink?) async -> Result<HTTPResponse, CurlError> {
    let origin = request.url.origin
    let answer = state.withLock { $0.breakers[origin, default: CircuitBreaker()].enter(now: clock.now()) }
    if case .wait(let until) = answer {
      return .failure(
        CurlError(
          .circuitOpen(until: until), operation: "request", subject: request.subject,
          cause: "the host has not answered for some time and is left alone for a while"))
    }
    let isTry = answer == .tryOnce
    let began = ContinuousClock.now
    func observed(_ outcome: Result<HTTPResponse, CurlError>) {
      settings.observe(HTTPExchange(request, outcome, seconds: began.duration(to: .now) / .seconds(1), now: clock.now()))
    }
    do throws(CurlError) {
      let response = try await unsafe Transfers.send(request, settings.trust, into: sink)
      observed(.success(response))
      // Where a redirect led to is another host, whose bad day is not this one's.
      let isUp = response.status < 500 || response.url.origin != origin
      state.withLock { $0.breakers[origin]?.leave(isTry: isTry, isUp: isUp, now: clock.now()) }
      return .success(response)
    } catch {
      observed(.failure(error))
      state.withLock { state in
        switch error.kind {
        case .cannotResolve, .cannotConnect, .tls, .timedOut, .cutShort:
          state.breakers[origin]?.leave(isTry: isTry, isUp: false, now: clock.now())
        default: state.breakers[origin]?.withdraw(isTry: isTry)
        }
      }
      return .failure(error)
    }
  }

  // MARK: - Limits

  /// Users that are remembered before those are forgotten that nothing holds back.
  private static let mostLimits = 1_000

  private func user(_ request: HTTPRequest) -> User { User(origin: request.url.origin, credential: request.headers.credential) }

  private func waitForLimit(_ request: HTTPRequest) async throws(CurlError) {
    while let until = state.withLock({ $0.limits[user(request)]?.wait(now: clock.now()) }) {
      let seconds = until.timeIntervalSince(clock.now())
      guard seconds <= settings.longestWait else {
        throw CurlError(
          .rateLimited(until: until), operation: "request", subject: request.subject, cause: "the server's limit is used up")
      }
      try await sleep(max(seconds, 0.01), request)
    }
  }

  /// - Returns: whether the server refused for its limit.
  private func learn(_ request: HTTPRequest, _ response: HTTPResponse) -> Bool {
    // Another host's limits are not those of whom we asked.
    guard response.url.origin == request.url.origin else { return false }
    return state.withLock { state in
      // Tokens of apps end each hour, and their limits need not be remembered for longer than they hold.
      if state.limits.count >= Self.mostLimits {
        let now = clock.now()
        state.limits = state.limits.filter { $0.value.wait(now: now) != nil }
      }
      return state.limits[user(request), default: RateLimit()].learn(
        status: response.status, headers: response.headers, body: response.body, now: clock.now())
    }
  }

  private func sleep(_ seconds: Double, _ request: HTTPRequest) async throws(CurlError) {
    do {
      try await clock.sleep(seconds)
    } catch {
      throw CurlError(.cancelled, operation: "wait", subject: request.subject, cause: "the task was cancelled")
    }
  }
}

/// Whether something has come.
private final class Touched: Sendable {
  private let state = Mutex(false)
  func mark() { state.withLock { $0 = true } }
  var isMarked: Bool { state.withLock(\.self) }
}
