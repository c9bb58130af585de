import Foundation
import Model
import TestSupport
import Testing

@testable import Web

/// The page of a build: its log in windows, inert whatever is in it.
@Suite struct LogPageTests {
  private static let evil = """
    2024-05-01T10:20:30.1234567Z ##[group]Run <script>alert(1)</script>
    \u{1B}[31mred\u{1B}[0m & "quoted" 'text'
    2024-05-01T10:20:32.1234567Z ##[endgroup]
    \u{1B}]8;;javascript:alert(2)\u{7}click\u{1B}]8;;\u{7} and \u{1B}]8;;data:text/html,x\u{1B}\\there\u{1B}]8;;\u{1B}\\
    10 %\r50 %\r100 %
    right\u{202E}tfel <img src=x onerror=alert(3)>
    error: no space left on device

    """

  @Test func whateverALogHoldsIsInert() async throws {
    try await WebSite.with { site in
      try await site.fill(
        [.test("disk/full", match: "no space left", title: "Disk <full> of \"things\"")],
        [(TestLedger.build("1", job: "<b>&\"job", finishedAt: WebSite.now - 60), Self.evil)])
      let id = try await site.build()
      let page = try await site.page("/builds/\(id)")
      for unwanted in [
        "<script>alert", "javascript:", "data:text", "<img", "onerror=alert(3)>\"", "<b>&\"", "\u{202E}", "\u{1B}", " style=",
      ] {
        #expect(!page.contains(unwanted), "\(unwanted.debugDescription)")
      }
      #expect(page.contains("Run &lt;script&gt;alert(1)&lt;/script&gt;"))
      #expect(page.contains("<span class=\"f1\">red</span> &amp; &quot;quoted&quot;"))
      #expect(page.contains("right\u{FFFD}tfel &lt;img src=x onerror=alert(3)&gt;"))
      #expect(page.contains("click and there"))
      // What was overwritten is there on demand only.
      #expect(page.contains(">100 %<") && !page.contains(">50 %<") && page.contains("whole=5#L5"))
      #expect(try await site.page("/builds/\(id)?whole=5").contains(">50 %<"))
      // Folded, as nothing in it is found; the finding is marked and says what it is.
      #expect(page.contains("<details class=\"fold\"><summary>"))
      #expect(page.contains("<mark title=\"Disk &lt;full&gt; of &quot;things&quot; (disk/full)\">no space left</mark>"))
      #expect(
        page.contains("<time datetime=\"2024-05-01T10:20:30.1234567Z\" title=\"2024-05-01T10:20:30.1234567Z\">10:20:30</time>"))

      // The twin has the same lines; the text itself is not changed there, as JSON keeps it from meaning anything.
      let twin = try await site.json("/builds/\(id)")
      #expect(twin["shown"]["lines"].count == 7 && twin["shown"]["total"].number == 7)
      #expect(twin["shown"]["lines"][1]["segments"][0]["runs"][0]["style"].text == "color 1")
      #expect(twin["shown"]["lines"][5]["segments"][0]["runs"][0]["text"].text?.contains("\u{202E}") == true)
      #expect(twin["shown"]["lines"][6]["segments"][0]["runs"][1]["mark"].text == "found")
      #expect(twin["findings"][0]["line"].number == 7 && twin["telling"]["title"].text == "Disk <full> of \"things\"")
      #expect(page.contains("Lines 1 to 7 of 7"))
    }
  }

  /// The last finding of its rank decides, and a log can have hundreds before it.
  @Test func theTellingLineIsMarkedBehindHundredsOfOthers() async throws {
    try await WebSite.with { site in
      let log =
        (1...300).map { "trouble \($0)\n" }.joined() + "##[group]step\n" + String(repeating: "quiet\n", count: 200)
        + "trouble at last\nand so on\n##[endgroup]\n"
      try await site.fill(
        [.test("it/trouble", match: "trouble .*", title: "It <ended>", remedy: "Do `it` again")],
        [(TestLedger.build("1", finishedAt: WebSite.now - 60), log)])
      let id = try await site.build()
      for path in ["/builds/\(id)", "/builds/\(id)?lines=20", "/builds/\(id)?end=1&lines=20"] {
        let page = try await site.page(path)
        #expect(page.contains("<mark title=\"It &lt;ended&gt; (it/trouble)\">trouble at last</mark>"), "\(path)")
        #expect(page.contains("Do <code>it</code> again"), "\(path)")
      }
      let page = try await site.page("/builds/\(id)")
      #expect(page.contains("<details class=\"fold\" open") || !page.contains("<details class=\"fold\">"))
      #expect(page.contains("the first 200 of 301"))
    }
  }

  @Test func rawLinesShowTheirControlsAndDoNothing() async throws {
    try await WebSite.with { site in
      try await site.fill(
        [.test("disk/full", match: "no space left", title: "Disk full")],
        [(TestLedger.build("1", finishedAt: WebSite.now - 60), Self.evil)])
      let id = try await site.build()
      let page = try await site.page("/builds/\(id)?view=raw")
      for unwanted in ["<script>alert", "<img", "\u{202E}", "\u{1B}", " style=", "href=\"javascript:"] {
        #expect(!page.contains(unwanted), "\(unwanted.debugDescription)")
      }
      #expect(page.contains("2024-05-01T10:20:30.1234567Z ##[group]Run &lt;script&gt;alert(1)&lt;/script&gt;"))
      #expect(page.contains("<span class=\"dim\">␛[31m</span><span class=\"f1\">red</span>"))
      #expect(page.contains("10 %␍50 %␍100 %"))
      #expect(page.contains("<div class=\"line found\" id=\"L7\">"))
      #expect(page.contains("view=raw#log\"") && page.contains("aria-current=\"true\">Raw characters</a>"))
      let twin = try await site.json("/builds/\(id)?view=raw")
      #expect(twin["shown"]["lines"].count == 7 && twin["shown"]["total"].number == 7)
    }
  }

  @Test func nothingCanBePressedWithinWhatFolds() async throws {
    try await WebSite.with { site in
      try await site.fill(
        [.test("disk/full", match: "no space left")], [(TestLedger.build("1", finishedAt: WebSite.now - 60), Self.evil)])
      let page = try await site.page("/builds/\(try await site.build())")
      let summary = try #require(page.firstMatch(of: /(?s)<details class="fold"><summary>(.*?)<\/summary>/))
      #expect(summary.1.contains("Run &lt;script&gt;") && !summary.1.contains("<a "))
    }
  }

  @Test func windowsLeadFromOneToTheNext() async throws {
    try await WebSite.with { site in
      let log = (1...5_000).map { "line \($0) of the log" + ($0 == 2_500 ? " is broken" : "") }.joined(separator: "\n") + "\n"
      try await site.fill([.test("it/broken", match: "is broken")], [(TestLedger.build("1", finishedAt: WebSite.now - 60), log)])
      let id = try await site.build()
      // Where the telling line is, unless asked otherwise.
      let best = try await site.json("/builds/\(id)?lines=100")["shown"]["lines"]
      #expect(best.count == 100 && best[0]["number"].number == 2_450)
      let page = try await site.page("/builds/\(id)?lines=100")
      #expect(
        page.contains("href=\"/builds/\(id)?from=2550#log\">Later lines")
          && page.contains("from=2350&amp;lines=100#log\">Earlier lines"))
      #expect(page.contains("id=\"L2500\"") && page.contains("<a class=\"n\" href=\"/builds/\(id)?line=2500#L2500\">2500</a>"))
      let line = try await site.page("/builds/\(id)?line=4000")
      #expect(line.contains("class=\"line target\" id=\"L4000\""))
      // It is seen without `#L4000`, too.
      #expect(line.contains("<a class=\"n\" autofocus=\"\" href=\"/builds/\(id)?line=4000#L4000\">") && !page.contains("autofocus"))
      let end = try await site.page("/builds/\(id)?end=1&lines=50")
      #expect(end.contains("id=\"L5000\"") && !end.contains("Later lines"))
      #expect(try await site.json("/builds/\(id)?from=1&lines=10")["shown"]["lines"].count == 10)
      #expect(try await site.get("/builds/\(id)?lines=100000").status == 400)
      #expect(try await site.get("/builds/\(id)?log=999").status == 404)
      #expect(try await site.get("/builds/999").status == 404)
      #expect(try await site.get("/builds/x").status == 404)
    }
  }

  @Test func searchFindsTextAndExpressions() async throws {
    try await WebSite.with { site in
      let log = (1...3_000).map { "line \($0) <tag>" }.joined(separator: "\n")
      try await site.fill([], [(TestLedger.build("1", finishedAt: WebSite.now - 60), log)])
      let id = try await site.build()
      let text = try await site.json("/builds/\(id)?search=LINE%202999%20%3Ctag%3E")["search"]
      #expect(text["count"].number == 1 && text["hits"][0]["line"].number == 2_999)
      let expression = try await site.json("/builds/\(id)?search=%5Eline%20%5Cd*7%20&expression=1")["search"]
      #expect(expression["count"].number == 300 && expression["hits"].count == 200)
      let page = try await site.page("/builds/\(id)?search=line%2017%20%3Ctag%3E&line=17")
      #expect(page.contains("1 hit.") && page.contains("<mark class=\"searched\">line 17 &lt;tag&gt;</mark>"))
      #expect(page.contains("value=\"line 17 &lt;tag&gt;\""))
      let wrong = try await site.get("/api/v1/builds/\(id)?search=(&expression=1")
      #expect(wrong.status == 400)
      #expect(try JSONValue(wrong.body)["field"].text == "search")
    }
  }

  @Test func theRawLogIsSavedAndNeverShown() async throws {
    try await WebSite.with { site in
      try await site.fill([], [(TestLedger.build("1", finishedAt: WebSite.now - 60), Self.evil)])
      let id = try await site.build()
      let log = Int(try await site.json("/builds/\(id)")["logs"][0]["id"].number ?? 0)
      let raw = try await site.get("/builds/\(id)/logs/\(log)/raw")
      #expect(raw.status == 200 && raw.body == Data(Self.evil.utf8))
      #expect(raw.headers["content-type"] == "application/octet-stream")
      #expect(
        raw.headers["content-disposition"]?.hasPrefix("attachment") == true && raw.headers["x-content-type-options"] == "nosniff")
      let tag = try #require(raw.headers["etag"])
      #expect(try await site.get("/builds/\(id)/logs/\(log)/raw", ["If-None-Match": tag]).status == 304)
      #expect(try await site.get("/builds/\(id)/logs/\(log + 1)/raw").status == 404)
      // A log that the archive has lost is told, and the rest of the page is there.
      try FileManager.default.removeItem(atPath: site.ledger.folder + "/archive")
      let page = try await site.page("/builds/\(id)")
      #expect(page.contains("there is no log") && page.contains("<h1>ci / linux"))
    }
  }
}
