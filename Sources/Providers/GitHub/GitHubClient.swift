import Curl
import Foundation

/// GitHub's REST API, asked by someone.
package struct GitHubClient: Sendable {
  /// The API of github.com. That of an Enterprise Server is `https://HOST/api/v3`.
  package static let publicBase = "https://api.github.com"
  /// More pages of a hundred than any list has that we read to its end.
  private static let mostPages = 100

  private let transport: GitHubTransport
  private let credential: GitHubCredential
  /// Those of an app; nil if it is no app that asks.
  private let appTokens: GitHubAppTokens?

  /// - Parameters:
  ///   - base: the API's address.
  ///   - now: seconds since 1970-01-01 00:00 UTC.
  package init(
    _ http: HTTPClient, base: HTTPURL, credential: GitHubCredential,
    now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
  ) {
    transport = GitHubTransport(http: http, base: base, now: now)
    self.credential = credential
    if case .app(let key) = credential { appTokens = GitHubAppTokens(key, transport) } else { appTokens = nil }
  }

  var now: @Sendable () -> Double { transport.now }

  /// - Throws: `ProviderError`; `CancellationError`; what the sink threw.
  func send(_ call: GitHubCall, page: HTTPURL? = nil, into sink: BodySink? = nil) async throws -> HTTPResponse {
    let token = try await token(for: call)
    do {
      return try await transport.send(call, page: page, token: token, into: sink)
    } catch let error as ProviderError where error.reason == .unauthorized {
      // An app's token may end before its time: its permissions were changed, or it was revoked.
      guard let appTokens, let repository = call.repository else { throw error }
      let renewed = try await appTokens.token(for: repository, insteadOf: token)
      return try await transport.send(call, page: page, token: renewed, into: sink)
    }
  }

  /// One answer as a value.
  func value<Value: Decodable>(_ type: Value.Type, of call: GitHubCall) async throws -> Value {
    try transport.value(type, of: try await send(call), call)
  }

  /// A list, page by page, until the last or until `take` returns false.
  func pages<Page: Decodable>(of type: Page.Type, _ call: GitHubCall, take: (Page) -> Bool) async throws {
    var call = call
    call.query.append(("per_page", "100"))
    var page: HTTPURL?
    for _ in 0..<Self.mostPages {
      let response = try await send(call, page: page)
      guard take(try transport.value(type, of: response, call)), let next = response.nextPage else { return }
      guard let url = try? response.url.resolving(next), url.origin == transport.base.origin else {
        throw ProviderError(.malformed, operation: call.operation, detail: "the next page is on another host")
      }
      page = url
    }
    throw ProviderError(.tooLarge, operation: call.operation, detail: "there are more than \(Self.mostPages) pages")
  }

  /// Whom what we post is by; nil if that can't be known.
  func ownName() async throws -> String? {
    struct User: Decodable { let login: OutsideName }
    struct App: Decodable { let slug: OutsideName }
    switch credential {
    case .none: return nil
    case .token:
      let call = GitHubCall("read whose the GitHub token is", path: ["user"])
      do {
        return try await value(User.self, of: call).login.text
      } catch let error as ProviderError where error.reason == .forbidden {
        // The token of a workflow is nobody's.
        return nil
      }
    case .app(let key):
      let call = GitHubCall("read GitHub App \(key.app)", path: ["app"])
      let response = try await transport.send(call, token: try key.token(now: now()))
      return try transport.value(App.self, of: response, call).slug.text + "[bot]"
    }
  }

  private func token(for call: GitHubCall) async throws -> String? {
    switch credential {
    case .none: nil
    case .token(let token): token
    case .app: if let repository = call.repository { try await appTokens?.token(for: repository) } else { nil }
    }
  }
}
