import Foundation
import Model
import TestSupport
import Testing

@testable import Web

/// Every list sorts by its address, over the real server and a real database.
@Suite struct SortedListTests {
  private static let day: Double = 86_400

  /// Two causes: one that was more frequent before, and one that became so lately.
  private static func fill(_ site: WebSite) async throws {
    let ends: [(word: String, daysAgo: [Double])] = [("one", [20, 20, 20, 20, 2, 3, 4]), ("two", [20, 1, 5])]
    try await site.fill(
      [
        .test("a/one", match: "one", title: "Z <one>", owner: "x"), .test("a/two", match: "two", title: "A two"),
        .test("b/none", match: "none", title: "Nowhere"),
      ],
      ends.flatMap { word, ago in
        ago.enumerated().map { place, days in
          let sha = String(repeating: word == "one" ? "\(place)" : "abc".dropFirst(place).prefix(1).description, count: 40)
          return (
            TestLedger.build("\(word) \(place)", commit: sha, job: word, finishedAt: WebSite.now - days * day), log: word + "\n"
          )
        }
      })
  }

  private func column(_ items: JSONValue, _ name: String) -> [String] {
    (0..<items.count).map { items[$0][name].text ?? items[$0][name].number.map { "\(Int($0))" } ?? "–" }
  }

  @Test func theAddressSaysWhatAListIsSortedBy() async throws {
    try await WebSite.with { site in
      try await Self.fill(site)
      let causes: [(String, [String])] = [
        ("", ["a/one", "a/two"]), ("?sort=builds", ["a/two", "a/one"]), ("?sort=-share", ["a/one", "a/two"]),
        ("?sort=-change", ["a/two", "a/one"]), ("?sort=change", ["a/one", "a/two"]), ("?sort=title", ["a/two", "a/one"]),
        ("?sort=-lastSeen", ["a/two", "a/one"]), ("?sort=lastSeen&job=one", ["a/one"]),
      ]
      for (query, wanted) in causes {
        #expect(column(try await site.json("/causes\(query)")["causes"], "pattern") == wanted, "\(query)")
      }
      // Three in the last 14 days and four in the fortnight before; two and one.
      #expect(column(try await site.json("/causes?sort=change")["causes"], "change") == ["-1", "1"])
      let patterns: [(String, [String])] = [
        ("", ["a/one", "a/two", "b/none"]), ("?sort=builds", ["b/none", "a/two", "a/one"]),
        ("?sort=-id", ["b/none", "a/two", "a/one"]),
        ("?sort=-lastSeen", ["a/two", "a/one", "b/none"]), ("?sort=-owner", ["a/one", "a/two", "b/none"]),
        ("?sort=-passingRate", ["a/one", "a/two", "b/none"]), ("?sort=title", ["a/two", "b/none", "a/one"]),
      ]
      for (query, wanted) in patterns {
        #expect(column(try await site.json("/patterns\(query)")["items"], "id") == wanted, "\(query)")
      }
      // What someone should look at, and nothing that isn't a concern.
      for (concern, wanted) in [("never", ["b/none"]), ("suspect", []), ("unseen", []), ("shadowed", []), ("inconclusive", [])] {
        #expect(column(try await site.json("/patterns?health=\(concern)")["items"], "id") == wanted, "\(concern)")
      }
      let unknown = try await site.get("/patterns?health=fine")
      #expect(unknown.status == 400)
      let newest = column(try await site.json("/builds")["items"], "id")
      let oldest = column(try await site.json("/builds?sort=at")["items"], "id")
      #expect(newest.count == 10 && oldest == newest.reversed())
      let commits = column(try await site.json("/commits?branch=main")["items"], "lastAt")
      let first = column(try await site.json("/commits?branch=main&sort=lastAt")["items"], "lastAt")
      #expect(commits.count > 4 && first == commits.reversed())
      #expect(column(try await site.json("/main?sort=-job")["repairs"], "job") == ["two", "one"])
      // By day or by week, whichever is asked for.
      let (weeks, days) = (try await site.json("/causes?by=week")["periods"], try await site.json("/causes")["periods"])
      #expect(weeks.count > 0 && weeks.count < days.count)
      #expect(try await site.json("/causes?groups=1")["jobs"].count == 1)
    }
  }

  @Test func headsOfColumnsAreLinksThatTurnTheOrder() async throws {
    try await WebSite.with { site in
      try await Self.fill(site)
      let page = try await site.page("/?sort=title&job=one")
      #expect(page.contains("aria-sort=\"ascending\"><a href=\"/?job=one&amp;sort=-title\">Cause</a>"))
      #expect(page.contains("<a href=\"/?job=one&amp;sort=-builds\">Builds</a>") && page.contains("Z &lt;one&gt;"))
      // Filters keep the order, and the order isn't one of them.
      #expect(page.contains("<input type=\"hidden\" name=\"sort\" value=\"title\">") && !page.contains("sort title"))
      let builds = try await site.page("/builds?limit=1&sort=at")
      #expect(builds.contains("aria-sort=\"ascending\"><a href=\"/builds?limit=1&amp;sort=-at\">When</a>"))
      #expect(builds.contains("&amp;limit=1&amp;sort=at\">More builds</a>"))
      for path in ["", "builds", "commits", "patterns", "known", "main", "audit", "operations"] {
        let page = try await site.page("/\(path)")
        #expect(
          page.matches(of: /<th scope="col"[^>]* aria-sort="/).count == (["known", "operations"].contains(path) ? 0 : 1), "\(path)")
      }
    }
  }

  @Test func whatNothingIsSortedByIsRefused() async throws {
    try await WebSite.with { site in
      for path in ["causes", "builds", "commits", "patterns", "known", "main", "unexplained", "audit", "operations"] {
        for key in ["nothing", "--at", "-", "id;--", "AT"] {
          let answer = try await site.get("/api/v1/\(path)?sort=\(key)")
          #expect(answer.status == 400, "\(path) \(key)")
          let problem = try JSONValue(answer.body)
          #expect(problem["field"].text == "sort" && problem["detail"].text?.hasPrefix("sort must be one of ") == true)
        }
      }
    }
  }

  /// One of the tables at a time; the others stand as they do.
  @Test func tablesOfOperationsSort() async throws {
    try await WebSite.with { site in
      try await site.ledger.store.record(
        [("a", 300), ("b", 100), ("c", 200)].map {
          .init(host: "\($0.0).example", granted: 5_000, remaining: $0.1, resetsAt: nil, toldAt: WebSite.now - 5)
        })
      _ = try await site.ledger.store.store(provider: "github", externalID: "1", event: "push", headers: [:], body: [])
      func column(_ list: String, _ name: String, _ query: String) async throws -> [String] {
        self.column(try await site.json("/operations\(query)")[list], name)
      }
      let queues = try await column("queues", "queue", "")
      #expect(queues.first == "deliveries" && queues.count > 5)
      #expect(try await column("queues", "queue", "?sort=queues.queue") == queues.sorted())
      #expect(try await column("queues", "queue", "?sort=-queues.queue") == queues.sorted().reversed())
      #expect(try await column("queues", "queue", "?sort=-queues.waiting").first == "deliveries")
      #expect(try await column("queues", "queue", "?sort=queues.due").last == "deliveries")
      #expect(try await column("limits", "host", "") == ["a.example", "b.example", "c.example"])
      #expect(try await column("limits", "remaining", "?sort=limits.remaining") == ["100", "200", "300"])
      #expect(try await column("queues", "queue", "?sort=-limits.host") == queues)
      let page = try await site.page("/operations?limit=5&sort=limits.host")
      #expect(page.contains("aria-sort=\"ascending\"><a href=\"/operations?limit=5&amp;sort=-limits.host\">Host</a>"))
      #expect(page.contains("class=\"number\"><a href=\"/operations?limit=5&amp;sort=-queues.waiting\">Waiting</a>"))
      #expect(page.matches(of: /aria-sort/).count == 1)
    }
  }

  /// A problem that the page before ended with, and that was resolved since, is no reason to begin anew.
  @Test func knownProblemsSortAndPage() async throws {
    try await WebSite.with { site in
      for reason in ["bad disk", "a mirror", "Cable"] {
        let fields = ["repository": "acme/\(reason.lowercased().prefix(1))", "reason": reason]
        #expect(try await site.send(fields, to: "/known", from: "/known").status == 303)
      }
      func reasons(_ query: String) async throws -> [String] { column(try await site.json("/known\(query)")["problems"], "reason") }
      #expect(try await reasons("") == ["Cable", "a mirror", "bad disk"])
      #expect(try await reasons("?sort=reason") == ["a mirror", "bad disk", "Cable"])
      #expect(try await reasons("?sort=-repository") == ["Cable", "bad disk", "a mirror"])
      let first = try await site.json("/known?sort=reason&limit=1")
      let cursor = try #require(first["next"].text)
      let id = Int(first["problems"][0]["id"].number ?? 0)
      #expect(try await site.send([:], to: "/known/\(id)/resolve", from: "/known").status == 303)
      #expect(try await reasons("?sort=reason&limit=1&cursor=\(cursor)") == ["bad disk"])
      #expect(try await reasons("?sort=resolvedAt&state=all") == ["a mirror", "Cable", "bad disk"])
      let page = try await site.page("/known?sort=reason")
      #expect(page.contains("aria-sort=\"ascending\"><a href=\"/known?sort=-reason\">Problem</a>"))
      let trail = try await site.json("/audit?sort=at&limit=2")
      let rest = try await site.json("/audit?sort=at&limit=2&cursor=\(trail["next"].text ?? "")")
      #expect(
        column(trail["items"], "action") + column(rest["items"], "action")
          == ["known problem added", "known problem added", "known problem added", "known problem resolved"])
    }
  }

  /// One of another list leads to some page, and not to the next.
  @Test func aCursorIsOfItsListAndOrder() async throws {
    try await WebSite.with { site in
      try await Self.fill(site)
      let lists = [
        "/causes?limit=1", "/causes?limit=1&sort=builds", "/causes?limit=1&since=90d", "/builds?limit=1",
        "/builds?limit=1&failed=1",
        "/builds?limit=1&sort=at", "/commits?limit=1", "/patterns?limit=1", "/patterns?limit=1&sort=-builds",
      ]
      var cursors: [String] = []
      for list in lists { cursors.append(try #require(try await site.json(list)["next"].text, "\(list)")) }
      for (own, list) in lists.enumerated() {
        for (place, cursor) in cursors.enumerated() {
          let answer = try await site.get("/api/v1\(list)&cursor=\(cursor)")
          #expect(answer.status == (place == own ? 200 : 400), "\(lists[place]) for \(list)")
          if place != own { #expect(try JSONValue(answer.body)["field"].text == "cursor") }
        }
        // Only how long a page is may change, and whether a person or a program looks.
        let path = list.replacing("limit=1", with: "limit=2").replacing("/causes", with: "/")
        let shown = try await site.get("\(path)&cursor=\(cursors[own])")
        #expect(shown.status == 200, "\(path)")
      }
    }
  }
}
