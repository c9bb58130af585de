import Curl
import Foundation
import Logging
import Model
import Pipeline
import Postgres
import Providers
import ServiceLifecycle
import TestSupport

@testable import Web

/// A server on loopback with a ledger of its own, and a client that asks it by libcurl.
struct WebSite: Sendable {
  let ledger: TestLedger
  let base: String
  private let client: HTTPClient

  /// 2026-01-02 03:04:05 UTC.
  static let now: Double = 1_767_323_045

  /// Runs the server while the body does.
  ///
  /// - Parameters:
  ///   - patterns: holds the repository `o/r`, to which patterns are proposed.
  ///   - freshness: for so long a page is given again to who asks for the same.
  ///   - change: of the settings, before the server starts.
  static func with<Value: Sendable>(
    github: GitHubLogin? = nil, patterns: GitHubCodeHost? = nil, freshness: Duration = .zero,
    _ change: @Sendable (inout WebServer.Settings) -> Void = { _ in },
    _ body: @Sendable @escaping (WebSite) async throws -> Value
  ) async throws -> Value {
    try await TestLedger.with { ledger in
      var settings = WebServer.Settings(folder: TestLedger.repositoryRoot + "/web")
      settings.port = 0
      change(&settings)
      var logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
      logger.logLevel = .critical
      let (ports, port) = AsyncStream<Int>.makeStream()
      let backend = Backend(
        store: ledger.store, archive: ledger.archive, database: ledger.database.configuration,
        proposals: patterns.map { ProposeStage(store: ledger.store, host: $0, repository: "o/r", folder: "patterns") },
        logger: logger, freshness: freshness, now: { now })
      let server = try WebServer(backend: backend, settings: settings, readers: [GitHubWebhook()], github: github, logger: logger) {
        port.yield($0)
        port.finish()
      }
      let group = ServiceGroup(configuration: .init(services: [server.service, backend.desks], logger: logger))
      return try await withThrowingTaskGroup(of: Value?.self) { tasks in
        tasks.addTask {
          try await group.run()
          return nil
        }
        tasks.addTask {
          for await port in ports {
            let site = WebSite(ledger: ledger, base: "http://127.0.0.1:\(port)", client: HTTPClient())
            return try await body(site)
          }
          throw NotListening()
        }
        defer { tasks.cancelAll() }
        while let ended = try await tasks.next() {
          if let value = ended { return value }
        }
        throw NotListening()
      }
    }
  }

  struct NotListening: Error {}

  // MARK: - Asking

  func get(_ path: String, _ headers: [String: String] = [:]) async throws -> HTTPResponse {
    var request = HTTPRequest(.get, try HTTPURL(base + path))
    request.limits.redirects = nil
    for (name, value) in headers { request.headers.add(name, value) }
    return try await client.send(request)
  }

  /// A page's text.
  func page(_ path: String) async throws -> String {
    let response = try await get(path, ["Accept": "text/html"])
    return String(decoding: response.body, as: UTF8.self)
  }

  /// The API's value at a page's path.
  func json(_ path: String) async throws -> JSONValue {
    let response = try await get("/api/v1" + path)
    return try JSONValue(response.body)
  }

  func post(_ path: String, _ body: String, type: String, _ headers: [String: String] = [:]) async throws -> HTTPResponse {
    var request = HTTPRequest(.post, try HTTPURL(base + path))
    request.headers.add("Content-Type", type)
    for (name, value) in headers { request.headers.add(name, value) }
    request.body = Array(body.utf8)
    request.limits.redirects = nil
    return try await client.send(request)
  }

  /// The name and value of each cookie that an answer sets, as a browser sends them back.
  static func cookies(_ response: HTTPResponse) -> String {
    response.headers.all("Set-Cookie").map { String($0.prefix { $0 != ";" }) }.filter { !$0.hasSuffix("=") }.joined(separator: "; ")
  }

  /// Sends a form of a page as a browser would: with the page's own token and cookies.
  ///
  /// - Parameter cookies: those that the browser has already.
  func send(
    _ fields: [String: String], to path: String, from page: String, cookies: String = "", _ headers: [String: String] = [:]
  ) async throws -> HTTPResponse {
    let shown = try await get(page, ["Accept": "text/html", "Cookie": cookies])
    let text = String(decoding: shown.body, as: UTF8.self)
    var headers = headers
    headers["Cookie"] = [cookies, Self.cookies(shown)].filter { !$0.isEmpty }.joined(separator: "; ")
    var fields = fields
    if let token = text.firstMatch(of: /name="form_token" value="([^"]+)"/) { fields["form_token"] = String(token.1) }
    return try await post(
      path, PageInput.link("", fields).dropFirst().description, type: "application/x-www-form-urlencoded", headers)
  }
}

/// Any JSON, to be looked into by a test.
struct JSONValue: @unchecked Sendable, CustomStringConvertible {
  // Foundation's values are not changed by anyone.
  let value: Any?

  init(_ bytes: Data) throws { value = try JSONSerialization.jsonObject(with: bytes, options: .fragmentsAllowed) }
  private init(value: Any?) { self.value = value }

  subscript(name: String) -> JSONValue { JSONValue(value: (value as? [String: Any])?[name]) }
  subscript(place: Int) -> JSONValue {
    let array = value as? [Any] ?? []
    return JSONValue(value: array.indices.contains(place) ? array[place] : nil)
  }
  var count: Int { (value as? [Any])?.count ?? 0 }
  var text: String? { value as? String }
  var number: Double? { (value as? NSNumber)?.doubleValue }
  var flag: Bool? { value as? Bool }
  var description: String { value.map { "\($0)" } ?? "nothing" }
}
