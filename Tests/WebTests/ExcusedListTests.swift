import Foundation
import Model
import Pipeline
import Store
import TestSupport
import Testing

@testable import Web

/// What known problems excuse, in the lists that judge: the commits and jobs of a branch, and the list of commits.
@Suite struct ExcusedListTests {
  private static let day = 86_400.0

  private static func commit(_ letter: Character) -> String { String(repeating: letter, count: 40) }

  /// Five commits on main, from the oldest: `a` fails; of `b` a second attempt fails in another way; `c` fails, and half of another log of
  /// the same build is missing; `d` fails beside another job, and the last, `e`, at a time that no clock has reached.
  private func fill(_ site: WebSite) async throws {
    func build(_ id: String, _ letter: Character, _ job: String = "linux", attempt: Int = 1, at: Double) -> Build {
      TestLedger.build(id, commit: Self.commit(letter), job: job, attempt: attempt, finishedAt: at)
    }
    func ago(_ days: Double) -> Double { WebSite.now - days * Self.day }
    let cut = build("4", "c", at: ago(4))
    try await site.ledger.enter("more\n", cut, step: "more")
    try await site.fill(
      [.test("build/error", match: "error:"), .test("odd/end", match: "odd")],
      [
        (build("1", "a", at: ago(6)), "error: x\n"), (build("2", "b", at: ago(5)), "error: x\n"),
        (build("3", "b", attempt: 2, at: ago(4.9)), "odd\n"), (cut, "error: x\n"), (build("5", "d", at: ago(3)), "error: x\n"),
        (build("6", "d", "mac", at: ago(3)), "error: x\n"), (build("7", "e", at: 4_000_000_000), "error: x\n"),
      ])
    let connection = try await site.ledger.database.connect()
    try await connection.run { session in try session.execute("UPDATE log SET fetch_state = 'too_large' WHERE step = 'more'") }
    try await TallyStage(store: site.ledger.store) { CalendarDay(secondsSince1970: WebSite.now) }.run()
  }

  /// What the lists say: the failed builds that need someone by commit, what the jobs came to, how many commits are broken, and when each
  /// job broke.
  private struct Told: Equatable {
    var attention: [String: Int] = [:]
    var cells: Set<String> = []
    var broken = 0
    var repairs: Set<String> = []
  }

  private func told(_ site: WebSite) async throws -> Told {
    var told = Told()
    let main = try await site.json("/main")
    for place in 0..<main["commits"].count {
      let commit = main["commits"][place]
      let letter = String((commit["commit"].text ?? "").prefix(1))
      told.attention[letter] = Int(commit["attention"].number ?? -1)
      for job in 0..<commit["jobs"].count {
        let cell = commit["jobs"][job]
        told.cells.insert("\(letter) \(cell["job"].text ?? "") \(cell["state"].text ?? "") \(cell["kind"].text ?? "")")
      }
    }
    for place in 0..<main["shares"].count { told.broken += Int(main["shares"][place]["broken"].number ?? 0) }
    for place in 0..<main["repairs"].count {
      let repair = main["repairs"][place]
      told.repairs.insert("\(repair["job"].text ?? "") \(Int((WebSite.now - (repair["brokenSince"].number ?? 0)) / Self.day))")
    }
    return told
  }

  /// That whatever lists commits counts as `told` does, and each commit's own page says so too.
  private func expectAgreement(_ site: WebSite, _ told: Told) async throws {
    let broken = told.attention.filter { $0.value > 0 }
    for filter in ["", "repository=acme/engine", "branch=main"] {
      let all = try await site.json("/commits?\(filter)")["items"]
      var counted: [String: Int] = [:]
      for place in 0..<all.count {
        counted[String((all[place]["commit"].text ?? "").prefix(1))] = Int(all[place]["attention"].number ?? -1)
      }
      #expect(counted == told.attention, "\(filter)")
      // Page by page, so that those between which nothing is shown are passed over.
      var (listed, cursor): ([String], String?) = ([], nil)
      repeat {
        let page = try await site.json("/commits?attention=1&limit=1&\(filter)\(cursor.map { "&cursor=\($0)" } ?? "")")
        listed += (0..<page["items"].count).map { String((page["items"][$0]["commit"].text ?? "").prefix(1)) }
        cursor = page["next"].text
      } while cursor != nil && listed.count < 10
      #expect(listed == broken.keys.sorted(by: >), "\(filter)")
    }
    for (letter, count) in told.attention {
      let own = try await site.json("/commits/\(Self.commit(Character(letter)))")
      #expect(own["state"].text == (count > 0 ? "failure" : "success"), "\(letter)")
      let kinds = (0..<own["builds"].count).compactMap { own["builds"][$0]["kind"].text.flatMap { BuildKind(rawValue: $0) } }
      #expect(kinds.count { !$0.isExcused } == count, "\(letter)")
    }
  }

  @Test func whatAKnownProblemExcusesIsExcusedInEachList() async throws {
    try await WebSite.with { site in
      try await fill(site)
      let before = try await told(site)
      #expect(before.attention == ["a": 1, "b": 1, "c": 1, "d": 2, "e": 1])
      #expect(before.broken == 5 && before.repairs == ["linux 6", "mac 3"])
      try await expectAgreement(site, before)

      let fields = ["repository": "acme/engine", "jobs": "lin*", "branch": "main", "patterns": "build/error", "reason": "the disk"]
      #expect(try await site.send(fields, to: "/known", from: "/known").status == 303)
      let known = try await told(site)
      // Not what failed otherwise, nor what isn't known as a whole, nor another job.
      #expect(known.attention == ["a": 0, "b": 1, "c": 1, "d": 1, "e": 0])
      #expect(
        known.cells == [
          "a linux excused known", "b linux failed new", "c linux failed new", "d linux excused known", "d mac failed new",
          "e linux excused known",
        ])
      #expect(known.broken == 3 && known.repairs == ["linux 4", "mac 3"])
      try await expectAgreement(site, known)
      // However few commits one page may look at.
      var (named, cursor): ([String], String?) = ([], nil)
      repeat {
        let page = try await site.ledger.store.commitPage(onlyAttention: true, after: cursor, most: 1, looking: 1)
        #expect(page.rows.count <= 1)
        named += page.rows.map { String($0.commit.prefix(1)) }
        cursor = page.next
      } while cursor != nil && named.count < 10
      #expect(named == ["d", "c", "b"])
      #expect(try await site.page("/commits?branch=main").contains(">excused</span> nothing posted"))
      #expect(try await site.page("/main").contains("title=\"excused, known, build/error\""))

      // What finishes after it was resolved isn't excused.
      let id = Int(try await site.json("/known")["problems"][0]["id"].number ?? 0)
      #expect(try await site.send([:], to: "/known/\(id)/resolve", from: "/known").status == 303)
      let resolved = try await told(site)
      #expect(resolved.attention == ["a": 0, "b": 1, "c": 1, "d": 1, "e": 1] && resolved.broken == 4)
      #expect(resolved.cells.subtracting(known.cells) == ["e linux failed new"])
      try await expectAgreement(site, resolved)

      // A person's word on one build is more than a known problem's.
      let build = try await site.build("?pattern=build/error&until=2025-12-28")
      let connection = try await site.ledger.database.connect()
      try await connection.run { session in
        try session.execute("INSERT INTO overrule (build_id, kind, who, reason) VALUES (\(Int64(build)), 'new', 'ann', 'mine')")
      }
      try await TallyStage(store: site.ledger.store) { CalendarDay(secondsSince1970: WebSite.now) }.run()
      let overruled = try await told(site)
      #expect(overruled.attention == ["a": 1, "b": 1, "c": 1, "d": 1, "e": 1] && overruled.broken == 5)
      try await expectAgreement(site, overruled)
    }
  }

  /// A branch that is no line of development, whose commits are counted when they are asked for.
  @Test func whatIsKnownOfABranchIsExcusedThere() async throws {
    try await WebSite.with { site in
      var builds = ["linux", "mac"].map { TestLedger.build($0, job: $0, finishedAt: WebSite.now - Self.day) }
      builds.append(TestLedger.build("again", job: "mac", attempt: 2, finishedAt: WebSite.now - Self.day / 2))
      for place in builds.indices { builds[place].branch = "topic" }
      try await site.fill([.test("build/error", match: "error:")], builds.map { ($0, log: "error: x\n") })
      for (jobs, attention) in [("none", 2.0), ("mac", 1), ("linux", 0)] {
        let fields = ["repository": "acme/engine", "jobs": jobs, "branch": "topic", "reason": "the disk"]
        #expect(try await site.send(fields, to: "/known", from: "/known").status == 303)
        let commits = try await site.json("/commits?branch=topic")["items"]
        #expect(commits.count == 1 && commits[0]["attention"].number == attention && commits[0]["failed"].number == 2)
        #expect(try await site.json("/commits?branch=topic&attention=1")["items"].count == (attention > 0 ? 1 : 0))
        let own = try await site.json("/commits/\(builds[0].commit)")
        #expect(own["state"].text == (attention > 0 ? "failure" : "success"))
      }
    }
  }
}
