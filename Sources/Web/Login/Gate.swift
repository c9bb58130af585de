import Foundation
import Hummingbird
import Model
import NIOCore
import Store

/// Finds out who a request comes from, refuses what other sites make browsers send, and those who ask too much.
struct Gate: RouterMiddleware {
  private let store: Store
  private let settings: LoginSettings
  /// What browsers may call this server.
  private let names: HostNames
  private let cookies: Cookies
  private let requests: RateLimiter?
  /// Of one address: tokens that aren't ours. Guessing is hopeless; this has a program that goes on with an old one slow down, and
  /// doesn't keep out those with good ones behind the same address.
  private let failures = RateLimiter(perSecond: 0.5, burst: 20)

  init(store: Store, settings: LoginSettings, cookies: Cookies) {
    self.store = store
    self.settings = settings
    self.cookies = cookies
    names = settings.isOpen ? .loopback : HostNames(names: nil)
    requests = settings.requestsPerSecond.map { RateLimiter(perSecond: $0) }
  }

  func handle(
    _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
  ) async throws -> Response {
    try names.check(request)
    var context = context
    var newCookie: String?
    if settings.isOpen {
      try refuseForwarded(request)
      context.viewer = Viewer(name: "local", role: .operator, way: .loopback)
    } else {
      context.address = address(request, context)
      try limit(requests, "address \(context.address)")
      try await identify(request, &context)
    }
    if context.viewer?.way != .token, context.formToken.isEmpty {
      let secret = cookies.secret(.form, of: request) ?? .random()
      if cookies.secret(.form, of: request) == nil { newCookie = cookies.header(.form, secret.text, seconds: nil) }
      context.formToken = secret.derived("form")
    }
    var response = try await next(request, context)
    if let newCookie { response.headers.append(.init(name: .setCookie, value: newCookie)) }
    return response
  }

  private func identify(_ request: Request, _ context: inout WebContext) async throws {
    // Any other credential is a proxy's own way of knowing people, which it hands on and which says nothing here.
    if let text = request.headers[.authorization].flatMap(Self.token(in:)) {
      try await identify(byToken: text, &context)
    } else {
      try await identifyPerson(request, &context)
    }
  }

  /// The token of ours that a header holds; nil if it holds something else.
  private static func token(in header: String) -> String? {
    guard header.utf8.count < 512, header.lowercased().hasPrefix("bearer ") else { return nil }
    let text = header.dropFirst(7).trimmingCharacters(in: .whitespaces)
    return text.hasPrefix(Secret.tokenPrefix) ? text : nil
  }

  private func identify(byToken text: String, _ context: inout WebContext) async throws {
    guard let token = try await store.useToken(digest: Secret(text: text).digest) else {
      try limit(failures, context.address)
      throw WebError(
        .unauthorized, "the token isn't known, was revoked or has expired", hint: "culprit token add makes one",
        headers: [.wwwAuthenticate: "Bearer error=\"invalid_token\""])
    }
    try limit(requests, "token \(token.id)")
    let name = "token \(token.name)"
    if let role = token.scopes.compactMap(\.role).max() { context.viewer = Viewer(name: name, role: role, way: .token) }
    if token.scopes.contains(.logs) || token.scopes.contains(.operate) { context.entersLogsAs = name }
  }

  private func identifyPerson(_ request: Request, _ context: inout WebContext) async throws {
    if let secret = cookies.secret(.session, of: request), let session = try await store.useSession(digest: secret.digest) {
      context.viewer = Viewer(name: session.login, role: session.role, way: .session)
      context.formToken = secret.derived("form")
      return
    }
    if let proxy = settings.proxy, let peer = context.peer, settings.proxies?.contains(peer) ?? false,
      let name = request.headers[.init(proxy.header)!]
    {
      // Twice the same header means that someone's own got through beside the proxy's.
      guard request.headers[fields: .init(proxy.header)!].count == 1, (1...200).contains(name.utf8.count) else {
        throw WebError(.badRequest, "the proxy names nobody, or several")
      }
      let readers = settings.rules.entries[.reader] ?? []
      if let role = settings.rules.role(ofPerson: name) ?? (readers.isEmpty ? .reader : nil) {
        context.viewer = Viewer(name: name, role: role, way: .proxy)
      }
    }
  }

  /// Where the request comes from. Only a proxy that we know is believed what it says of that.
  private func address(_ request: Request, _ context: WebContext) -> String {
    guard let peer = context.peer else { return "unknown" }
    if let proxies = settings.proxies, proxies.contains(peer), let chain = request.headers[.init("X-Forwarded-For")!],
      let last = chain.split(separator: ",").last?.trimmingCharacters(in: .whitespaces), last.utf8.count <= 64
    {
      return last
    }
    return peer.ipAddress ?? "unknown"
  }

  private func limit(_ limiter: RateLimiter?, _ name: String) throws {
    guard let wait = limiter?.wait(for: name, now: ProcessInfo.processInfo.systemUptime) else { return }
    throw WebError(.tooManyRequests, "too many requests", headers: [.retryAfter: String(Int(wait.rounded(.up)))])
  }

  /// What names of fields begin with that proxies put in, in lower case.
  private static let signsOfProxies = [
    "forwarded", "x-forwarded-", "x-real-ip", "via", "cf-connecting-ip", "true-client-ip", "x-client-ip",
  ]

  /// Without a login everybody who can connect may do everything, and a proxy in front lets everybody connect.
  private func refuseForwarded(_ request: Request) throws {
    for field in request.headers where Self.signsOfProxies.contains(where: { field.name.canonicalName.hasPrefix($0) }) {
      throw WebError(
        .forbidden, "this came through a proxy, and nobody has to log in here",
        hint: "docs/operating.md tells how to have people log in")
    }
  }
}
