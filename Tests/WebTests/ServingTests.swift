import Foundation
import Model
import NIOHTTP1
import Telemetry
import TestSupport
import Testing

@testable import Web

/// What holds for every page and every way of the API.
@Suite struct ServingTests {
  @Test func aPageAndItsTwinShowTheSame() async throws {
    try await WebSite.with { site in
      try await site.fill(
        [.test("net/reset", match: "reset", title: "Reset by \"peer\" <b>", verdict: .flaky)],
        [(TestLedger.build("1", finishedAt: WebSite.now - 60), "connection reset\n")])
      let page = try await site.page("/")
      #expect(page.contains("Reset by &quot;peer&quot; &lt;b&gt;"))
      let twin = try await site.json("/causes?since=14d")
      #expect(twin["failed"].number == 1)
      #expect(twin["causes"][0]["pattern"].text == "net/reset")
    }
  }

  @Test func whatIsWrongIsSaid() async throws {
    try await WebSite.with { site in
      let wrong = try await site.get("/api/v1/causes?since=yesterday")
      #expect(wrong.status == 400)
      #expect(wrong.headers["content-type"] == "application/problem+json")
      let problem = try JSONValue(wrong.body)
      #expect(problem["field"].text == "since")
      #expect(problem["detail"].text == "since must be like 14d, 12h, 2w or 2026-01-31")
      #expect(try await site.get("/api/v1/causes?sinse=1d").status == 400)
      // A browser's own additions are no error on a page.
      #expect(try await site.get("/?utm_source=x").status == 200)
      let missing = try await site.get("/nowhere", ["Accept": "text/html"])
      #expect(missing.status == 404)
      #expect(String(decoding: missing.body, as: UTF8.self).contains("<h1>Not Found</h1>"))
    }
  }

  /// A client that goes away in the midst of what it sends is no trouble of the server's, which its log would tell at the level of errors.
  @Test func aBodyThatBreaksOffIsTheClientsMistake() {
    #expect(WebError(describing: HTTPParserError.invalidEOFState)?.status == .badRequest)
  }

  /// Each of these was once an error of the server, or was taken for something else.
  @Test(arguments: [
    ("/audit?who=a%00b", "who"), ("/known?repository=%00", "repository"), ("/builds?limit=1&limit=2", "limit"),
    ("/builds?failed=maybe", "failed"), ("/builds?cursor=WyJcdTAwMDAiXQ", "cursor"), ("/causes?since=1e3d", "since"),
  ])
  func whatNoParameterMayBeIsRefused(path: String, field: String) async throws {
    try await WebSite.with { site in
      let wrong = try await site.get("/api/v1" + path)
      #expect(wrong.status == 400)
      #expect(try JSONValue(wrong.body)["field"].text == field)
    }
  }

  @Test func membersOfABodyHaveTheTypesThatTheDescriptionTells() async throws {
    try await WebSite.with { site in
      for (body, field) in [
        (#"{"expression": false}"#, "expression"), (#"{"expression": "x", "ignore_case": "yes"}"#, "ignore_case"),
        (#"{"expression": "x", "since": ""}"#, "since"), (#"{"expression": "x\u0000"}"#, "expression"),
      ] {
        let wrong = try await site.post("/api/v1/try", body, type: "application/json")
        #expect(wrong.status == 400, "\(body)")
        #expect(try JSONValue(wrong.body)["field"].text == field, "\(body)")
      }
      let days = try await site.post("/api/v1/unexplained", #"{"days": "14"}"#, type: "application/json")
      #expect(days.status == 400)
      // Null is as if it weren't there.
      let usual = try await site.post("/api/v1/unexplained", #"{"days": null}"#, type: "application/json")
      #expect(usual.status == 200)
    }
  }

  @Test func anErrorIsOfNoSection() async throws {
    try await WebSite.with { site in
      let missing = try await site.page("/nowhere")
      #expect(missing.contains("<nav aria-label=\"Sections\">") && !missing.contains("aria-current"))
      #expect(try await site.page("/known").contains("<a href=\"/known\" aria-current=\"page\">"))
    }
  }

  @Test func whereOnlyMetricsAreToldThereAreNoPages() async throws {
    try await WebSite.with { settings in
      settings.isOnlyMetrics = true
      settings.metrics = PrometheusRegistry()
    } _: { site in
      for (path, status) in [
        ("/metrics", 200), ("/health", 200), ("/", 404), ("/builds", 404), ("/api/v1/causes", 404), ("/static/culprit.css", 404),
        ("/login", 404),
      ] {
        let answer = try await site.get(path)
        #expect(answer.status == status, "\(path)")
      }
      let foreign = try await site.get("/metrics", ["Host": "evil.example"])
      #expect(foreign.status == 421)
    }
  }

  @Test func anAnswerThatIsKnownIsNotSentAgain() async throws {
    try await WebSite.with { site in
      let first = try await site.get("/api/v1/causes")
      let tag = try #require(first.headers["etag"])
      let second = try await site.get("/api/v1/causes", ["If-None-Match": tag])
      #expect(second.status == 304)
      #expect(second.body.isEmpty)
    }
  }

  @Test func otherMethodsAreRefusedByName() async throws {
    try await WebSite.with { site in
      let response = try await site.post("/api/v1/causes", "{}", type: "application/json")
      #expect(response.status == 405)
      #expect(response.headers["allow"] == "GET, HEAD")
      let log = try await site.get("/api/v1/logs")
      #expect(log.status == 405)
      #expect(log.headers["allow"] == "POST")
      // Pages and their forms say so as well.
      let page = try await site.post("/builds", "", type: "application/x-www-form-urlencoded")
      #expect(page.status == 405 && page.headers["allow"] == "GET, HEAD")
      let form = try await site.get("/builds/1/overrule", ["Accept": "text/html"])
      #expect(form.status == 405 && form.headers["allow"] == "POST")
      #expect(String(decoding: form.body, as: UTF8.self).contains("<h1>Method Not Allowed</h1>"))
      #expect(try await PlainConnection.status(site, "TRACE /") == 405)
      #expect(try await PlainConnection.status(site, "PUT /patterns/net/reset") == 405)
    }
  }

  /// Whatever is declared is described, and the description is a valid document.
  @Test func theDescriptionNamesEveryWay() async throws {
    try await WebSite.with { site in
      let document = try await site.json("/openapi.json")
      #expect(document["openapi"].text == "3.1.0")
      for (path, method, scopes) in [
        ("causes", "get", ["read"]), ("known", "post", ["curate"]), ("audit", "get", ["operate"]),
        ("logs", "post", ["operate", "logs"]),
      ] {
        let ways = document["paths"]["/api/v1/" + path][method]["security"]
        #expect((0..<ways.count).compactMap { ways[$0]["token"][0].text } == scopes, "\(path)")
      }
      let causes = document["paths"]["/api/v1/causes"]["get"]
      #expect(causes["parameters"][0]["name"].text == "since")
      #expect(causes["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].text == "#/components/schemas/Causes")
      #expect(document["paths"]["/api/v1/logs"]["post"]["requestBody"]["required"].flag == true)
      // What happens is described, and what is refused doesn't look as if it were taken.
      for status in ["405", "421"] { #expect(causes["responses"][status]["description"].text != nil) }
      #expect(document["components"]["schemas"]["Causes"]["properties"]["behind"]["type"].text == "integer")
      func body(_ path: String, _ type: String = "application/json") -> JSONValue {
        document["paths"]["/api/v1/" + path]["post"]["requestBody"]["content"][type]["schema"]
      }
      #expect(body("logs", "application/octet-stream")["minLength"].number == 1)
      #expect(body("try")["anyOf"][0]["required"][0].text == "expression" && body("try")["anyOf"][1]["required"][0].text == "file")
      let since = try Regex(try #require(causes["parameters"][0]["schema"]["anyOf"][2]["pattern"].text))
      #expect(!"0842-10-11T14:09:57Z".contains(since) && "1970-01-01T00:00:00Z".contains(since))
      let people = try await site.page("/api")
      #expect(people.contains("POST /api/v1/logs"))
    }
  }

  @Test func browsersAreToldToRunNothingElse() async throws {
    try await WebSite.with { site in
      for path in ["/", "/nowhere", "/health", "/static/culprit.css", "/api/v1/causes"] {
        let response = try await site.get(path)
        let policy = response.headers["content-security-policy"] ?? ""
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "\(path)")
        #expect(!policy.contains("unsafe"), "\(path)")
        #expect(response.headers["x-content-type-options"] == "nosniff", "\(path)")
      }
    }
  }

  /// A name of someone else's that leads to 127.0.0.1 would let their scripts read everything.
  @Test func aServerWithoutLoginAnswersOnlyToItsOwnNames() async throws {
    try await WebSite.with { site in
      for (host, status) in [("evil.example", 421), ("evil.example:8080", 421), ("localhost:8080", 200)] {
        let response = try await site.get("/api/v1/causes", ["Host": host])
        #expect(response.status == status, "\(host)")
      }
    }
  }

  @Test func quotationMarksWithAccentsEndNoAttribute() {
    #expect(SafeHTML.escape("\"\u{301} onfocus=x") == "&quot;\u{301} onfocus=x")
    #expect(SafeHTML.escape("<\u{338}b>&'") == "&lt;\u{338}b&gt;&amp;&#39;")
    #expect(SafeHTML.escape("a\u{202E}b\u{0}c\u{1B}d\te") == "a\u{FFFD}b\u{2400}c\u{241B}d\te")
    #expect(SafeHTML.escape("naïve – ok") == "naïve – ok")
  }

  @Test func cursorsAreReadAsTheyWereMade() {
    let cursor = Cursor(keys: ["1700000000.5", "ä/?&", ""])
    #expect(Cursor(cursor.text) == cursor)
    #expect(Cursor("%%%") == nil)
    #expect(Cursor("e30") == nil)
  }
}
