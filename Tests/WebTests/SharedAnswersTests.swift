import Model
import TestSupport
import Testing

@testable import Web

/// What many ask for at once is looked for once, and given again for no longer than it may be.
@Suite struct SharedAnswersTests {
  private struct Failed: Error {}

  @Test func askersAtTheSameTimeShareOneLook() async throws {
    let answers = SharedAnswers<Int>(freshness: .seconds(3_600))
    let (gate, open) = AsyncStream<Void>.makeStream()
    let given = try await withThrowingTaskGroup(of: Int.self) { askers in
      for asker in 0..<20 {
        askers.addTask {
          try await answers.answer(to: "a") {
            for await _ in gate {}
            return asker
          }
        }
      }
      // Another question isn't held up by it.
      let other = try await answers.answer(to: "b") { 7 }
      #expect(other == 7)
      open.finish()
      return try await askers.reduce(into: []) { $0.append($1) }
    }
    #expect(given.count == 20 && Set(given).count == 1, "all have what one looked for: \(given)")
  }

  @Test func whatIsNotFreshOrFailedIsLookedForAnew() async throws {
    let answers = SharedAnswers<Int>(freshness: .zero)
    for time in 1...3 {
      let given = try await answers.answer(to: "a") { time }
      #expect(given == time)
    }
    let lasting = SharedAnswers<Int>(freshness: .seconds(3_600))
    await #expect(throws: Failed.self) { try await lasting.answer(to: "a") { throw Failed() } }
    for time in 1...3 {
      let given = try await lasting.answer(to: "a") { time }
      #expect(given == 1)
    }
  }

  @Test func noMoreAreHeldThanMay() async throws {
    let answers = SharedAnswers<Int>(freshness: .seconds(3_600), most: 2)
    for time in 1...2 {
      for question in ["a", "b", "c"] {
        let given = try await answers.answer(to: question) { time }
        #expect(given == (question == "c" ? time : 1), "\(question)")
      }
    }
  }

  @Test func pagesOfFiguresAreGivenAgainAndOthersAreNot() async throws {
    @Sendable func build(_ id: String) -> Build {
      TestLedger.build(id, job: "job \(id)", finishedAt: WebSite.now - 60)
    }
    try await WebSite.with(freshness: .seconds(3_600)) { site in
      try await site.fill([.test("a/one", match: "one")], [(build("1"), log: "one\n")])
      let before = try await site.json("/causes")
      let listed = try await site.json("/builds")["items"].count
      #expect(before["failed"].number == 1 && listed == 1)
      try await site.fill([.test("a/one", match: "one")], [(build("2"), log: "one\n")])
      let again = try await site.json("/causes")
      let page = try await site.page("/")
      let other = try await site.json("/causes?limit=14")
      let relisted = try await site.json("/builds")["items"].count
      #expect(again["failed"].number == 1 && !page.contains("2 builds failed"), "the page and its data are one value")
      #expect(other["failed"].number == 2, "other parameters are another question")
      #expect(relisted == 2, "lists on which people act are never shared")
    }
  }
}
