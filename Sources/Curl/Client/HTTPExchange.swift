import Foundation

/// One request and what came of it, for whoever counts them. It names the host only: no path, no query, no credential.
package struct HTTPExchange: Sendable, Equatable {
  /// Who was asked first; a redirect may have led elsewhere.
  package let host: String
  /// The class of the status, such as `2xx`, or the kind of error, such as `timed-out`.
  package let result: String
  /// Until the body's end, or the error.
  package let seconds: Double
  /// What the server tells of its limit; nil if it tells none.
  package let limit: Limit?

  /// How often a server may be asked in a period.
  package struct Limit: Sendable, Equatable {
    /// Requests that it grants per period.
    package let granted: Int
    /// Requests that are left of these.
    package let remaining: Int
    /// When the next period begins; nil if it doesn't say.
    package let resetsAt: Date?
  }

  init(_ request: HTTPRequest, _ outcome: Result<HTTPResponse, CurlError>, seconds: Double, now: Date) {
    host = request.url.origin.host
    self.seconds = seconds
    switch outcome {
    case .success(let response):
      result = "\(response.status / 100)xx"
      limit = response.url.origin == request.url.origin ? Limit(response.headers, now: now) : nil
    case .failure(let error):
      result = error.kind.name
      limit = nil
    }
  }
}

extension HTTPExchange.Limit {
  /// GitHub's fields begin with `x-`; those of GitLab and Buildkite don't. The period's end is in seconds since 1970, or from now on.
  init?(_ headers: HTTPHeaders, now: Date) {
    func number(_ name: String) -> Int? { (headers["x-ratelimit-" + name] ?? headers["ratelimit-" + name]).flatMap { Int($0) } }
    guard let granted = number("limit"), let remaining = number("remaining"), granted >= 0, remaining >= 0,
      granted <= Int32.max, remaining <= Int32.max
    else { return nil }
    self.granted = granted
    self.remaining = remaining
    resetsAt = number("reset").flatMap { reset in
      let date = reset > 1_000_000_000 ? Date(timeIntervalSince1970: Double(reset)) : now + Double(reset)
      // No server's period is longer than that; what says so is broken.
      return abs(date.timeIntervalSince(now)) < 31 * 86_400 ? date : nil
    }
  }
}

extension CurlError.Kind {
  /// One word for each kind.
  package var name: String {
    switch self {
    case .cannotResolve: "cannot-resolve"
    case .cannotConnect: "cannot-connect"
    case .tls: "tls"
    case .timedOut: "timed-out"
    case .cutShort: "cut-short"
    case .tooLarge: "too-large"
    case .refusedRedirect: "refused-redirect"
    case .cancelled: "cancelled"
    case .sinkFailed: "sink-failed"
    case .badResponse: "bad-response"
    case .invalidRequest: "invalid-request"
    case .rateLimited: "rate-limited"
    case .circuitOpen: "circuit-open"
    case .outOfMemory: "out-of-memory"
    }
  }
}
