import Foundation
import Hummingbird
import Model
import Providers
import Store

/// `/login`, by GitHub, and `/logout`.
struct LoginRoutes: Sendable {
  let store: Store
  let settings: LoginSettings
  let github: GitHubLogin?
  let cookies: Cookies
  let shell: Shell
  /// Where people reach the server, without a slash at the end.
  let publicURL: String
  /// Of one address: logins that were begun, and those that came back.
  private let attempts = RateLimiter(perSecond: 0.4, burst: 40)

  init(
    store: Store, settings: LoginSettings, github: GitHubLogin?, cookies: Cookies, shell: Shell, publicURL: String
  ) {
    self.store = store
    self.settings = settings
    self.github = github
    self.cookies = cookies
    self.shell = shell
    self.publicURL = publicURL
  }

  private static let loginSeconds = 600
  private var redirect: String { publicURL + "/login/github/callback" }

  func add(to router: Router<WebContext>) {
    router.get("login") { request, context in
      let next = Self.local(request.uri.queryParameters["next"].map { String($0) })
      if context.viewer != nil { return Response(status: .seeOther, headers: [.location: next]) }
      return try shell.response(
        LoginView(byGitHub: github != nil, byProxy: settings.proxy != nil, next: next), template: "login", title: "Log in",
        viewer: nil, formToken: context.formToken)
    }
    router.post("login/github") { request, context in try await leave(request, context) }
    router.get("login/github/callback") { request, context in try await comeBack(request, context) }
    router.post("logout") { request, context in
      let fields = try await FormText.fields(of: request)
      guard fields[FormText.tokenField] == context.formToken else { throw WebError(.forbidden, "the form is not one of ours") }
      if let secret = cookies.secret(.session, of: request) { try await store.endSession(digest: secret.digest) }
      return Response(
        status: .seeOther,
        headers: [
          .location: "/login", .setCookie: cookies.header(.session, "", seconds: 0),
          // What was looked at isn't for whoever uses the browser next.
          .init("Clear-Site-Data")!: "\"cache\"",
        ])
    }
  }

  /// Sends a person to GitHub.
  private func leave(_ request: Request, _ context: WebContext) async throws -> Response {
    guard let github else { throw WebError(.notFound, "nobody logs in by GitHub here") }
    let fields = try await FormText.fields(of: request)
    guard fields[FormText.tokenField] == context.formToken else { throw WebError(.forbidden, "the form is not one of ours") }
    try countAttempt(context)
    let journey = Journey(state: Secret.random().text, verifier: Secret.random().text, next: Self.local(fields["next"]))
    return Response(
      status: .seeOther,
      headers: [
        .location: try github.address(
          state: journey.state, verifier: journey.verifier, redirect: redirect, asksMemberships: settings.rules.asksMemberships),
        .setCookie: cookies.header(.login, journey.text, seconds: Self.loginSeconds),
      ])
  }

  /// Someone comes from GitHub, and says that we sent them.
  private func comeBack(_ request: Request, _ context: WebContext) async throws -> Response {
    guard let github else { throw WebError(.notFound, "nobody logs in by GitHub here") }
    let query = try FormText.decode(request.uri.query ?? "")
    guard let journey = cookies.secret(.login, of: request).flatMap({ Journey($0.text) }), query["state"] == journey.state else {
      throw WebError(.badRequest, "this login wasn't begun in this browser, or too long ago", hint: "begin once more at /login")
    }
    guard let code = query["code"], !code.isEmpty, code.utf8.count <= 256 else {
      throw WebError(.forbidden, "GitHub didn't let you in", hint: "begin once more at /login")
    }
    // Anyone can make up a journey, and each is a question to GitHub.
    try countAttempt(context)
    let person: GitHubLogin.Person
    do {
      person = try await github.person(code: code, verifier: journey.verifier, redirect: redirect)
    } catch let error as ProviderError where error.reason == .refused {
      throw WebError(.forbidden, "GitHub doesn't take what it sent you back with", hint: "begin once more at /login")
    }
    guard let (role, entry) = try await role(of: person) else {
      throw WebError(.forbidden, "\(person.login) belongs to nobody who may look here")
    }
    let secret = Secret.random()
    try await store.beginSession(
      digest: secret.digest, login: person.login, role: role, entry: entry.description,
      after: cookies.secret(.session, of: request)?.digest)
    var response = Response(status: .seeOther, headers: [.location: journey.next])
    response.headers.append(
      .init(name: .setCookie, value: cookies.header(.session, secret.text, seconds: Int(Store.sessionSeconds))))
    response.headers.append(.init(name: .setCookie, value: cookies.header(.login, "", seconds: 0)))
    return response
  }

  private func countAttempt(_ context: WebContext) throws {
    guard let wait = attempts.wait(for: context.address, now: ProcessInfo.processInfo.systemUptime) else { return }
    throw WebError(.tooManyRequests, "too many logins", headers: [.retryAfter: String(Int(wait.rounded(.up)))])
  }

  /// The highest role that the lists give, and by which entry; nil if none does.
  private func role(of person: GitHubLogin.Person) async throws -> (Role, AccessRules.Entry)? {
    for (role, entry) in settings.rules.questions {
      let belongs =
        switch entry {
        case .person: entry.isPerson(person.login)
        case .organisation(let name): try await person.isMember(ofOrganisation: name)
        case .team(let organisation, let team): try await person.isMember(ofTeam: team, of: organisation)
        }
      if belongs { return (role, entry) }
    }
    return nil
  }

  /// A path of this server, as it is; nothing that a browser, or a proxy that decodes once more, could take for an address elsewhere.
  static func local(_ text: String?) -> String {
    guard let text, text.utf8.count <= 1_024, !text.utf8.contains(where: { $0 <= 0x20 || $0 > 0x7E }),
      [text, text.removingPercentEncoding ?? text].allSatisfy({ form in
        form.hasPrefix("/") && !form.hasPrefix("//") && !form.contains("\\")
          && !form.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
      })
    else { return "/" }
    return text
  }

  /// What is remembered in the browser while a person is at GitHub.
  private struct Journey {
    let state: String
    let verifier: String
    let next: String

    init(state: String, verifier: String, next: String) {
      self.state = state
      self.verifier = verifier
      self.next = next
    }

    init?(_ text: String) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3, let cursor = Cursor(parts[2]), cursor.keys.count == 1 else { return nil }
      (state, verifier, next) = (parts[0], parts[1], LoginRoutes.local(cursor.keys[0]))
    }

    var text: String { [state, verifier, Cursor(keys: [next]).text].joined(separator: ".") }
  }

  private struct LoginView: Sendable {
    let byGitHub: Bool
    let byProxy: Bool
    let next: String
  }
}
