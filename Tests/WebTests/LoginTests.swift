import Curl
import Foundation
import Model
import Providers
import Store
import TestSupport
import Testing

@testable import Web

/// Who may look, and who may change.
@Suite struct LoginTests {
  private static func closed(_ settings: inout WebServer.Settings) {
    settings.login.isOpen = false
    settings.login.rules = AccessRules([.reader: AccessRules.entries("@ada")!])
  }

  private func token(_ site: WebSite, _ scopes: Set<AccessScope>, seconds: Double? = nil) async throws -> String {
    let secret = Secret.random(prefix: Secret.tokenPrefix)
    _ = try await site.ledger.store.addToken(name: "ci", digest: secret.digest, scopes: scopes, seconds: seconds, who: "ada")
    return secret.text
  }

  @Test func whoIsNotKnownSeesNothing() async throws {
    try await WebSite.with(Self.closed) { site in
      for path in ["/", "/audit", "/api", "/api/v1/causes", "/api/v1/openapi.json"] {
        let response = try await site.get(path)
        #expect(response.status == 401, "\(path)")
        #expect(
          response.body.count < 5_000 && !String(decoding: response.body, as: UTF8.self).contains("unexplained\":"), "\(path)")
      }
      // A person is shown where to log in, and comes back to where they wanted to be.
      let sent = try await site.get("/audit?limit=5", ["Accept": "text/html"])
      #expect(sent.status == 303)
      #expect(sent.headers["location"] == "/login?next=%2Faudit%3Flimit%3D5")
      // These tell nothing, or prove who asks in ways of their own.
      let health = try await site.get("/health")
      #expect(health.status == 200)
      let login = try await site.get("/login", ["Accept": "text/html"])
      #expect(login.status == 200)
    }
  }

  @Test func aTokenIsGoodForItsScopesUntilItEnds() async throws {
    try await WebSite.with(Self.closed) { site in
      let reader = ["Authorization": "Bearer " + (try await token(site, [.read]))]
      let operate = ["Authorization": "Bearer " + (try await token(site, [.operate]))]
      let logs = ["Authorization": "Bearer " + (try await token(site, [.logs]))]
      let ended = ["Authorization": "Bearer " + (try await token(site, [.operate], seconds: -1))]
      for (headers, path, status) in [
        (reader, "/api/v1/causes", 200), (reader, "/api/v1/audit", 403), (operate, "/api/v1/audit", 200),
        (logs, "/api/v1/causes", 403), (ended, "/api/v1/causes", 401),
        (["Authorization": "Bearer culprit_no"], "/api/v1/causes", 401),
        (["Authorization": "Basic YTpi"], "/api/v1/causes", 401),
      ] {
        let response = try await site.get(path, headers)
        #expect(response.status == status, "\(path)")
      }
      let number = try await site.ledger.store.tokens().first { $0.scopes == [.read] }?.id
      try await site.ledger.store.revokeToken(try #require(number), who: "ada")
      let revoked = try await site.get("/api/v1/causes", reader)
      #expect(revoked.status == 401)
    }
  }

  @Test func noSecretIsInTheDatabase() async throws {
    try await WebSite.with(Self.closed) { site in
      let text = try await token(site, [.read])
      let session = Secret.random()
      try await site.ledger.store.beginSession(digest: session.digest, login: "ada", role: .reader, entry: "@ada")
      let dump = try await site.ledger.pool.run { session in
        try session.query(
          "SELECT (SELECT string_agg(t::text, ' ') FROM access_token t) || (SELECT string_agg(t::text, ' ') FROM web_session t) AS dump"
        ).only().decode(String.self, "dump")
      }
      #expect(!dump.contains(text) && !dump.contains(session.text))
    }
  }

  // MARK: - By GitHub

  /// A server at which those on the lists log in by GitHub.
  private static func byGitHub(
    _ world: LoginWorld, _ lists: [Role: String], _ body: @Sendable @escaping (WebSite) async throws -> Void
  ) async throws {
    try await WebSite.with(
      github: try world.login,
      { settings in
        closed(&settings)
        settings.login.rules = AccessRules(lists.mapValues { AccessRules.entries($0)! })
      }, body)
  }

  @Test func membersLogInByGitHub() async throws {
    let world = try LoginWorld(memberships: ["/orgs/acme/teams/ci/memberships/ada", "/user/memberships/orgs/acme"])
    defer { world.stop() }
    try await Self.byGitHub(world, [.reader: "acme", .curator: "acme/ci", .operator: "@root"]) { site in
      let (cookies, answer) = try await Self.logIn(site, code: "good", next: "/audit?limit=5")
      #expect(answer.status == 303)
      #expect(answer.headers["location"] == "/audit?limit=5")
      let home = try await site.get("/", ["Cookie": cookies, "Accept": "text/html"])
      #expect(home.status == 200)
      #expect(String(decoding: home.body, as: UTF8.self).contains("<span title=\"curator\">ada</span>"))
      // A curator is no operator.
      let audit = try await site.get("/api/v1/audit", ["Cookie": cookies])
      #expect(audit.status == 403)
      // Logging out ends the session, not only the cookie.
      let out = try await site.send([:], to: "/logout", from: "/", cookies: cookies)
      #expect(out.status == 303)
      let after = try await site.get("/api/v1/causes", ["Cookie": cookies])
      #expect(after.status == 401)
    }
  }

  @Test func othersDoNot() async throws {
    let world = try LoginWorld(memberships: [])
    defer { world.stop() }
    try await Self.byGitHub(world, [.reader: "acme, @bob"]) { site in
      for code in ["good", "stolen"] {
        let (_, answer) = try await Self.logIn(site, code: code, next: "/")
        #expect(answer.status == 403, "\(code)")
        #expect(!WebSite.cookies(answer).contains("culprit-session"))
      }
      // A code that someone else's browser was sent for.
      let foreign = try await site.get("/login/github/callback?code=good&state=abc", ["Accept": "text/html"])
      #expect(foreign.status == 400)
    }
  }

  @Test func whoDoesNotHaveTheTokenDoesNotSayWhoseItIs() async throws {
    let stranger = try LoopbackServer { _ in .init(200, #"{"login":"bob"}"#) }
    defer { stranger.stop() }
    let world = try LoginWorld(memberships: [], elsewhere: stranger.url)
    defer { world.stop() }
    try await Self.byGitHub(world, [.reader: "@bob"]) { site in
      let (_, answer) = try await Self.logIn(site, code: "good", next: "/")
      #expect(answer.status == 502 && !WebSite.cookies(answer).contains("culprit-session"))
    }
  }

  /// The lists are asked at every request, so that who is taken off them is out; and who logs in anew is logged in once.
  @Test func aSessionLastsAsLongAsWhatGaveItsRole() async throws {
    let world = try LoginWorld(memberships: ["/user/memberships/orgs/acme"])
    defer { world.stop() }
    try await Self.byGitHub(world, [.curator: "acme"]) { site in
      let (first, _) = try await Self.logIn(site, code: "good", next: "/" + String(repeating: "a/", count: 500))
      let (second, _) = try await Self.logIn(site, code: "good", next: "/", cookies: first)
      let store = site.ledger.store
      let gone = Secret.random()
      try await store.beginSession(digest: gone.digest, login: "bob", role: .operator, entry: "acme/gone")
      for (cookies, status) in [(first, 401), (second, 200), ("culprit-session=\(gone.text)", 401)] {
        let answer = try await site.get("/api/v1/causes", ["Cookie": cookies])
        #expect(answer.status == status)
      }
      let listed = try await store.sessions()
      #expect(listed.map(\.login) == ["bob", "ada"] && listed.map(\.entry) == ["acme/gone", "acme"])
      let ended = try await store.endSessions(of: "ADA", who: "root")
      let after = try await site.get("/api/v1/causes", ["Cookie": second])
      #expect(ended == 1 && after.status == 401)
    }
  }

  @Test func nobodyIsSentElsewhereAfterLoggingIn() {
    for text in [
      "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:x", "/a\nb", "", "%2F%2Fevil.example",
    ] {
      #expect(LoginRoutes.local(text) == "/", "\(text)")
    }
    for text in ["/builds/4?line=3", "/builds?job=a%26b", "/commits?branch=f%C3%BCr", "/builds?job=100%25%20of"] {
      #expect(LoginRoutes.local(text) == text)
    }
    for text in ["/%2Fevil.example", "/%5Cevil.example", "/a%0Ab", "/a b", "%2Fbuilds"] {
      #expect(LoginRoutes.local(text) == "/", "\(text)")
    }
  }

  /// - Returns: the browser's cookies and the last answer.
  private static func logIn(
    _ site: WebSite, code: String, next: String, cookies: String = ""
  ) async throws -> (String, HTTPResponse) {
    let left = try await site.send(["next": next], to: "/login/github", from: "/login")
    let address = try #require(left.headers["location"])
    #expect(address.contains("code_challenge_method=S256") && !address.contains("secret"))
    let state = try #require(address.firstMatch(of: /state=([^&]+)/)).1
    let back = try await site.get(
      "/login/github/callback?code=\(code)&state=\(state)",
      ["Cookie": [WebSite.cookies(left), cookies].filter { !$0.isEmpty }.joined(separator: "; "), "Accept": "text/html"])
    return (WebSite.cookies(back), back)
  }

  // MARK: - By a proxy

  @Test func aProxyIsBelievedOnlyFromItsAddress() async throws {
    for (addresses, status) in [("127.0.0.0/8", 200), ("10.0.0.0/8, ::1", 401)] {
      try await WebSite.with({ settings in
        Self.closed(&settings)
        settings.login.proxy = .init(header: "X-Forwarded-User")!
        settings.login.proxies = AddressList(addresses)!
        settings.login.rules = AccessRules([.curator: AccessRules.entries("@ada")!])
      }) { site in
        let response = try await site.get("/api/v1/causes", ["X-Forwarded-User": "ada"])
        #expect(response.status == status)
        let nobody = try await site.get("/api/v1/causes")
        #expect(nobody.status == 401)
      }
    }
  }

  @Test func whomAProxyNamesIsWhoActs() async throws {
    try await WebSite.with({ settings in
      settings.login.isOpen = false
      settings.login.proxy = .init(header: "X-Forwarded-User")!
      settings.login.proxies = AddressList("127.0.0.1")!
      settings.login.rules = AccessRules([
        .reader: AccessRules.entries("@bob")!, .operator: AccessRules.entries("@kate")!,
      ])
    }) { site in
      let session = Secret.random()
      try await site.ledger.store.beginSession(digest: session.digest, login: "Kate", role: .operator, entry: "@kate")
      let cookie = ["Cookie": "culprit-session=\(session.text)"]
      // U+212A, the sign of the kelvin, is a k in lower case.
      let headers: [(String?, [String: String], Int)] = [
        (nil, cookie, 200), ("kate", cookie, 200), ("KATE", [:], 200), ("bob", cookie, 403), ("bob", [:], 403),
        ("zoe", cookie, 403),
        ("\u{212A}ate", [:], 403), ("\u{212A}ate", cookie, 403),
      ]
      for (name, cookie, status) in headers {
        let answer = try await site.get("/api/v1/audit", cookie.merging(name.map { ["X-Forwarded-User": $0] } ?? [:]) { $1 })
        #expect(answer.status == status, "\(name ?? "-") \(cookie.count)")
      }
    }
  }

  /// A proxy that knows people by Basic authentication, or by tokens of its own, hands them on.
  @Test func whatAProxyHandsOnKeepsNobodyOut() async throws {
    try await WebSite.with({ settings in
      Self.closed(&settings)
      settings.login.proxy = .init(header: "X-Forwarded-User")!
      settings.login.proxies = AddressList("127.0.0.1")!
    }) { site in
      let session = Secret.random()
      try await site.ledger.store.beginSession(digest: session.digest, login: "ada", role: .reader, entry: "@ada")
      let login = try await site.get("/login", ["Accept": "text/html", "Authorization": "Basic YWRhOngK"])
      #expect(login.status == 200)
      for way in [["X-Forwarded-User": "ada"], ["Cookie": "culprit-session=\(session.text)"]] {
        for (given, status) in [("Basic YWRhOngK", 200), ("Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln", 200), ("Bearer culprit_no", 401)]
        {
          let response = try await site.get("/api/v1/causes", way.merging(["Authorization": given]) { $1 })
          #expect(response.status == status, "\(way.keys) \(given)")
        }
      }
    }
  }

  @Test func behindAProxyEachHasTheirOwnLimit() async throws {
    let world = try LoginWorld(memberships: [])
    defer { world.stop() }
    try await WebSite.with(
      github: try world.login,
      { settings in
        Self.closed(&settings)
        settings.login.proxies = AddressList("127.0.0.1")!
        settings.login.requestsPerSecond = 20
      }
    ) { site in
      let shown = try await site.get("/login", ["Accept": "text/html", "X-Forwarded-For": "192.0.2.1"])
      let text = String(decoding: shown.body, as: UTF8.self)
      let token = try #require(text.firstMatch(of: /name="form_token" value="([^"]+)"/)).1
      func leave(_ address: String) async throws -> Int? {
        try await PlainConnection.status(
          site, "POST /login/github",
          [
            "Cookie": WebSite.cookies(shown), "X-Forwarded-For": address, "Content-Type": "application/x-www-form-urlencoded",
          ], PageInput.link("", ["form_token": String(token)]).dropFirst().description)
      }
      var statuses: [Int?] = []
      while statuses.count < 300, statuses.last != 429 { statuses.append(try await leave("192.0.2.1")) }
      #expect(statuses.first == 303 && statuses.last == 429)
      let other = try await leave("192.0.2.2")
      #expect(other == 303)
    }
  }

  /// An error is told to a person as the person that they are.
  @Test func errorsNameWhoIsLoggedIn() async throws {
    try await WebSite.with(Self.closed) { site in
      let session = Secret.random()
      try await site.ledger.store.beginSession(digest: session.digest, login: "ada", role: .reader, entry: "@ada")
      let missing = try await site.get("/builds/7", ["Accept": "text/html", "Cookie": "culprit-session=\(session.text)"])
      #expect(missing.status == 404)
      let text = String(decoding: missing.body, as: UTF8.self)
      #expect(text.contains("<span title=\"reader\">ada</span>") && !text.contains("href=\"/login"))
    }
  }

  @Test func addressesAndNetworks() {
    for (text, counted) in [
      ("192.0.2.1", "192.0.2.1"), (" 192.0.2.1:80", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
      ("2001:db8::1", "20010db800000000::/64"), ("[2001:db8:0:0:9::2]:443", "20010db800000000::/64"), ("<script>", nil), ("", nil),
      ("1.2.3.4:80:80", nil),
    ] {
      #expect(ClientAddress(Substring(text))?.counted == counted, "\(text)")
    }
    #expect(LoginSettings.Proxy(header: "X-User[0]") == nil)
    #expect(AddressList("10.0.0.1/33") == nil)
    #expect(AddressList("") == nil)
    #expect(AddressList("proxy.example") == nil)
  }

  // MARK: - Too much, and from elsewhere

  @Test func whoAsksTooMuchWaits() async throws {
    try await WebSite.with({ settings in
      Self.closed(&settings)
      settings.login.requestsPerSecond = 0.001
    }) { site in
      // The burst is ten seconds' worth, which is less than one request here. Our own client keeps to what 429 says.
      let error = await #expect(throws: CurlError.self) { try await site.get("/api/v1/causes") }
      guard case .rateLimited = error?.kind else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func bucketsFillUpAgain() {
    let limiter = RateLimiter(perSecond: 2, burst: 3)
    for _ in 0..<3 { #expect(limiter.wait(for: "a", now: 0) == nil) }
    #expect(limiter.wait(for: "a", now: 0) == 0.5)
    #expect(limiter.wait(for: "b", now: 0) == nil)
    #expect(limiter.wait(for: "a", now: 0.5) == nil)
    #expect(limiter.wait(for: "a", now: 0.5) != nil)
  }

  @Test func anotherSitesFormIsRefused() async throws {
    let world = try LoginWorld(memberships: [])
    defer { world.stop() }
    try await WebSite.with(github: try world.login, Self.closed) { site in
      let type = "application/x-www-form-urlencoded"
      let bare = try await site.post("/login/github", "next=%2F", type: type)
      #expect(bare.status == 403)
      for headers in [["Origin": "https://evil.example"], ["Sec-Fetch-Site": "cross-site"], ["Origin": "null"]] {
        let response = try await site.send([:], to: "/login/github", from: "/login", headers)
        #expect(response.status == 403, "\(headers)")
      }
      let own = try await site.send(
        [:], to: "/login/github", from: "/login", ["Origin": site.base, "Sec-Fetch-Site": "same-origin"])
      #expect(own.status == 303)
    }
  }

  /// A proxy may send on another `Host` than people see, and a site may call itself by ours.
  @Test func changesComeFromPagesOfThePublicAddress() async throws {
    let world = try LoginWorld(memberships: [])
    defer { world.stop() }
    try await WebSite.with(
      github: try world.login,
      { settings in
        Self.closed(&settings)
        settings.publicURL = "https://Culprit.example:443"
      }
    ) { site in
      for (headers, isTaken) in [
        (["Origin": "https://culprit.example"], true), (["Origin": "http://culprit.example"], false),
        (["Origin": site.base], false),
        (["Origin": "https://evil.example", "Host": "evil.example"], false), ([:], true),
      ] {
        let answer = try await site.post(
          "/login/github", "next=%2F", type: "application/x-www-form-urlencoded", headers)
        let isOthers = String(decoding: answer.body, as: UTF8.self).contains("another site")
        #expect(answer.status == 403 && isOthers == !isTaken, "\(headers)")
      }
    }
  }

  @Test func withoutALoginNothingComesThroughAProxy() async throws {
    try await WebSite.with { site in
      for header in ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via", "CF-Connecting-IP"] {
        let response = try await site.get("/api/v1/causes", [header: "1.2.3.4"])
        #expect(response.status == 403, "\(header)")
      }
    }
  }
}
