import Curl
import Foundation
import Model
import Providers
import TestSupport
import Testing

@testable import Web

/// Trying a pattern in a browser: the form, the result, the events, the file.
@Suite struct TryPageTests {
  private func fill(_ site: WebSite) async throws {
    for number in 0..<12 {
      let line = number % 3 == 0 ? "error: connection to <b>host\(number % 2)</b> refused" : "error: nothing special \(number)"
      try await site.ledger.enter(
        "begin\n\(line)\n",
        TestLedger.build(
          "\(number)", commit: String(repeating: String(number, radix: 16), count: 40),
          outcome: number == 6 ? .success : .failure, finishedAt: WebSite.now - Double(number) * 86_400))
    }
    try await site.ledger.sync([.test("net/host", match: "host0", title: "Host")])
    _ = try await site.ledger.rescan()
  }

  /// Begins a trial and waits for its end by its events.
  private func tried(_ site: WebSite, _ fields: [String: String]) async throws -> (location: String, events: String) {
    let begun = try await site.send(fields, to: "/try", from: "/try")
    #expect(begun.status == 303, "\(String(decoding: begun.body, as: UTF8.self))")
    let location = try #require(begun.headers["location"])
    let key = String(location.split(separator: "=").last ?? "")
    let events = try await site.get("/try/\(key)/events")
    #expect(events.headers["content-type"] == "text/event-stream; charset=utf-8")
    return (location, String(decoding: events.body, as: UTF8.self))
  }

  @Test func anExpressionIsTriedAndWhatItWouldChangeIsShown() async throws {
    try await WebSite.with { site in
      try await fill(site)
      let (location, events) = try await tried(
        site, ["expression": "connection to .*(?<host>host\\d).* refused", "verdict": "flaky", "group_by": "host"])
      // Each event is of whole lines, and the last one is the end.
      #expect(events.split(separator: "\n").allSatisfy { $0.hasPrefix("event: ") || $0.hasPrefix("data: ") || $0.hasPrefix(":") })
      #expect(events.contains("event: end\n") && events.contains("connection to &lt;b&gt;host"))
      #expect(!events.contains("<b>host"))

      let page = try await site.page(location)
      #expect(page.contains("Tried on all logs") && page.contains("12 of 12 logs"))
      #expect(page.contains("connection to &lt;b&gt;host") && !page.contains("<b>host"))
      #expect(page.contains("It hits builds that passed"))
      #expect(
        page.contains("<span class=\"tag unknown\">unknown</span>") && page.contains("<span class=\"tag flaky\">flaky</span>"))
      // The form is as it was.
      #expect(page.contains("value=\"connection to .*(?&lt;host&gt;host\\d).* refused\""))
      #expect(page.contains("<option value=\"flaky\" selected>"))

      let trial = try await site.json(location)["trial"]
      #expect(trial["phase"].text == "finished" && trial["triedLogs"].number == 12)
      #expect(trial["findings"].number == 4 && trial["failedBuilds"].number == 3 && trial["passedBuilds"].number == 1)
      #expect(trial["groupCount"].number == 2 && trial["groups"][0]["findings"].number == 2)
      #expect(trial["patterns"][0]["pattern"].text == "net/host" && trial["patterns"][0]["lines"].number == 2)
      #expect(trial["verdict"].text == "flaky")

      let key = String(location.split(separator: "=").last ?? "")
      let file = try await site.get("/try/\(key)/pattern.yaml")
      #expect(file.headers["content-disposition"] == "attachment; filename=\"error-connection-to-host0-refused.yaml\"")
      let yaml = String(decoding: file.body, as: UTF8.self)
      #expect(yaml.contains("match: 'connection to .*(?<host>host\\d).* refused'\n") && yaml.contains("group-by: [host]\n"))
      #expect(yaml.contains("review-by: 2026-07-03\n"))

      // And the file is a pattern file: it can be tried itself.
      let (again, _) = try await tried(site, ["file": yaml.replacing("\n", with: "\r\n"), "id": "net/refused"])
      #expect(try await site.json(again)["trial"]["findings"].number == 4)
      #expect(try await site.page(again).contains("value=\"net/refused\""))
    }
  }

  @Test func whatCantBeTriedIsSaid() async throws {
    try await WebSite.with { site in
      let broken = try await site.send(["expression": "a(b"], to: "/try", from: "/try", ["Accept": "application/json"])
      #expect(broken.status == 422)
      let problem = try JSONValue(broken.body)
      #expect(problem["field"].text == "expression" && problem["detail"].text?.hasPrefix("expression: ") == true)
      // What a person typed is not lost.
      let told = try await site.send(["expression": "a(b"], to: "/try", from: "/try", ["Accept": "text/html"])
      #expect(told.status == 422 && String(decoding: told.body, as: UTF8.self).contains("href=\"/try?expression=a%28b\""))
      let group = try await site.send(
        ["expression": "ab", "group_by": "host"], to: "/try", from: "/try", ["Accept": "application/json"])
      #expect(try JSONValue(group.body)["field"].text == "group_by")
      let file = try await site.send(["file": "match: ["], to: "/try", from: "/try", ["Accept": "application/json"])
      #expect(file.status == 422)
      #expect(try await site.send([:], to: "/try", from: "/try").status == 400)
      let long = String(repeating: "a", count: TryPage.longestExpression + 1)
      #expect(try await site.send(["expression": long], to: "/try", from: "/try").status == 400)
      // Another site's form has no token.
      let foreign = try await site.post("/try", "expression=a", type: "application/x-www-form-urlencoded")
      #expect(foreign.status == 403)
      #expect(try await site.get("/try?trial=0123").status == 404)
      #expect(try await site.get("/try/0123/events").status == 404)
      #expect(try await site.get("/try/0123/pattern.yaml").status == 404)
    }
  }

  @Test func aCuratorProposesAPatternAsAPullRequest() async throws {
    let world = GitHubWorld()
    let servers = try world.serve()
    world.set { $0.branches = ["main": String(repeating: "b", count: 40)] }
    let client = GitHubClient(HTTPClient(), base: try HTTPURL(servers.api.url), credential: .token("token"))
    try await WebSite.with(patterns: GitHubCodeHost(client)) { site in
      try await fill(site)
      let (location, _) = try await tried(site, ["expression": "host1.* refused"])
      let page = try await site.page(location)
      #expect(page.contains("Open a pull request on o/r") && page.contains("value=\"area/error-connection-to-host1-refused\""))
      let key = String(location.split(separator: "=").last ?? "")
      for id in ["host", "../x", "net/Refused", "net//x"] {
        let wrong = try await site.send(["id": id], to: "/try/\(key)/propose", from: location)
        #expect(wrong.status == 400, "\(id)")
      }
      for _ in 0..<2 {
        let proposed = try await site.send(["id": "net/refused"], to: "/try/\(key)/propose", from: location)
        #expect(proposed.status == 303)
      }
      let state = world.state.withLock(\.self)
      #expect(state.proposals.count == 1)
      let path = state.files.keys.first { $0.hasSuffix(":patterns/net/refused.yaml") }
      #expect(path?.hasPrefix("culprit/net/refused-") == true)
      let address = state.proposals[0].object["html_url"] as? String ?? ""
      #expect(try await site.page(location).contains("<a href=\"\(address)\">"))
      #expect(try await site.json(location)["trial"]["proposal"].text == address)
      _ = servers
    }
  }

  @Test func programsTryByJSON() async throws {
    try await WebSite.with { site in
      try await fill(site)
      let begun = try await site.post("/api/v1/try", "{\"expression\":\"refused\"}", type: "application/json")
      #expect(begun.status == 200)
      let location = try #require(try JSONValue(begun.body)["location"].text)
      let key = String(location.split(separator: "=").last ?? "")
      let events = try await site.get("/api/v1/try/\(key)/events")
      let last = String(decoding: events.body, as: UTF8.self).split(separator: "\n").last { $0.hasPrefix("data: ") }
      let trial = try JSONValue(Data((last?.dropFirst(6) ?? "").utf8))
      #expect(trial["phase"].text == "finished" && trial["findings"].number == 4)
    }
  }
}
