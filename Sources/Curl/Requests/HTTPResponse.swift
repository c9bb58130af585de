import Foundation

/// What a server answered, whatever the status.
package struct HTTPResponse: Sendable {
  /// The status code, such as 200.
  package let status: Int
  /// The header fields.
  package let headers: HTTPHeaders
  /// The body, decoded (gzip, zstd). Empty where it went to a sink.
  package internal(set) var body: Data
  /// The number of bytes of the decoded body that went to the sink or stand in `body`.
  package let bodyBytes: Int
  /// Whether `body` is only the first part of an error's text, which nobody wanted whole.
  package let isBodyCut: Bool
  /// Where the answer came from, after all redirects.
  package let url: HTTPURL
  /// 1.1, 2 and so on, times ten.
  package let version: Int
  /// Whether the body was known already, and the server confirmed that it still holds.
  package internal(set) var isFromCache = false

  /// Whether the server did what was asked for.
  package var isSuccess: Bool { (200..<300).contains(status) }
  /// Whether the body is all of what was asked for. 202 is a promise, and 206 a part.
  package var isWhole: Bool { status == 200 || status == 203 }
  /// Whether what the caller has, by its `ETag`, still holds.
  package var isNotModified: Bool { status == 304 }
  /// The body's version, for `HTTPRequest.unlessMatches`.
  package var etag: String? { headers["ETag"] }
  /// The address of the next page, by the `Link` field (RFC 8288).
  package var nextPage: String? { LinkHeader.target(of: "next", in: headers.all("Link")) }
}
