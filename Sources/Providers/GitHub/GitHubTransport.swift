import Curl
import Foundation

/// Sends requests to one GitHub, github.com or an Enterprise Server, and tells what came of them.
struct GitHubTransport: Sendable {
  let http: HTTPClient
  /// `https://api.github.com`, or `https://HOST/api/v3`.
  let base: HTTPURL
  /// Seconds since 1970-01-01 00:00 UTC.
  let now: @Sendable () -> Double

  /// - Parameters:
  ///   - page: the address of a further page, in place of the one that the call makes.
  ///   - token: of whoever asks; it goes to GitHub only, not to where GitHub sends us.
  ///   - sink: takes the body of a successful answer, decoded.
  /// - Throws: `ProviderError` for anything but success, and for what is asked for by a sink but comes later or in part; `CancellationError`; what the sink threw.
  func send(_ call: GitHubCall, page: HTTPURL? = nil, token: String?, into sink: BodySink? = nil) async throws -> HTTPResponse {
    let response: HTTPResponse
    do {
      let url = try page ?? base.appending(path: call.path, query: call.query)
      var request = HTTPRequest(call.method, url, headers: headers(token: token, hasBody: call.body != nil), body: call.body)
      if let sink {
        request.limits.bodyBytes = Self.longestDownload
        request.timeouts.total = .seconds(3_600)
        response = try await http.send(request, into: sink)
      } else {
        response = try await http.send(request)
      }
    } catch let error as CurlError {
      throw ProviderError.transfer(error, operation: call.operation)
    }
    guard response.isSuccess else {
      let isSigned = response.url.origin != base.origin
      throw GitHubFailure(
        status: response.status, header: { response.headers[$0] }, body: response.body, isSigned: isSigned, now: now()
      ).error(call.operation)
    }
    // Logs lie elsewhere. What is asked with a token, and answered by who doesn't have it, is about whoever that one likes.
    if sink == nil, response.url.origin != base.origin {
      throw ProviderError(.malformed, operation: call.operation, detail: "answered by another host")
    }
    if sink != nil, !response.isWhole {
      throw ProviderError(.notReady, operation: call.operation, detail: "HTTP \(response.status) is no log")
    }
    return response
  }

  /// The whole answer as a value.
  func value<Value: Decodable>(_ type: Value.Type, of response: HTTPResponse, _ call: GitHubCall) throws(ProviderError) -> Value {
    do {
      return try StrictJSON.decode(type, from: response.body)
    } catch {
      throw ProviderError(.malformed, operation: call.operation, detail: error.what)
    }
  }

  private func headers(token: String?, hasBody: Bool) -> HTTPHeaders {
    var headers = HTTPHeaders()
    headers.add("Accept", "application/vnd.github+json")
    headers.add("X-GitHub-Api-Version", "2022-11-28")
    // GitHub refuses requests without one.
    headers.add("User-Agent", "culprit")
    if hasBody { headers.add("Content-Type", "application/json") }
    if let token { headers.add("Authorization", "Bearer \(token)", secret: true) }
    return headers
  }

  /// Bytes. The sink decides how much of a log is kept; this only ends what never ends.
  private static let longestDownload = 16 << 30
}
