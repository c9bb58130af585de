import Foundation

/// Why a request has no answer.
///
/// The description holds neither a header's value nor a query, so it can go to a log.
package struct CurlError: Error, Sendable {
  /// Which time ran out.
  package enum Timeout: Hashable, Sendable {
    case connect, stall, total
  }

  /// What was too large.
  package enum Part: Hashable, Sendable {
    case body, headers
  }

  /// What went wrong.
  package enum Kind: Hashable, Sendable {
    /// The host, or the proxy, has no address.
    case cannotResolve
    /// Nobody listens there, or no way leads there.
    case cannotConnect
    /// No encryption could be agreed on, or the server isn't who it should be.
    case tls
    /// It took too long.
    case timedOut(Timeout)
    /// The connection ended before the answer did.
    case cutShort
    /// The answer is larger than allowed.
    case tooLarge(Part)
    /// The server sent us elsewhere, where we don't go.
    case refusedRedirect
    /// The task was cancelled.
    case cancelled
    /// The sink threw: what is in `underlying`.
    case sinkFailed
    /// The answer is no HTTP, or can't be decoded.
    case badResponse
    /// The request can't be sent; the caller's mistake, or the configuration's.
    case invalidRequest
    /// The server wants no request before that time, which is longer than we want to wait.
    case rateLimited(until: Date)
    /// The host has failed so often that it is left alone until that time.
    case circuitOpen(until: Date)
    /// libcurl could not get memory.
    case outOfMemory
  }

  /// What went wrong.
  package let kind: Kind
  /// What was being done.
  package let operation: String
  /// Method and address, without user and query.
  package let subject: String
  /// The cause, in one line.
  package let cause: String
  /// What the person can do about it.
  package let hint: String?
  /// Whether the same can succeed when it is tried again, at the time that the kind tells, else soon.
  package let isTransient: Bool
  /// What the sink threw. Not part of the description: what it says is its own business.
  package let underlying: (any Error)?

  init(
    _ kind: Kind, operation: String, subject: String, cause: String, hint: String? = nil, isTransient: Bool? = nil,
    underlying: (any Error)? = nil
  ) {
    self.kind = kind
    self.operation = operation
    self.subject = subject
    self.cause = cause
    self.hint = hint ?? kind.hint
    self.isTransient = isTransient ?? kind.isTransient
    self.underlying = underlying
  }

  /// Whether the server can't have got the request.
  var isNotSent: Bool {
    switch kind {
    case .cannotResolve, .cannotConnect, .tls, .timedOut(.connect): true
    default: false
    }
  }
}

extension CurlError: CustomStringConvertible {
  /// Operation, subject and cause in one line.
  package var description: String { "\(operation): \(subject): \(cause)" }
}

/// Reflection would print what the sink threw.
extension CurlError: CustomReflectable {
  package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension CurlError.Kind {
  /// Whether a failure of this kind passes, as a rule.
  fileprivate var isTransient: Bool {
    switch self {
    case .cannotResolve, .cannotConnect, .timedOut, .cutShort, .rateLimited, .circuitOpen: true
    case .tls, .tooLarge, .refusedRedirect, .cancelled, .sinkFailed, .badResponse, .invalidRequest, .outOfMemory:
      false
    }
  }

  fileprivate var hint: String? {
    switch self {
    case .cannotResolve: "check the host's name, the name server and HTTPS_PROXY"
    case .cannotConnect: "check that the server is running, and whether a proxy (HTTPS_PROXY) is needed"
    case .tls: "check the server's certificate; name a private authority's certificates in SSL_CERT_FILE"
    default: nil
    }
  }
}
