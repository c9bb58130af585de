import Foundation

/// What a server has told one user of how often it may be asked.
///
/// GitHub's primary limit comes as `x-ratelimit-remaining` and `x-ratelimit-reset` (seconds since 1970); its secondary limits as 403 or
/// 429 with `Retry-After`, or with words. Source: "Rate limits for the REST API" in GitHub's documentation. Others send 429.
package struct RateLimit: Sendable, Equatable {
  /// Requests that are left for people, of those that the server grants.
  package static let reserve = 50
  /// How long it waits that was told no time, in seconds: what GitHub asks for.
  static let unknownWait: Double = 60

  /// No request before.
  package private(set) var blockedUntil: Date?

  package init() {}

  /// Until when to wait before the next request; nil: not at all.
  package func wait(now: Date) -> Date? {
    guard let blockedUntil, blockedUntil > now else { return nil }
    return blockedUntil
  }

  /// Learns from an answer.
  ///
  /// - Returns: whether the server refused for its limit, so that the request may be sent again once it is over.
  package mutating func learn(status: Int, headers: HTTPHeaders, body: Data, now: Date) -> Bool {
    let remaining = headers["x-ratelimit-remaining"].flatMap { Int($0) }
    let limit = headers["x-ratelimit-limit"].flatMap { Int($0) } ?? .max
    let reset = headers["x-ratelimit-reset"].flatMap { Double($0) }.map { Date(timeIntervalSince1970: $0) }
    let isRefused = status == 429 || (status == 403 && (remaining == 0 || Self.isSecondary(headers, body)))
    if isRefused {
      let told = RetryAfter.date(headers, now: now) ?? (remaining == 0 ? reset : nil)
      block(until: told ?? now + Self.unknownWait, now: now)
    } else if let remaining, let reset, remaining <= min(Self.reserve, limit / 10) {
      block(until: reset, now: now)
    }
    return isRefused
  }

  private mutating func block(until date: Date, now: Date) {
    // A server whose clock is far off, or that wishes us ill, doesn't stop us for longer than a day.
    blockedUntil = max(blockedUntil ?? .distantPast, min(date, now + 86_400))
  }

  private static func isSecondary(_ headers: HTTPHeaders, _ body: Data) -> Bool {
    if headers["retry-after"] != nil { return true }
    let text = String(decoding: body.prefix(4_096), as: UTF8.self).lowercased()
    return text.contains("secondary rate limit") || text.contains("api rate limit exceeded") || text.contains("abuse detection")
  }
}

/// `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).
enum RetryAfter {
  static func date(_ headers: HTTPHeaders, now: Date) -> Date? {
    guard let value = headers["retry-after"] else { return nil }
    if let seconds = Double(value) { return seconds >= 0 && seconds < 1e7 ? now + seconds : nil }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "GMT")
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
    return formatter.date(from: value)
  }
}
