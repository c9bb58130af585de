import Crypto
import Curl
import Foundation

/// Logging in by GitHub: the web application flow of an OAuth app, with PKCE (RFC 7636).
///
/// The person's token is used to learn who it is and what they belong to, and is then forgotten.
package struct GitHubLogin: Sendable {
  /// Where people log in to github.com.
  package static let publicWeb = "https://github.com"

  private let http: HTTPClient
  private let web: HTTPURL
  private let api: HTTPURL
  private let client: String
  private let secret: String

  /// - Parameters:
  ///   - web: where people log in: `https://github.com`, or the Enterprise Server's own address.
  ///   - api: where its API is.
  package init(_ http: HTTPClient, web: HTTPURL, api: HTTPURL, client: String, secret: String) {
    self.http = http
    self.web = web
    self.api = api
    self.client = client
    self.secret = secret
  }

  /// Where to send a person who wants to log in.
  ///
  /// - Parameters:
  ///   - state: random; it comes back with the person, which proves that it was we who sent them.
  ///   - verifier: random; whoever redeems the code must know it.
  ///   - redirect: where they come back to.
  ///   - asksMemberships: whether it matters what they belong to.
  package func address(state: String, verifier: String, redirect: String, asksMemberships: Bool) throws -> String {
    let challenge = Data(SHA256.hash(data: Data(verifier.utf8))).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    return try web.appending(
      path: ["login", "oauth", "authorize"],
      query: [
        ("client_id", client), ("redirect_uri", redirect), ("scope", asksMemberships ? "read:org" : ""), ("state", state),
        ("code_challenge", challenge), ("code_challenge_method", "S256"), ("allow_signup", "false"),
      ].filter { !$0.1.isEmpty }
    ).absolute
  }

  /// Someone who has logged in, as long as their memberships are asked for.
  package struct Person: Sendable {
    package let login: String
    private let github: GitHubClient

    fileprivate init(login: String, github: GitHubClient) {
      self.login = login
      self.github = github
    }

    /// - Throws: `ProviderError`, if GitHub doesn't say so or so.
    package func isMember(ofOrganisation name: String) async throws -> Bool {
      try await isActive(["user", "memberships", "orgs", name])
    }

    /// - Throws: as `isMember(ofOrganisation:)`.
    package func isMember(ofTeam team: String, of organisation: String) async throws -> Bool {
      try await isActive(["orgs", organisation, "teams", team, "memberships", login])
    }

    private func isActive(_ path: [String]) async throws -> Bool {
      struct Membership: Decodable { let state: String }
      do {
        let call = GitHubCall("read what \(login) belongs to", path: path)
        return try await github.value(Membership.self, of: call).state == "active"
      } catch let error as ProviderError where error.reason == .notFound || error.reason == .forbidden {
        return false
      }
    }
  }

  /// Redeems the code that a person came back with.
  ///
  /// - Throws: `ProviderError`; `.refused` if GitHub takes the code no more.
  package func person(code: String, verifier: String, redirect: String) async throws -> Person {
    let operation = "log in by github"
    // One of its own, so that the person's token is forgotten with it: a client remembers whom limits and answers are for.
    let http = http.anew()
    let fields = [
      "client_id": client, "client_secret": secret, "code": code, "redirect_uri": redirect, "code_verifier": verifier,
    ]
    var request: HTTPRequest
    let response: HTTPResponse
    do {
      request = HTTPRequest(
        .post, try web.appending(path: ["login", "oauth", "access_token"]), body: Array(try JSONEncoder().encode(fields)))
      request.headers.add("Accept", "application/json")
      request.headers.add("Content-Type", "application/json")
      request.headers.add("User-Agent", "culprit")
      request.limits.redirects = 0
      request.timeouts.total = .seconds(10)
      response = try await http.send(request)
    } catch let error as CurlError {
      throw ProviderError.transfer(error, operation: operation)
    }
    struct Answer: Decodable {
      let access_token: String?
      let error: String?
    }
    guard response.isSuccess, let answer = try? JSONDecoder().decode(Answer.self, from: response.body) else {
      throw ProviderError(.malformed, operation: operation, detail: "HTTP \(response.status) in place of a token")
    }
    guard let token = answer.access_token, !token.isEmpty else {
      throw ProviderError(.refused, operation: operation, detail: "the code isn't taken; log in once more")
    }
    let github = GitHubClient(http, base: api, credential: .token(token))
    guard let login = try await github.ownName() else { throw ProviderError(.malformed, operation: operation, detail: "no login") }
    return Person(login: login, github: github)
  }
}
