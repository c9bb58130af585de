import Testing

@testable import Providers

@Suite struct GitHubRunWindowTests {
  /// Lists all runs as GitHub would give them, by their times of creation.
  private func listed(_ times: [Int], floor: Int, now: Int) -> (runs: [Int], requests: Int) {
    let sorted = times.sorted(by: >)
    var window: GitHubRunWindow? = GitHubRunWindow(first: floor, last: now)
    var runs: [Int] = []
    var requests = 0
    while let current = window {
      requests += 1
      let inRange = sorted.filter { (current.first...current.last).contains($0) }
      if inRange.count > GitHubRunWindow.mostListed, let half = current.newerHalf {
        window = half
        continue
      }
      let page = Array(inRange.prefix(1_000).dropFirst((current.page - 1) * 100).prefix(100))
      runs += page
      window = current.next(total: inRange.count, isEmpty: page.isEmpty, floor: floor)
      // The cursor carries all there is.
      window = window.map { GitHubRunWindow(cursor: $0.cursor) ?? current }
    }
    return (runs, requests)
  }

  @Test func everyRunIsListedOnceTheNewestFirst() {
    var generator = SystemRandomNumberGenerator()
    for count in [0, 1, 99, 100, 101, 999, 1_000, 1_001, 3_000] {
      for span in [1_000, 100_000, 2_000_000] {
        let now = 1_767_323_645
        // Half of them come in a burst.
        let times = (0..<count).map { index in
          now - Int.random(in: 0...(index.isMultiple(of: 2) ? span : min(span, 500)), using: &generator)
        }
        let answer = listed(times, floor: now - span, now: now)
        #expect(answer.runs == times.sorted(by: >), "\(count) runs in \(span) s")
        #expect(answer.requests <= count / 100 + 120, "\(count) runs in \(span) s took \(answer.requests) requests")
      }
    }
  }

  @Test func moreThanASecondCanGiveDoesNotLoop() {
    let times = Array(repeating: 5_000, count: 1_500) + [4_000]
    let answer = listed(times, floor: 0, now: 10_000)
    #expect(answer.runs.count == 1_001)
  }

  @Test func rangesAreWrittenAsGitHubWantsThem() {
    #expect(GitHubRunWindow(first: 0, last: 86_399).created == "1970-01-01T00:00:00Z..1970-01-01T23:59:59Z")
  }

  @Test(arguments: ["", "1.2", "2.1.1", "1.2.0", "1.2.11", "a.b.c", "-1.2.1", "1.2.3.4", "1.99999999999999999999.1"])
  func whatIsNoCursorIsRefused(text: String) {
    #expect(GitHubRunWindow(cursor: text) == nil)
  }
}
