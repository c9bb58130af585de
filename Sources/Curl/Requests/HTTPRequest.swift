/// What to ask of a server, and what the answer may cost.
package struct HTTPRequest: Sendable {
  /// What is asked for.
  package var method: HTTPMethod
  /// Where.
  package var url: HTTPURL
  /// Fields that are sent beside those that libcurl adds.
  package var headers = HTTPHeaders()
  /// What is sent along; nil sends none.
  package var body: [UInt8]?
  /// How long it may take.
  package var timeouts = HTTPTimeouts()
  /// How large the answer may be.
  package var limits = HTTPLimits()
  /// Whether doing it twice does no harm, so that it may be tried again after it has perhaps been done. At first what its method promises.
  package var isRepeatable: Bool

  /// - Parameters:
  ///   - method: what is asked for.
  ///   - url: where.
  ///   - headers: fields that are sent.
  ///   - body: what is sent along.
  package init(_ method: HTTPMethod = .get, _ url: HTTPURL, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8]? = nil) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    isRepeatable = method.isIdempotent
  }

  /// Asks for the body only if it isn't the one of this `ETag`; otherwise the answer's `isNotModified` is true.
  package mutating func unlessMatches(_ etag: String) {
    headers.set("If-None-Match", etag)
  }

  /// What an error calls it: the method, and the address without its query.
  package var subject: String { "\(method.rawValue) \(url)" }
}
