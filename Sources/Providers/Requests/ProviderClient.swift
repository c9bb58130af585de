import Curl
import Foundation

/// Sends requests to one CI system and tells what came of them.
struct ProviderClient: Sendable {
  private let http: HTTPClient
  private let access: Access
  /// The name and value of the field that holds the token.
  private let credential: (name: String, value: String)?
  /// Fields of every request.
  private let fields: [(name: String, value: String)]
  /// Seconds since 1970-01-01 00:00 UTC.
  let now: @Sendable () -> Double

  /// Bytes. The sink decides how much of a log is kept; this only ends what never ends.
  private static let longestLog = 16 << 30
  /// More pages than any list has that is read to its end.
  static let mostPages = 100

  /// - Parameter credential: makes the field that proves who asks from the token.
  init(
    _ http: HTTPClient, _ access: Access, fields: [(name: String, value: String)] = [],
    credential: (String) -> (name: String, value: String),
    now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
  ) {
    self.http = http
    self.access = access
    self.fields = fields
    self.credential = access.token.map(credential)
    self.now = now
  }

  var base: HTTPURL { access.base }

  /// - Throws: `ProviderError` for anything but success; `CancellationError`.
  func answer(_ call: ProviderCall) async throws -> HTTPResponse {
    try await checked(call) { try await http.send(try request(call)) }
  }

  /// One answer as a value.
  func value<Value: Decodable>(_ type: Value.Type, of call: ProviderCall) async throws -> Value {
    try Self.value(type, of: try await answer(call), call)
  }

  static func value<Value: Decodable>(_ type: Value.Type, of response: HTTPResponse, _ call: ProviderCall) throws(ProviderError)
    -> Value
  {
    do {
      return try StrictJSON.decode(type, from: response.body)
    } catch {
      throw ProviderError(.malformed, operation: call.operation, detail: error.what)
    }
  }

  /// One page of a list, and the address of the next one, by the `Link` field.
  ///
  /// - Throws: also if the next page is on another host.
  func page<Value: Decodable>(of type: Value.Type, _ call: ProviderCall) async throws -> (value: Value, next: String?) {
    let response = try await answer(call)
    let value = try Self.value(type, of: response, call)
    guard let link = response.nextPage else { return (value, nil) }
    guard let next = try? response.url.resolving(link), isOwn(next) else {
      throw ProviderError(.malformed, operation: call.operation, detail: "the next page is on another host")
    }
    return (value, next.absolute)
  }

  /// The page that a cursor names, which is an address that `page(of:_:)` gave. Only one of the system itself is believed.
  func further(_ cursor: String, _ operation: String) throws(ProviderError) -> ProviderCall {
    guard let url = try? HTTPURL(cursor), isOwn(url) else {
      throw ProviderError(.malformed, operation: operation, detail: "the cursor isn't one of ours")
    }
    return ProviderCall(operation, address: cursor)
  }

  /// A list to its end.
  func all<Element: Decodable>(of type: Element.Type, _ call: ProviderCall) async throws -> [Element] {
    var (elements, next) = try await page(of: [Element].self, call)
    for _ in 1..<Self.mostPages {
      guard let address = next else { return elements }
      let further = try await page(of: [Element].self, ProviderCall(call.operation, address: address))
      elements += further.value
      next = further.next
    }
    throw ProviderError(.tooLarge, operation: call.operation, detail: "there are more than \(Self.mostPages) pages")
  }

  /// Streams the body of a successful answer. An empty one is none: it is `.empty`.
  ///
  /// - Throws: `ProviderError`; `CancellationError`; what the sink threw.
  func stream(_ call: ProviderCall, into sink: @escaping LogSink) async throws -> HTTPResponse {
    var request = try request(call)
    request.limits.bodyBytes = Self.longestLog
    request.timeouts.total = .seconds(3_600)
    let sent = request
    let response = try await checked(call) { try await http.send(sent, into: sink) }
    guard response.isWhole else {
      throw ProviderError(.notReady, operation: call.operation, detail: "HTTP \(response.status) is no log")
    }
    guard response.bodyBytes > 0 else { throw ProviderError(.empty, operation: call.operation) }
    return response
  }

  /// Whether an address is the system's own.
  func isOwn(_ address: HTTPURL) -> Bool { address.origin == base.origin }

  private func checked(_ call: ProviderCall, _ send: () async throws -> HTTPResponse) async throws -> HTTPResponse {
    let response: HTTPResponse
    do {
      response = try await send()
    } catch let error as CurlError {
      throw ProviderError.transfer(error, operation: call.operation)
    }
    guard response.isSuccess else {
      throw ProviderFailure(
        status: response.status, isRead: call.method.isSafe, isOwn: isOwn(response.url), header: { response.headers[$0] },
        body: response.body, now: now()
      ).error(call.operation)
    }
    return response
  }

  private func request(_ call: ProviderCall) throws -> HTTPRequest {
    let url: HTTPURL
    do {
      switch call.target {
      case .path(let path, let query): url = try base.appending(path: path, query: query)
      case .address(let address): url = try HTTPURL(address)
      }
    } catch {
      throw ProviderError.transfer(error, operation: call.operation)
    }
    var request = HTTPRequest(call.method, url, body: call.body)
    if call.isOnce { request.isRepeatable = false }
    request.headers.add("User-Agent", "culprit")
    request.headers.add("Accept", call.accept)
    if call.body != nil { request.headers.add("Content-Type", "application/json") }
    guard isOwn(url) else { return request }
    for field in fields { request.headers.add(field.name, field.value) }
    if let credential { request.headers.add(credential.name, credential.value, secret: true) }
    return request
  }
}
