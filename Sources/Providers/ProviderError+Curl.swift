import Curl

extension ProviderError {
  /// What a failed transfer is for a caller: a `ProviderError`, `CancellationError` if the task was cancelled, or what the sink threw.
  static func transfer(_ error: CurlError, operation: String) -> any Error {
    let reason: Reason
    var retryAt: Double?
    switch error.kind {
    case .cancelled: return CancellationError()
    case .sinkFailed: return error.underlying ?? ProviderError(.malformed, operation: operation, detail: error.cause)
    case .cannotResolve, .cannotConnect, .tls: reason = .unreachable
    case .circuitOpen(let until): (reason, retryAt) = (.unreachable, until.timeIntervalSince1970)
    case .rateLimited(let until): (reason, retryAt) = (.rateLimited, until.timeIntervalSince1970)
    case .timedOut: reason = .timedOut
    case .cutShort, .outOfMemory: reason = .cutShort
    case .tooLarge: reason = .tooLarge
    case .refusedRedirect, .badResponse, .invalidRequest: reason = .malformed
    }
    return ProviderError(reason, operation: operation, detail: error.cause, retryAt: retryAt, hint: error.hint)
  }
}
