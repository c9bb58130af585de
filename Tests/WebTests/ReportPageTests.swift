import Foundation
import Model
import Pipeline
import TestSupport
import Testing

@testable import Web

/// Causes, commits, builds and patterns, over the real server and a real database.
@Suite struct ReportPageTests {
  private static let day: Double = 86_400
  private static let patterns: [Pattern] = [
    .test("net/reset", match: #"reset by (?<host>\S+)"#, title: "Reset by ${host} <b>", verdict: .flaky, groupBy: ["host"]),
    .test("test/failed", match: "^FAIL", title: "A test failed"),
    .test("generic/exit", match: "exit code", title: "It ended", fallback: true),
  ]

  private static func builds(_ commit: Character = "a") -> [(Build, log: String)] {
    let sha = String(repeating: commit, count: 40)
    let at = WebSite.now - 3_600
    return [
      (TestLedger.build("1", commit: sha, job: "linux", finishedAt: at), "one\nconnection reset by mirror\nthree\n"),
      (TestLedger.build("2", commit: sha, job: "mac", finishedAt: at + 1), "FAIL <i>test</i>\n"),
      (TestLedger.build("3", commit: sha, job: "windows", finishedAt: at + 2), "nothing known\nexit code 5\n"),
      (TestLedger.build("4", commit: sha, job: "docs", outcome: .success, finishedAt: at + 3), "fine\n"),
    ]
  }

  @Test func causesAreCountedAndLeadOn() async throws {
    try await WebSite.with { site in
      #expect(try await site.page("/").contains("No builds yet.</b> <code>culprit import"))
      try await site.fill(Self.patterns, Self.builds())
      let page = try await site.page("/")
      #expect(page.contains(">3</a> of 4 builds failed (75 %)") && page.contains("explains 67 % of the failures"))
      #expect(
        page.contains("<a href=\"/patterns/net/reset\">Reset by … &lt;b&gt;</a> <span class=\"tag warn\">new this week</span>"))
      let twin = try await site.json("/causes")
      #expect(twin["failed"].number == 3 && twin["unexplained"].number == 1 && twin["causes"].count == 2)
      let patterns = Set((0..<2).compactMap { twin["causes"][$0]["pattern"].text })
      #expect(patterns == ["net/reset", "test/failed"])
      #expect(twin["causes"][0]["trend"][0]["builds"].number == 1 && twin["new"].count == 2 && twin["jobs"].count == 3)
      // Each leads on to the builds behind it.
      let list = try await site.json("/builds?pattern=net%2Freset&since=2025-12-20")
      #expect(list["items"].count == 1 && list["items"][0]["telling"]["line"].number == 2)
      // Filters and paging.
      #expect(try await site.json("/causes?job=mac")["causes"].count == 1)
      #expect(try await site.json("/causes?repository=no/such")["builds"].number == 0)
      let first = try await site.json("/causes?limit=1")
      let next = try #require(first["next"].text)
      let second = try await site.json("/causes?limit=1&cursor=\(next)")
      #expect(second["causes"].count == 1 && second["causes"][0]["pattern"].text != first["causes"][0]["pattern"].text)
      #expect(try await site.get("/causes?cursor=WyJ4Il0").status == 404)
      #expect(try await site.get("/?cursor=WyJ4Il0").status == 400)
    }
  }

  @Test(arguments: [(30, nil), (90, 4)])
  func figuresThatLagForMoreThanAMinuteSaySo(seconds: Int, behind: Double?) async throws {
    try await WebSite.with { site in
      try await site.fill(Self.patterns, Self.builds())
      try await site.ledger.pool.run { session in
        try session.execute(
          "INSERT INTO tally_due (build_id, at) SELECT id, now() - make_interval(secs => \(Double(seconds))) FROM build")
      }
      for path in ["/", "/commits", "/builds", "/patterns", "/patterns/net/reset", "/main"] {
        let page = try await site.page(path)
        #expect(page.contains("with 4 changes of builds to go") == (behind != nil), "\(path)")
        let twin = try await site.json(path == "/" ? "/causes" : path)
        #expect(twin["behind"].number == behind, "\(path)")
      }
      #expect(!(try await site.page("/known").contains("to go")))
    }
  }

  /// Who enters builds that are older than the time that the page shows at first is led to them, and not told to enter some.
  @Test func whereTheTimeHasNoBuildsTheNewestAreOffered() async throws {
    try await WebSite.with { site in
      let old = WebSite.now - 26 * Self.day
      try await site.fill(
        Self.patterns,
        [(TestLedger.build("1", finishedAt: old), "reset by x\n"), (TestLedger.build("2", finishedAt: old - 9 * Self.day), "x\n")])
      let page = try await site.page("/")
      #expect(page.contains("No builds in the last 14 days.</b> The newest of 2 builds finished 26 d ago."))
      #expect(page.contains("<a href=\"/?since=2025-11-24\">Builds since 2025-11-24</a>") && !page.contains("culprit import"))
      #expect(try await site.page("/?since=2025-11-24").contains(">2</a> of 2 builds failed"))
      let twin = try await site.json("/causes")
      #expect(twin["earlier"]["builds"].number == 2 && twin["earlier"]["newestAt"].number == old)
      #expect(try await site.json("/causes?since=60d")["earlier"].value == nil)
      // Filters that let none through are another reason, and no reason to enter builds.
      let none = try await site.page("/?repository=no/such")
      #expect(none.contains("The filters let none of any time through.") && !none.contains("culprit import"))
      // What is entered and not counted yet is there nevertheless.
      try await site.ledger.pool.run { session in
        try session.execute("DELETE FROM tally")
        try session.execute("DELETE FROM tally_totals")
      }
      let waiting = try await site.page("/")
      #expect(waiting.contains("Those that are entered are not counted yet") && !waiting.contains("culprit import"))
    }
  }

  /// Each number of the home page is the length of the list that it leads to.
  @Test func numbersLeadToThoseBuilds() async throws {
    try await WebSite.with { site in
      try await site.fill(
        Self.patterns, Self.builds() + [(TestLedger.build("old", finishedAt: WebSite.now - 2 * Self.day), "reset by x\n")])
      let windows = try await site.build("?job=windows")
      #expect(
        try await site.send(["kind": "flaky", "reason": "old"], to: "/builds/\(windows)/overrule", from: "/builds/\(windows)")
          .status == 303)
      // A pattern that wasn't tried yet leaves the verdict open, but for a build that another one calls a failure.
      func lengths() async throws -> [Int?] {
        try await TallyStage(store: site.ledger.store) { CalendarDay(secondsSince1970: WebSite.now) }.run()
        let causes = try await site.json("/causes")
        let page = try await site.page("/")
        var lengths: [Int?] = [Int(causes["unexplained"].number ?? -1), Int(causes["unread"].number ?? -1)]
        let links = page.matches(of: /<a [^>]*href="\/(builds\?[^"]*(?:unexplained|unread)[^"]*)"/).map { String($0.1) }
        for link in links.filter({ $0.contains("unexplained") }) + links.filter({ $0.contains("unread") }) {
          let list = try await site.json("/" + link.replacing("&amp;", with: "&"))
          lengths.append(list["items"].count)
        }
        return lengths
      }
      #expect(try await lengths() == [1, 0, 1])
      try await site.ledger.sync(Self.patterns + [.test("an/other", match: "other")])
      let open = try await lengths()
      #expect(open.count == 4 && open[0] == open[2] && open[1] == open[3] && open[1] != 0, "\(open)")
      // Where little is known, that comes first.
      #expect(try await site.page("/").contains("Most of the failures can't be told yet") == (2 * (open[1] ?? 0) > 4))
      // A day leads to its builds only.
      let page = try await site.page("/")
      let days = page.matches(of: /<a href="\/(builds\?[^"]*until=[^"]*)"/).map { String($0.1).replacing("&amp;", with: "&") }
      var counts: [Int] = []
      for day in days { counts.append(try await site.json("/" + day)["items"].count) }
      #expect(counts == [3, 1])
    }
  }

  @Test func aTimeFromLongAgoIsDrawnFromTheFirstBuildsOn() async throws {
    let today = try #require(CalendarDay("2026-01-02"))
    let all = Trend.days(by: .week, since: CalendarDay("0001-01-01") ?? today, until: today)
    #expect(all.count == Trend.mostBars && all.last?.description == "2025-12-29")
    #expect(Trend.days(by: .day, since: today, until: today) == [today])
    try await WebSite.with { site in
      try await site.fill(Self.patterns, Self.builds() + [(TestLedger.build("old", finishedAt: WebSite.now - 8 * Self.day), "x\n")])
      // Two weeks with builds are two wide bars.
      let page = try await site.page("/?since=0001-01-01")
      #expect(page.contains("x=\"36.0\"") && page.contains("width=\"288.0\""))
    }
  }

  @Test func listsOfBuildsAndCommitsPage() async throws {
    try await WebSite.with { site in
      try await site.fill(
        Self.patterns,
        Self.builds("a")
          + Self.builds("b").map { build, log in
            var build = build
            build.externalID += "b"
            return (build, log)
          })
      var seen: [Double] = []
      var next: String? = ""
      while let cursor = next {
        let page = try await site.json("/builds?limit=3" + (cursor.isEmpty ? "" : "&cursor=\(cursor)"))
        seen += (0..<page["items"].count).compactMap { page["items"][$0]["id"].number }
        next = page["next"].text
      }
      #expect(seen.count == 8 && Set(seen).count == 8)
      #expect(try await site.json("/builds?failed=1")["items"].count == 6)
      #expect(try await site.json("/builds?kind=unknown")["items"].count == 2)
      let page = try await site.page("/builds?kind=new")
      #expect(page.contains("FAIL &lt;i&gt;test&lt;/i&gt;") && page.contains("class=\"tag new\">new</span>"))
      let commits = try await site.json("/commits?limit=1")
      #expect(commits["items"].count == 1 && commits["items"][0]["failed"].number == 3 && commits["next"].text != nil)
      #expect(try await site.page("/commits").contains("2 to look at; nothing posted"))
    }
  }

  /// A name that may be entered may be asked for: the pages' own links are no errors.
  @Test func linksToLongNamesLead() async throws {
    try await WebSite.with { site in
      let name = String(repeating: "é", count: 2_000)
      var onBranch = TestLedger.build("1", job: name, finishedAt: WebSite.now - 60)
      onBranch.branch = name
      let onMain = TestLedger.build("2", job: name, finishedAt: WebSite.now - 120)
      try await site.fill(Self.patterns, [(onBranch, "reset by x\n"), (onMain, "reset by x\n")])
      for path in ["/", "/builds/\(try await site.build())", "/patterns/net/reset"] {
        let page = try await site.page(path)
        let links = Set(page.matches(of: /href="(\/[^"]*%C3%A9[^"]*)"/).map { String($0.1) })
        #expect(!links.isEmpty, "\(path)")
        for link in links { #expect(try await site.get(link.replacing("&amp;", with: "&")).status == 200, "\(link.prefix(60))") }
      }
    }
  }

  @Test func aCommitTellsWhy() async throws {
    try await WebSite.with { site in
      try await site.fill(Self.patterns, Self.builds())
      let page = try await site.page("/commits/aaaaaaa")
      #expect(page.contains("<b>2 of 3 failures need attention: 1 new, 1 unknown (1 flaky)</b>"))
      #expect(
        page.contains("#L2\">2</a>connection reset by mirror</mark>")
          && page.contains("<span class=\"n\">1</span>one"))
      let twin = try await site.json("/commits/aaaaaaa")
      #expect(twin["builds"].count == 3 && twin["builds"][0]["kind"].text == "new" && twin["builds"][2]["kind"].text == "flaky")
      #expect(twin["builds"][2]["telling"]["context"].count == 3 && twin["builds"][2]["telling"]["revision"].number == 1)
      // What nothing explains shows what a fallback found, and stays unexplained.
      #expect(twin["builds"][1]["telling"]["text"].text == "exit code 5" && twin["builds"][1]["isExcused"].flag == false)
      #expect(try await site.get("/commits/bbbbbbb").status == 404)
      #expect(try await site.get("/commits/a%27").status == 404)
    }
  }

  @Test func verdictsAreOverruledReportedAndMarkedAsKnown() async throws {
    try await WebSite.with { site in
      try await site.fill(Self.patterns, Self.builds())
      let mac = try await site.build("?job=mac")
      let form = ["kind": "flaky", "reason": "it is <slow>"]
      // Not without the page's own token.
      #expect(
        try await site.post("/builds/\(mac)/overrule", "kind=flaky&reason=x", type: "application/x-www-form-urlencoded").status
          == 403)
      let done = try await site.send(form, to: "/builds/\(mac)/overrule", from: "/commits/aaaaaaa")
      #expect(done.status == 303 && done.headers["location"]?.hasSuffix("#build-\(mac)") == true)
      let after = try await site.page("/commits/aaaaaaa")
      #expect(after.contains("1 of 3 failures needs attention: 1 unknown (2 flaky)") || after.contains("1 of 3 failures need"))
      #expect(after.contains("local says so: it is &lt;slow&gt;"))

      let linux = try await site.build("?job=linux")
      #expect(try await site.send(["reason": "not flaky"], to: "/builds/\(linux)/wrong", from: "/builds/\(linux)").status == 303)
      // Where nothing decided, there is nothing to report, and nothing that asks for it.
      let unknown = try await site.build("?job=windows")
      #expect(try await site.send(["reason": "x"], to: "/builds/\(unknown)/wrong", from: "/builds/\(unknown)").status == 409)
      #expect(try await site.page("/builds/\(linux)").contains("/builds/\(linux)/wrong"))
      #expect(!(try await site.page("/builds/\(unknown)").contains("/builds/\(unknown)/wrong")))
      let commit = try await site.page("/commits/aaaaaaa")
      #expect(commit.contains("/builds/\(linux)/wrong") && !commit.contains("/builds/\(unknown)/wrong"))
      let pattern = try await site.json("/patterns/net/reset")
      #expect(pattern["trust"]["wrongReports"].number == 1 && pattern["reports"][0]["reason"].text == "not flaky")

      let windows = try await site.build("?job=windows")
      #expect(
        try await site.send(["reason": "old", "issue": "javascript:x"], to: "/builds/\(windows)/known", from: "/builds/\(windows)")
          .status
          == 400)
      #expect(try await site.send(["reason": ""], to: "/builds/\(windows)/known", from: "/builds/\(windows)").status == 400)
      #expect(
        try await site.send(
          ["reason": "the runner is old", "issue": "https://example.org/1"], to: "/builds/\(windows)/known",
          from: "/builds/\(windows)"
        ).status == 303)
      #expect(try await site.json("/commits/aaaaaaa")["state"].text == "success")
      // The build's page has the verdict, and says what lists have.
      let excused = try await site.json("/builds/\(windows)")
      #expect(excused["verdict"]["kind"].text == "known" && excused["kind"].text == "unknown")
      #expect(excused["verdict"]["why"].text == "known problem: the runner is old" && excused["verdict"]["isExcused"].flag == true)
      #expect(try await site.page("/builds/\(windows)").contains("By itself it would be unknown, as lists"))
      #expect(!(try await site.page("/builds/\(linux)").contains("By itself")))
      // What can't be asked for is said, and nothing is written down.
      let rerun = try await site.send([:], to: "/commits/aaaaaaa/rerun", from: "/commits/aaaaaaa")
      #expect(
        rerun.status == 409 && String(decoding: rerun.body, as: UTF8.self).contains("folder can&#39;t be asked to run builds again")
      )
      #expect(try await site.json("/commits/aaaaaaa")["builds"][0]["rerun"].value == nil)
      let docs = try await site.build("?job=docs")
      #expect(try await site.send(form, to: "/builds/\(docs)/overrule", from: "/commits/aaaaaaa").status == 409)
    }
  }

  /// A job can be called the same in two CI systems and in two workflows; a build's page is about one of them, whichever attempt it shows.
  @Test func aVerdictIsOverruledOnTheJobThatIsMeant() async throws {
    try await WebSite.with { site in
      let sha = String(repeating: "a", count: 40)
      func build(_ provider: String, _ workflow: String, attempt: Int = 1) -> (Build, log: String) {
        var build = TestLedger.build("\(provider) \(workflow)", commit: sha, attempt: attempt, finishedAt: WebSite.now - 60)
        (build.provider, build.workflow) = (provider, workflow)
        return (build, "connection reset by mirror\n")
      }
      try await site.fill(
        Self.patterns,
        [build("folder", ""), build("jenkins", ""), build("jenkins", "ci"), build("jenkins", "ci", attempt: 2)])
      let list = try await site.json("/builds")["items"]
      func number(_ provider: String, _ workflow: String?, _ attempt: Double = 1) throws -> Int {
        let found = (0..<list.count).map { list[$0] }.first {
          $0["provider"].text == provider && $0["workflow"].text == workflow && $0["attempt"].number == attempt
        }
        return Int(try #require(found?["id"].number))
      }
      let plain = try number("jenkins", nil)
      let form = ["kind": "new", "reason": "it is ours"]
      #expect(try await site.send(form, to: "/builds/\(plain)/overrule", from: "/builds/\(plain)").status == 303)
      // Said of the first attempt, it holds for the last one.
      let (first, last) = (try number("jenkins", "ci"), try number("jenkins", "ci", 2))
      #expect(try await site.send(form, to: "/builds/\(first)/overrule", from: "/builds/\(first)").status == 303)
      #expect(try await site.send(["reason": "ours"], to: "/builds/\(first)/wrong", from: "/builds/\(first)").status == 303)
      let overruled = try await site.ledger.pool.run { session in
        try session.query("SELECT build_id FROM overrule ORDER BY 1").map { try $0.decode(Int.self, "build_id") }
      }
      #expect(overruled == [plain, last])
      let reported = try await site.ledger.pool.run { session in
        try session.query("SELECT build_id FROM wrong_report").map { try $0.decode(Int.self, "build_id") }
      }
      #expect(reported == [last])
      // That a log isn't read is nobody's opinion.
      let unread = try await site.post(
        "/api/v1/builds/\(plain)/overrule", #"{"kind":"unread","reason":"x"}"#, type: "application/json")
      #expect(unread.status == 400)
    }
  }

  @Test func aPatternTellsItsHistory() async throws {
    try await WebSite.with { site in
      try await site.fill(Self.patterns, Self.builds())
      try await site.fill(
        [.test("net/reset", match: #"(?i)reset by (?<host>\S+)"#, title: "Reset", verdict: .flaky, groupBy: ["host"])]
          + Self.patterns.dropFirst(),
        [])
      let twin = try await site.json("/patterns/net/reset")
      #expect(twin["revisions"].count == 2 && twin["revisions"][0]["number"].number == 2)
      #expect(
        (0..<2).map {
          "\(twin["revisions"][0]["changes"][$0]["sign"].text ?? "")\(twin["revisions"][0]["changes"][$0]["text"].text ?? "")"
        }
          == [#"-match: 'reset by (?<host>\S+)'"#, #"+match: '(?i)reset by (?<host>\S+)'"#])
      #expect(twin["groups"][0]["group"].text == "mirror" && twin["samples"][0]["line"].number == 2)
      #expect(twin["builds"].number == 1 && twin["jobs"][0]["job"].text == "linux" && twin["trust"]["passingSampled"].number == 1)
      let page = try await site.page("/patterns/net/reset")
      #expect(page.contains("<ins>+ match: &#39;(?i)reset by (?&lt;host&gt;"))
      // Whoever has looked at the revision that is tried now can say so.
      let (old, new) = (Int(twin["revisions"][1]["id"].number ?? 0), Int(twin["revisions"][0]["id"].number ?? 0))
      func review(_ revision: Int) async throws -> Int? {
        let fields = ["pattern": "net/reset", "revision": "\(revision)", "note": "see <b>all</b> 20"]
        return try await site.send(fields, to: "/reviews", from: "/patterns/net/reset").status
      }
      #expect(page.contains("<dt>Reviewed</dt><dd>by nobody here</dd>"))
      #expect(try await review(old) == 409)
      #expect(try await review(new) == 303)
      let reviewed = try await site.page("/patterns/net/reset")
      #expect(reviewed.contains("<b>local</b>: see &lt;b&gt;all&lt;/b&gt; 20") && reviewed.contains("<dt>Reviewed</dt><dd>local, "))
      #expect(try await site.json("/patterns/net/reset")["reviews"][0]["revision"].number == 2)
      #expect(try await site.json("/audit")["items"][0]["action"].text == "pattern reviewed")
      let list = try await site.json("/patterns?sort=-builds")
      #expect(list["items"].count == 3 && list["items"][0]["builds"].number == 1)
      #expect(try await site.json("/patterns?text=RESET")["items"].count == 1)
      #expect(try await site.get("/patterns/no/such").status == 404)
      #expect(try await site.get("/patterns/%3Cscript%3E").status == 404)
    }
  }

  @Test func definitionsDifferByWholeLines() {
    let changes = DefinitionText.difference(from: ["a", "b", "c"], to: ["a", "x", "c", "d"])
    #expect(changes.map { $0.sign + $0.text } == [" a", "-b", "+x", " c", "+d"])
    #expect(
      DefinitionText.lines(
        of: MatchDefinition(matcher: .sequence(["a'b", "c"], within: 9), ignoreCase: true, scope: Scope([.job: "x"]), tail: 5))
        == ["sequence:", "  - 'a''b'", "  - 'c'", "within: 9", "ignore-case: true", "where:", "  job: 'x'", "tail: 5"])
  }

  /// Three braces put markup in as it is: only what `Markup` has made may be put in so.
  @Test func templatesPutInNothingUnescapedButMarkup() throws {
    let folder = TestLedger.repositoryRoot + "/web/templates"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".mustache") {
      let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
      for match in text.matches(of: /\{\{\{(.*?)\}\}\}/) { #expect(match.1.hasSuffix("Markup"), "\(name): \(match.0)") }
      #expect(!text.contains("{{&"), "\(name)")
      #expect(!text.contains(" style=") && !text.contains("<script>") && !text.contains(" onclick"), "\(name)")
    }
  }
}
