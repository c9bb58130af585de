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
        (["repository": "a/b", "reason": "x", "from": "abc"], "from"), (["repository": "a/ ", "reason": "x"], "repository"),
        (["repository": "a/b", "reason": "x", "until": "2026-02-30"], "until"), (["repository": "a/b", "reason": " "], "reason"),
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

  /// A list of builds says what the commits' pages say of them, and what they tell themselves, by which it is filtered.
  @Test func listsOfBuildsTellWhatExcusesThem() async throws {
    @Sendable func commit(_ digit: String) -> String { String(repeating: digit, count: 40) }
    try await WebSite.with { site in
      let day = 86_400.0
      let builds: [(String, commit: String, job: String, daysAgo: Double)] = [
        ("base", "a", "linux", 3), ("upstream", "b", "linux", 2), ("known", "b", "mac_1", 2), ("new", "b", "macX1", 2),
        ("old", "c", "mac_1", 20),
      ]
      try await site.fill(
        [.test("build/error", match: "error:"), .test("no/such", match: "no such")],
        builds.map { id, digit, job, ago in
          (TestLedger.build(id, commit: commit(digit), job: job, finishedAt: WebSite.now - ago * day), log: "error: x of y\n")
        })
      try await site.ledger.store.recordBase(
        of: Store.CommitName(repository: "acme/engine", commit: commit("b")), base: commit("a"), ancestors: [])
      for (jobs, patterns, reason) in [("mac_?", "", "the <disk>"), ("*", "no/such", "never")] {
        let fields = ["repository": "acme/engine", "jobs": jobs, "patterns": patterns, "reason": reason]
        #expect(try await site.send(fields, to: "/known", from: "/known").status == 303)
      }

      let twin = try await site.json("/builds?since=14d&kind=new")["items"]
      let told = (0..<twin.count).map { place in
        let verdict = twin[place]["verdict"]
        return "\(twin[place]["job"].text ?? "") \(twin[place]["kind"].text ?? "") \(verdict["kind"].text ?? "–")"
      }
      #expect(Set(told) == ["linux new –", "linux new upstream", "mac_1 new known", "macX1 new –"])
      for place in 0..<twin.count {
        let own = try await site.json("/builds/\(Int(twin[place]["id"].number ?? 0))")
        #expect(own["verdict"]["kind"].text == twin[place]["verdict"]["kind"].text ?? twin[place]["kind"].text)
      }
      let page = try await site.page("/builds?since=14d")
      #expect(page.contains(">known</span><br><span class=\"muted small\">new by itself; known problem: the &lt;disk&gt;</span>"))
      #expect(page.contains("new by itself; the same job fails in the same way at aaaaaaaaaaaa"))

      // Of the last 14 days.
      let known = try await site.json("/known?sort=-builds")["problems"]
      #expect((0..<2).map { known[$0]["builds"].number } == [1, 0] && known[0]["reason"].text == "the <disk>")
      let other = try await site.json("/known?sort=builds&limit=1")
      #expect(other["problems"][0]["builds"].number == 0 && other["problems"].count == 1)
      let next = try await site.json("/known?sort=builds&limit=1&cursor=\(other["next"].text ?? "")")
      #expect(next["problems"][0]["builds"].number == 1)
      let problems = try await site.page("/known")
      #expect(problems.contains("href=\"/builds?failed=1&amp;repository=acme%2Fengine&amp;since=14d\">1</a>"))
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
      // One page after the other has each cluster once, in any order.
      for query in ["?sort=-builds", "?sort=builds", "?sort=lastSeen"] {
        let first = try await site.json("/unexplained\(query)&limit=1")
        let cursor = try #require(first["next"].text)
        let rest = try await site.json("/unexplained\(query)&limit=1&cursor=\(cursor)")
        let sizes = [first, rest].map { $0["clusters"][0]["builds"].number }
        #expect(Set(sizes) == [2, 4] && rest["clusters"].count == 1 && rest["next"].text == nil, "\(query)")
      }
      // The cluster that a page ended with may be gone since: what comes behind its size.
      let real = try #require(try await site.json("/unexplained?limit=1")["next"].text.flatMap { Cursor($0) })
      let gone = try await sizes("?cursor=\(Cursor(keys: [real.keys[0], "3.0", "0", "1"]).text)", site)
      #expect(gone == [2])
      #expect(try await site.get("/api/v1/unexplained?cursor=\(Cursor(keys: ["1"]).text)").status == 400)
      #expect(try await site.page("/unexplained?limit=1").contains(">More clusters</a>"))
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
