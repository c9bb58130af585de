import Foundation

/// What an answer without success means.
struct ProviderFailure {
  let reason: ProviderError.Reason
  /// The status and the system's words, shortened.
  let detail: String
  /// Seconds since 1970-01-01 00:00 UTC.
  let retryAt: Double?

  /// - Parameters:
  ///   - isRead: whether the request only read. What isn't understood of a request to do something is a refusal.
  ///   - isOwn: whether the system itself answered, and not the file store that a signed link leads to.
  ///   - header: gives a field of the answer by its name.
  ///   - now: seconds since 1970-01-01 00:00 UTC.
  init(status: Int, isRead: Bool, isOwn: Bool, header: (String) -> String?, body: some DataProtocol, now: Double) {
    let words = isOwn ? Self.words(body) : ""
    detail = words.isEmpty ? "HTTP \(status)" : "HTTP \(status), \(words)"
    let after = header("Retry-After").flatMap { Double($0) }
    let remaining = header("RateLimit-Remaining") ?? header("X-RateLimit-Remaining")
    let isUsedUp = remaining.flatMap { Double($0) } == 0
    switch status {
    // File stores take a signature for some minutes only.
    case 400 where !isOwn, 401 where !isOwn, 403 where !isOwn: reason = .linkExpired
    case 401: reason = .unauthorized
    case 403 where after != nil || isUsedUp, 429: reason = .rateLimited
    case 403: reason = .forbidden
    case 404: reason = .notFound
    case 408: reason = .timedOut
    case 410: reason = .gone
    case 500...: reason = .serverError
    case 400..<500 where !isRead: reason = .refused
    default: reason = .malformed
    }
    let reset = isUsedUp ? (header("RateLimit-Reset") ?? header("X-RateLimit-Reset")).flatMap { Double($0) } : nil
    retryAt = (after ?? (reason == .rateLimited ? reset : nil)).map { Self.moment($0, now: now) }
  }

  func error(_ operation: String) -> ProviderError {
    ProviderError(reason, operation: operation, detail: detail, retryAt: retryAt)
  }

  /// Systems write seconds from now or since 1970; no wait is longer than a day.
  private static func moment(_ value: Double, now: Double) -> Double {
    let seconds = value > 1_000_000_000 ? value - now : value
    return now + max(0, min(seconds, 86_400))
  }

  /// What the system says, in the member where it says it; anything else of the body might be secret.
  private static func words(_ body: some DataProtocol) -> String {
    guard let words = try? StrictJSON.decode(Words.self, from: body) else { return "" }
    let said = [words.message ?? words.error, words.errorType, words.errorMessage].compactMap { $0 }.joined(separator: ": ")
    return OutsideName(said, atMost: 300).text
  }

  private struct Words: Decodable {
    let message, error, errorMessage, errorType: String?

    private enum CodingKeys: String, CodingKey {
      case message, error
      case errorMessage = "error_message"
      case errorType = "error_type"
    }

    init(from decoder: any Decoder) throws {
      let members = try decoder.container(keyedBy: CodingKeys.self)
      message = try? members.decode(String.self, forKey: .message)
      error = try? members.decode(String.self, forKey: .error)
      errorMessage = try? members.decode(String.self, forKey: .errorMessage)
      errorType = try? members.decode(String.self, forKey: .errorType)
    }
  }
}
