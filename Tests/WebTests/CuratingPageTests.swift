import Foundation
import Model
import Store
import TestSupport
import Testing

@testable import Web

/// Known problems, and what nothing explains.
@Suite struct CuratingPageTests {
  @Test func aKnownProblemIsAddedShownAndResolved() async throws {
    try await WebSite.with { site in
      let commit = String(repeating: "a", count: 40)
      let added = try await site.send(
        [
          "repository": "acme/engine", "jobs": "linux*\r\nmac, win", "branch": "main", "from": commit, "until": "2026-06-01",
          "reason": "the <mirror> is \"down\"", "issue": "javascript:alert(1)",
        ], to: "/known", from: "/known")
      #expect(added.status == 303)
      let page = try await site.page("/known")
      #expect(page.contains("the &lt;mirror&gt; is &quot;down&quot;"))
      #expect(page.contains("acme/engine: linux*, mac, win on main"))
      #expect(page.contains("from commit aaaaaaaaaa") && page.contains("until 2026-06-01"))
      // What is no address of the web is no link.
      #expect(!page.contains("href=\"javascript"))
      let twin = try await site.json("/known")
      #expect(twin["count"].number == 1 && twin["problems"][0]["jobs"].count == 3)
      #expect(twin["problems"][0]["who"].text == "local" && twin["problems"][0]["from"].text == commit)

      let id = Int(twin["problems"][0]["id"].number ?? 0)
      // A second one, so that there are two pages.
      #expect(try await site.send(["repository": "acme/web", "reason": "later"], to: "/known", from: "/known").status == 303)
      let newest = try await site.json("/known?limit=1")
      #expect(newest["count"].number == 2 && newest["problems"][0]["reason"].text == "later")
      let older = try await site.json("/known?limit=1&cursor=\(newest["next"].text ?? "")")
      #expect(older["problems"][0]["id"].number == Double(id) && older["next"].text == nil)
      #expect(try await site.page("/known?limit=1").contains("limit=1\">More</a>"))
      #expect(try await site.send([:], to: "/known/\(id + 1)/resolve", from: "/known").status == 303)
      #expect(try await site.send([:], to: "/known/\(id)/resolve", from: "/known").status == 303)
      #expect(try await site.page("/known").contains("There are none."))
      #expect(try await site.page("/known?state=resolved").contains("resolved"))
      #expect(try await site.json("/known?state=resolved")["problems"][0]["resolvedBy"].text == "local")
      #expect(try await site.send([:], to: "/known/\(id)/resolve", from: "/known?state=all").status == 404)
    }
  }

  @Test func whatIsWrongWithAKnownProblemIsSaid() async throws {
    try await WebSite.with { site in
      for (fields, field) in [
        (["repository": "acme/engine"], "reason"), (["repository": "engine", "reason": "x"], "repository"),
        (["repository": "a/b", "reason": "x", "from": "abc"], "from"), (["repository": "a/b", "reason": " "], "reason"),
      ] {
        let answer = try await site.send(fields, to: "/known", from: "/known", ["Accept": "application/json"])
        #expect(answer.status == 400)
        #expect(try JSONValue(answer.body)["field"].text == field)
      }
      let unknown = try await site.send(
        ["repository": "a/b", "reason": "x", "patterns": "no/such"], to: "/known", from: "/known", ["Accept": "application/json"])
      #expect(unknown.status == 404)
      #expect(try await site.json("/known?state=all")["count"].number == 0)
    }
  }

  @Test func anUnexplainedLineLeadsToItsOwnLog() async throws {
    try await WebSite.with { site in
      for number in 0..<2 {
        let build = TestLedger.build("\(number)", commit: String(repeating: "\(number)", count: 40), finishedAt: WebSite.now - 60)
        for step in ["a", "c"] { try await site.ledger.enter("resetting\nnet reset\n\(step)\(number)\n", build, step: step) }
        try await site.ledger.enter("building\nerror: the widget <\(number)> is out of tune\n", build, step: "b")
      }
      try await site.ledger.sync([.test("no/such", match: "no such")])
      _ = try await site.ledger.rescan()
      let twin = try await site.suggestions()
      let sample = twin["clusters"][0]["samples"][0]
      #expect(sample["text"].text?.contains("out of tune") == true && sample["line"].number == 2)
      let (build, log) = (Int(sample["build"].number ?? 0), Int(sample["log"].number ?? 0))
      let logs = try await site.json("/builds/\(build)")["logs"]
      #expect((0..<3).first { logs[$0]["step"].text == "b" }.map { logs[$0]["id"].number } == Double(log))
      let page = try await site.page("/unexplained")
      #expect(page.contains("href=\"/builds/\(build)?line=2&amp;log=\(log)#L2\"") || page.contains("log=\(log)&amp;line=2#L2"))
    }
  }

  @Test func buildsInNoClusterAreListed() async throws {
    try await WebSite.with { site in
      for number in 0..<2 {
        let build = TestLedger.build("\(number)", commit: String(repeating: "\(number)", count: 40), finishedAt: WebSite.now - 60)
        try await site.ledger.enter("%% <\(number)> %%\n", build)
      }
      try await site.ledger.sync([.test("no/such", match: "no such")])
      _ = try await site.ledger.rescan()
      let twin = try await site.suggestions()
      #expect(twin["builds"].number == 2 && twin["untold"].number == 2 && twin["clusters"].count == 0)
      let builds = (0..<2).compactMap { twin["untoldBuilds"][$0]["build"].number }
      #expect(Set(builds).count == 2)
      let page = try await site.page("/unexplained")
      #expect(
        page.contains("<summary>2 say nothing that could be a pattern, or nothing that passing builds don&#39;t say</summary>"))
      for build in builds { #expect(page.contains("<a href=\"/builds/\(Int(build))\">")) }
      // The number leads to those builds.
      #expect(try await site.json("/builds?since=14d&unexplained=1")["items"].count == 2)
    }
  }

  @Test func whatNothingExplainsComesWithADraftThatCanBeTried() async throws {
    try await WebSite.with { site in
      for number in 0..<4 {
        try await site.ledger.enter(
          "building\nerror: the widget <\(number)> is out of tune\n",
          TestLedger.build("\(number)", commit: String(repeating: "\(number)", count: 40), finishedAt: WebSite.now - 60))
      }
      for number in 4..<6 {
        try await site.ledger.enter(
          "building\nfatal: no room left for gadget \(number)\n",
          TestLedger.build(
            "\(number)", commit: String(repeating: "\(number)", count: 40), job: "mac",
            finishedAt: WebSite.now - Double(number) * 86_400))
      }
      try await site.ledger.sync([.test("net/reset", match: "reset")])
      _ = try await site.ledger.rescan()
      let twin = try await site.suggestions()
      #expect(twin["state"].text == "ready" && twin["builds"].number == 6)
      let wanted: [(String, [Double?])] = [
        ("", [4, 2]), ("?sort=builds", [2, 4]), ("?sort=lastSeen", [2, 4]), ("?sort=-firstSeen", [4, 2]), ("?job=mac", [2]),
        ("?job=mac&repository=no/such", []),
      ]
      for (query, sizes) in wanted {
        let found = try await self.sizes(query, site)
        #expect(found == sizes, "\(query)")
      }
      let filtered = try await site.page("/unexplained?job=none&sort=firstSeen")
      #expect(
        filtered.contains("None of the clusters has builds of that.") && filtered.contains("name=\"sort\" value=\"firstSeen\""))
      let yaml = try #require(twin["clusters"][0]["draft"]["yaml"].text)
      let page = try await site.page("/unexplained")
      #expect(
        page.contains(
          "<a href=\"/builds?since=14d&amp;unexplained=1\">6 failed builds that nothing explains</a>, in 2 clusters"))
      #expect(page.contains("href=\"/unexplained?sort=builds\" aria-current=\"true\">size"))
      #expect(page.contains("error: the widget &lt;") && !page.contains("widget <"))
      let link = try #require(page.firstMatch(of: /href="(\/try\?file=[^"]+)"/)?.1)
      // The link fills in the form with the draft.
      let form = try await site.page(String(link))
      #expect(form.contains(SafeHTML.escape(yaml)))
      #expect(try await site.send(["days": "14"], to: "/unexplained", from: "/unexplained").status == 303)
    }
  }

  private func sizes(_ query: String, _ site: WebSite) async throws -> [Double?] {
    let clusters = try await site.json("/unexplained\(query)")["clusters"]
    return (0..<clusters.count).map { clusters[$0]["builds"].number }
  }
}
