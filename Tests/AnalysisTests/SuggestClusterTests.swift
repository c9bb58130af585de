import Analysis
import FuzzSupport
import Testing

/// Which failures are put together.
@Suite struct SuggestClusterTests {
  private func clusters(_ logs: [String]) throws -> FailureClusters {
    FailureClusters(try logs.map { try tellingLines($0 + "\n") })
  }

  @Test func buildsThatSayTheSameAreOneCluster() throws {
    let found = try clusters([
      "error: disk of node 17 is full", "error: cannot reach the license server", "error: disk of node 4 is full",
      "0 errors were found", "error: disk of node 5 is full",
    ])
    #expect(found.clusters.map(\.builds) == [[0, 2, 4], [1]])
    #expect(
      found.clusters[0].lines.map(\.text) == [
        "error: disk of node 17 is full", "error: disk of node 4 is full", "error: disk of node 5 is full",
      ])
    #expect(found.untold == [3])
  }

  @Test func theLineThatMostBuildsShareIsTaken() throws {
    let common = "error: the license server is down"
    let found = try clusters([
      "\(common)\nerror: cannot compile the engine", "\(common)\nerror: cannot link the editor",
      "error: nobody expected this\n\(common)",
    ])
    #expect(found.clusters.map(\.template.shown) == [common])
    #expect(found.untold.isEmpty)
  }

  @Test func anErrorGoesBeforeALineThatOnlySpeaksOfTrouble() throws {
    let found = try clusters(["something is not supported today\nfatal: the index is broken\nthe cache has expired by now"])
    #expect(found.clusters.map(\.template.shown) == ["fatal: the index is broken"])
  }

  @Test func ofEqualLinesTheLastIsTaken() throws {
    let found = try clusters(["error: first thing that broke\nerror: second thing that broke"])
    #expect(found.clusters.map(\.template.shown) == ["error: second thing that broke"])
  }

  @Test func clustersThatDifferInANameAreJoined() throws {
    let found = try clusters(["flask", "numpy", "django", "flask"].map { "error: unable to find package \($0) anywhere" })
    #expect(found.clusters.map(\.template.shown) == ["error: unable to find package <name> anywhere"])
    #expect(found.clusters[0].builds == [0, 1, 2, 3])
  }

  @Test func twoIdentifiersAreEnoughButTwoWordsAreNot() throws {
    let identifiers = ["libssl-dev", "python3"].map { "error: unable to find package \($0)" }
    #expect(try clusters(identifiers).clusters.count == 1)
    let words = ["function", "variable"].map { "error: reference to an undefined \($0)" }
    #expect(try clusters(words).clusters.count == 2)
  }

  @Test func shortLinesAreNotJoined() throws {
    #expect(try clusters(["alpha", "beta", "gamma"].map { "error: bad \($0) value" }).clusters.count == 3)
  }

  @Test func theOrderOfBuildsChangesNothing() throws {
    let logs = [
      "error: disk of node 17 is full\nerror: the engine stalled", "error: the engine stalled", "error: disk of node 4 is full",
      "fatal: cannot fork process", "error: unable to find package alpha-1", "error: unable to find package beta-2",
    ]
    func shown(_ logs: [String]) throws -> [String] {
      try clusters(logs).clusters.map { "\($0.builds.count) \($0.template.shown)" }
    }
    let expected = try shown(logs)
    var generator = SplitMix64(seed: 7)
    for _ in 0..<20 { #expect(try shown(logs.shuffled(using: &generator)) == expected) }
  }
}
