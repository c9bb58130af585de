/// Why a provider did not give what it was asked for. Each is an outcome of its own in the database; none is ever read as an empty log.
package struct ProviderError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Reason: String, Sendable, CaseIterable {
    /// 401: the token is missing, wrong or has run out.
    case unauthorized
    /// 403 that is no rate limit: the token may not do this.
    case forbidden
    /// 404.
    case notFound = "not_found"
    /// 410, or what the provider says instead: it was there once.
    case gone
    /// 429, or a limit in other words; `retryAt` says until when.
    case rateLimited = "rate_limited"
    case serverError = "server_error"
    /// The connection ended before the body did.
    case cutShort = "cut_short"
    /// A signed link was too old.
    case linkExpired = "link_expired"
    case timedOut = "timed_out"
    case unreachable
    /// The build runs still, or its log is being written.
    case notReady = "not_ready"
    /// 200 without a body, which isn't what a log is like: it isn't written yet, or what was asked for isn't there.
    case empty
    case tooLarge = "too_large"
    /// The answer isn't what the provider documents.
    case malformed
    /// The provider understood and won't.
    case refused
    /// This provider can't do that at all.
    case unsupported
  }

  package let reason: Reason
  /// What was asked of whom: `fetch the log of github job 4711`. Holds no secret.
  package let operation: String
  /// The provider's words or the cause, without secrets.
  package let detail: String
  /// Not before this is another try worth it; seconds since 1970-01-01 00:00 UTC.
  package let retryAt: Double?
  /// What the person can do about it; nil where there is nothing but to wait.
  package let hint: String?

  package init(_ reason: Reason, operation: String, detail: String = "", retryAt: Double? = nil, hint: String? = nil) {
    self.reason = reason
    self.operation = operation
    self.detail = detail
    self.retryAt = retryAt
    self.hint = hint ?? reason.hint
  }

  /// Whether the same request may succeed later.
  package var isTransient: Bool {
    switch reason {
    case .rateLimited, .serverError, .cutShort, .linkExpired, .timedOut, .unreachable, .notReady, .empty: true
    // A log that was just finished is "not found" for some seconds; the caller decides how often to believe that.
    case .notFound: true
    case .unauthorized, .forbidden, .gone, .tooLarge, .malformed, .refused, .unsupported: false
    }
  }

  package var description: String { detail.isEmpty ? "\(operation): \(reason.words)" : "\(operation): \(reason.words): \(detail)" }
}

extension ProviderError.Reason {
  fileprivate var hint: String? {
    switch self {
    case .unauthorized: "give Culprit a token of this system that is still good (docs/configuration.md)"
    case .forbidden: "give the token the rights that docs/providers.md and docs/github.md name"
    default: nil
    }
  }

  var words: String {
    switch self {
    case .unauthorized: "the token is missing or not accepted"
    case .forbidden: "not allowed"
    case .notFound: "not found"
    case .gone: "not kept any more"
    case .rateLimited: "the rate limit is reached"
    case .serverError: "the server failed"
    case .cutShort: "the answer ended too early"
    case .linkExpired: "the link has expired"
    case .timedOut: "timed out"
    case .unreachable: "can't be reached"
    case .notReady: "not finished yet"
    case .empty: "the log is empty"
    case .tooLarge: "too large"
    case .malformed: "the answer is not understood"
    case .refused: "refused"
    case .unsupported: "not possible with this provider"
    }
  }
}
