import Curl

/// The tokens of a GitHub App: one for each account that it is installed on, good for an hour, asked for when needed.
///
/// Source: "Authenticating as a GitHub App installation" in GitHub's documentation.
actor GitHubAppTokens {
  private struct Token: Sendable {
    let text: String
    /// Seconds since 1970-01-01 00:00 UTC.
    let endsAt: Double
  }

  /// A token is renewed so many seconds before its end, so that none ends within a request or a long page of them.
  private static let margin: Double = 300

  private let key: GitHubAppKey
  private let transport: GitHubTransport
  /// By repository in lower case.
  private var installations: [String: Int] = [:]
  /// By installation.
  private var tokens: [Int: Token] = [:]
  /// Those being asked for, by repository and by installation: whoever comes meanwhile waits for the same answer.
  private var searches: [String: Task<Int, any Error>] = [:]
  private var renewals: [Int: Task<Token, any Error>] = [:]

  init(_ key: GitHubAppKey, _ transport: GitHubTransport) {
    self.key = key
    self.transport = transport
  }

  /// - Parameter refused: a token that GitHub doesn't accept, if that is why another is wanted.
  /// - Throws: `ProviderError`; `.forbidden` if the app isn't installed on the repository.
  func token(for repository: String, insteadOf refused: String? = nil) async throws -> String {
    let installation = try await installation(of: repository)
    if let token = tokens[installation], token.text != refused, transport.now() < token.endsAt - Self.margin { return token.text }
    if let renewal = renewals[installation] { return try await renewal.value.text }
    // Not cancelled with the caller: others may wait for it.
    let renewal = Task { try await self.renew(installation, for: repository) }
    renewals[installation] = renewal
    defer { renewals[installation] = nil }
    let token = try await renewal.value
    tokens[installation] = token
    return token.text
  }

  private func installation(of repository: String) async throws -> Int {
    let name = repository.lowercased()
    if let known = installations[name] { return known }
    if let search = searches[name] { return try await search.value }
    let search = Task { try await self.search(repository) }
    searches[name] = search
    defer { searches[name] = nil }
    let found = try await search.value
    installations[name] = found
    return found
  }

  private func search(_ repository: String) async throws -> Int {
    struct Answer: Decodable { let id: Int }
    let call = try GitHubCall("find the installation of GitHub App \(key.app) on \(repository)", ["installation"], in: repository)
    do {
      let response = try await transport.send(call, token: try key.token(now: transport.now()))
      return try transport.value(Answer.self, of: response, call).id
    } catch let error as ProviderError where error.reason == .notFound {
      throw ProviderError(.forbidden, operation: call.operation, detail: "it isn't installed there")
    }
  }

  private func renew(_ installation: Int, for repository: String) async throws -> Token {
    struct Answer: Decodable {
      let token: String
      let endsAt: Moment

      private enum CodingKeys: String, CodingKey {
        case token
        case endsAt = "expires_at"
      }
    }
    let call = GitHubCall(
      "get a token of GitHub App \(key.app) for \(repository)", .post,
      path: ["app", "installations", String(installation), "access_tokens"])
    do {
      let response = try await transport.send(call, token: try key.token(now: transport.now()))
      let answer = try transport.value(Answer.self, of: response, call)
      return Token(text: answer.token, endsAt: answer.endsAt.seconds)
    } catch let error as ProviderError where error.reason == .notFound {
      // Installed anew, it has another number.
      installations = installations.filter { $0.value != installation }
      throw ProviderError(.forbidden, operation: call.operation, detail: "it isn't installed there any more")
    }
  }
}
