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

  /// - Parameter publicURL: where people reach the server; nil: at any name.
  init(store: Store, settings: LoginSettings, cookies: Cookies, publicURL: String?) {
    self.store = store
    self.settings = settings
    self.cookies = cookies
    names = settings.isOpen ? .loopback : HostNames(names: nil, publicURL: publicURL)
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
    if let viewer = context.viewer, viewer.role >= .operator {
      context.sender = Sender(name: viewer.name, mayChangeAll: true)
    }
    if context.viewer?.way != .token, context.formToken.isEmpty {
      let secret = cookies.secret(.form, of: request) ?? .random()
      // Programs have no forms.
      if cookies.secret(.form, of: request) == nil, !request.isForPrograms {
        newCookie = cookies.header(.form, secret.text, seconds: nil)
      }
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
    // Several may have a name, and one that is revoked leaves it to others.
    let name = "token \(token.id) \(token.name)"
    if let role = token.scopes.compactMap(\.role).max() { context.viewer = Viewer(name: name, role: role, way: .token) }
    if token.scopes.contains(.logs) { context.sender = Sender(name: name, mayChangeAll: false) }
  }

  /// Whom a proxy names is who asks: a session that somebody else has left in the browser doesn't count then.
  private func identifyPerson(_ request: Request, _ context: inout WebContext) async throws {
    let named = try nameFromProxy(request, context)
    if let secret = cookies.secret(.session, of: request), let session = try await store.useSession(digest: secret.digest),
      let role = settings.rules.role(of: session.entry),
      named.map({ AccessRules.Entry.person(session.login.lowercased()).isPerson($0) }) ?? true
    {
      context.viewer = Viewer(name: session.login, role: role, way: .session)
      context.formToken = secret.derived("form")
      return
    }
    guard let named else { return }
    let readers = settings.rules.entries[.reader] ?? []
    guard let role = settings.rules.role(ofPerson: named) ?? (readers.isEmpty ? .reader : nil) else {
      throw WebError(.forbidden, "\(named) belongs to nobody who may look here")
    }
    context.viewer = Viewer(name: named, role: role, way: .proxy)
  }

  private func nameFromProxy(_ request: Request, _ context: WebContext) throws -> String? {
    guard let proxy = settings.proxy, let peer = context.peer, settings.proxies?.contains(peer) ?? false,
      let name = request.headers[proxy.header]
    else { return nil }
    // Twice the same header means that someone's own got through beside the proxy's.
    guard request.headers[fields: proxy.header].count == 1, (1...200).contains(name.utf8.count) else {
      throw WebError(.badRequest, "the proxy names nobody, or several")
    }
    return name
  }

  /// Where the request comes from. Each proxy adds at the end where it was asked from; those that we know are believed.
  private func address(_ request: Request, _ context: WebContext) -> String {
    guard var address = context.peer.flatMap(ClientAddress.init) else { return "unknown" }
    var chain = (request.headers[.init("X-Forwarded-For")!] ?? "").split(separator: ",")
    while let proxies = settings.proxies, proxies.contains(address), let last = chain.popLast().flatMap(ClientAddress.init) {
      address = last
    }
    return address.counted
  }

  private func limit(_ limiter: RateLimiter?, _ name: String) throws {
    guard let wait = limiter?.wait(for: name, now: ProcessInfo.processInfo.systemUptime) else { return }
    throw WebError(.tooManyRequests, "too many requests", headers: [.retryAfter: String(Int(wait.rounded(.up)))])
  }

  /// What names of fields begin with that proxies put in, in lower case.
  private static let signsOfProxies = [
    "forwarded", "x-forwarded", "x-original-", "x-real-ip", "via", "cf-", "true-client-ip", "x-client-ip", "x-cluster-client-ip",
    "fastly-", "x-envoy-", "x-amzn-", "remote-user", "x-remote-user",
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
