import Foundation

/// What GitHub says when it doesn't do what it was asked for.
///
/// Source: "Troubleshooting the REST API" and "Rate limits for the REST API" in GitHub's documentation.
struct GitHubFailure {
  let status: Int
  /// GitHub's words, shortened; empty if it gave none.
  let message: String
  /// Not before this is another try worth it; seconds since 1970-01-01 00:00 UTC.
  let retryAt: Double?
  let reason: ProviderError.Reason

  /// - Parameters:
  ///   - header: gives a field of the answer by its name.
  ///   - isSigned: whether the answer came from the file store that a signed link leads to, and not from GitHub itself.
  ///   - now: seconds since 1970-01-01 00:00 UTC.
  init(status: Int, header: (String) -> String?, body: some DataProtocol, isSigned: Bool, now: Double) {
    let bytes = Array(body.prefix(Self.longestBody))
    self.status = status
    message = isSigned ? Self.storeCode(bytes) : Self.words(bytes)
    let after = header("retry-after").flatMap { Double($0) }.map { now + max(0, min($0, 86_400)) }
    let isUsedUp = header("x-ratelimit-remaining") == "0"
    let reset = isUsedUp ? header("x-ratelimit-reset").flatMap { Double($0) }.map { min($0, now + 86_400) } : nil
    let isLimit = after != nil || isUsedUp || message.lowercased().contains("rate limit")
    switch status {
    // The file store takes a signature for some minutes only.
    case 401 where isSigned, 403 where isSigned: reason = .linkExpired
    case 401: reason = .unauthorized
    case 403 where isLimit, 429: reason = .rateLimited
    case 403: reason = .forbidden
    case 404: reason = .notFound
    case 410: reason = .gone
    case 408: reason = .timedOut
    case 409, 422: reason = .refused
    case 500...: reason = .serverError
    default: reason = .malformed
    }
    retryAt = reason == .rateLimited ? after ?? reset : after
  }

  func error(_ operation: String) -> ProviderError {
    ProviderError(
      reason, operation: operation, detail: message.isEmpty ? "HTTP \(status)" : "HTTP \(status), \(message)", retryAt: retryAt)
  }

  /// Whether GitHub's words tell that the credential may not do it, and not that it can't be done.
  static func isPermission(_ words: String) -> Bool {
    words.contains("Resource not accessible by") || words.contains("Must have admin rights")
  }

  private static let longestBody = 64 << 10

  /// The `message` of GitHub's errors, and those of the fields that it found wrong.
  private static func words(_ body: [UInt8]) -> String {
    struct Words: Decodable {
      let message: String?
      let errors: [Detail]?

      /// GitHub writes either a text or an object here.
      enum Detail: Decodable {
        case text(String)

        struct Object: Decodable { let message, resource, field, code: String? }

        init(from decoder: any Decoder) throws {
          if let text = try? decoder.singleValueContainer().decode(String.self) {
            self = .text(text)
          } else {
            let object = try Object(from: decoder)
            self = .text(object.message ?? [object.resource, object.field, object.code].compactMap { $0 }.joined(separator: " "))
          }
        }
      }
    }
    struct Message: Decodable { let message: String }
    guard let words = try? StrictJSON.decode(Words.self, from: body) else {
      return shown((try? StrictJSON.decode(Message.self, from: body).message) ?? "")
    }
    let details = (words.errors ?? []).prefix(3).map { detail in
      switch detail {
      case .text(let text): text
      }
    }
    return shown(([words.message ?? ""] + details).filter { !$0.isEmpty }.joined(separator: ": "))
  }

  /// The error code of a file store, as in `<Error><Code>BlobNotFound</Code>…`; the rest of it holds parts of the signature.
  static func storeCode(_ body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(4_096), as: UTF8.self)
    guard let start = text.range(of: "<Code>"), let end = text.range(of: "</Code>", range: start.upperBound..<text.endIndex) else {
      return ""
    }
    let code = text[start.upperBound..<end.lowerBound]
    return code.utf8.count <= 60 && code.utf8.allSatisfy({ (0x30...0x7A).contains($0) }) ? String(code) : ""
  }

  private static func shown(_ text: String) -> String { OutsideName(text, atMost: 300).text }
}
