import Analysis
import FuzzSupport
import Testing

/// A curator's day: many failures of some kinds, in logs whose everyday lines sound like errors, and few of whose causes do.
@Suite struct SuggestCuratorTests {
  private struct Kind: Sendable {
    let builds: Int
    /// What the line that tells the cause has, in every build.
    let cause: String
    /// The lines at the failure, given some chance.
    let lines: @Sendable (inout SplitMix64) -> [String]
  }

  private static let kinds: [Kind] = [
    Kind(builds: 20, cause: "went away while running") {
      [
        "[harness] spawning worker \(number(99, &$0))",
        "GridRunner: worker node-\(number(400, &$0)) went away while running shard \(number(40, &$0))/40", "shutting down",
        "job ended with status 17",
      ]
    },
    Kind(builds: 18, cause: "no seat for feature") {
      [
        "License checkout: feature=synth seat=\(number(99, &$0))",
        "LM-E-0042: no seat for feature \"synth\" on lic0\(number(9, &$0)).corp.example:27000 after \(number(900, &$0))s",
        "synthesis aborted",
      ]
    },
    Kind(builds: 16, cause: "timeout waiting for ACK") {
      [
        "flashing board \(hash(4, &$0))",
        "flash: timeout waiting for ACK from /dev/ttyUSB\(number(8, &$0)) (sector \(number(4_096, &$0)))", "giving up on board",
      ]
    },
    Kind(builds: 14, cause: "pixels differ") {
      [
        "Comparing screenshots",
        "Snapshot mismatch in \(one(of: ["HomePage", "Cart", "Login"], &$0)): \(number(999, &$0)) pixels differ (threshold 25)",
        "see artifacts/\(hash(32, &$0)).png",
      ]
    },
    Kind(builds: 12, cause: "is not reversible") {
      [
        "schema check",
        "Migration 2025\(number(89, &$0) + 10)11_\(one(of: ["users", "orders"], &$0)).sql is not reversible", "1 migration refused",
      ]
    },
    Kind(builds: 11, cause: "slowed down by") {
      [
        "bench", "Regression: \(one(of: ["parse", "render", "sort"], &$0)) slowed down by 12.\(number(9, &$0)) % (limit 5.0 %)",
        "benchmarks done",
      ]
    },
    Kind(builds: 10, cause: "replicas ready after") {
      [
        "deploy",
        "Rollout of svc-\(one(of: ["auth", "pay", "cart"], &$0)) stuck: \(number(3, &$0)) of 3 replicas ready after \(number(900, &$0))s",
        "rolled back",
      ]
    },
    Kind(builds: 9, cause: "Missing translation") {
      [
        "translations", "Missing translation for key \"home.title\" in \(one(of: ["de", "fr", "ja"], &$0))", "i18n gate closed",
      ]
    },
    Kind(builds: 8, cause: "is locked in keychain") {
      [
        "sign",
        "codesign: identity \"Acme \(number(99, &$0))\" is locked in keychain /Users/ci\(number(9, &$0))/Library/login.keychain-db",
        "packaging stopped",
      ]
    },
    Kind(builds: 7, cause: "over the budget") {
      // A hash may have digits only.
      let name = number(4, &$0) == 0 ? "8211\(number(8_999, &$0) + 1_000)" : hash(8, &$0)
      return ["size", "Bundle app.\(name).js is \(number(150, &$0) + 241) kB, over the budget of 240 kB", "budget gate closed"]
    },
  ]

  private static func number(_ limit: Int, _ generator: inout SplitMix64) -> Int { Int.random(in: 0..<limit, using: &generator) }
  private static func one(of choices: [String], _ generator: inout SplitMix64) -> String {
    choices.randomElement(using: &generator)!
  }
  private static func hash(_ digits: Int, _ generator: inout SplitMix64) -> String {
    "a1" + (2..<digits).map { _ in String(number(16, &generator), radix: 16) }.joined()
  }

  private static func everyday(_ count: Int, _ generator: inout SplitMix64) -> [String] {
    (0..<count).map { _ in
      one(
        of: [
          "step \(number(999, &generator)) is now complete", "loaded config /etc/ci/\(number(99, &generator)).toml",
          "0 errors, \(number(9, &generator)) warnings", "cache hit \(hash(12, &generator))",
          "error: optional tool ccache not found, continuing", "downloading part \(number(50, &generator)) of 50",
        ], &generator)
    }
  }

  @Test func theMostFrequentKindsHaveADraftThatStandsOnTheirCause() throws {
    var generator = SplitMix64(seed: 3)
    let rules = try LineRules()
    var builds: [[TellingLine]] = []
    for kind in Self.kinds {
      for _ in 0..<kind.builds {
        let log =
          Self.everyday(20, &generator) + kind.lines(&generator) + Self.everyday(Self.number(12, &generator), &generator)
          + ["Process completed with exit code 1."]
        builds.append(try tellingLines(log.joined(separator: "\n") + "\n", rules))
      }
    }
    let passing = Self.everyday(120, &generator).joined(separator: "\n") + "\n"
    let familiar = try familiar(builds.flatMap(\.self), in: passing, rules)
    let found = FailureClusters(builds, familiar: builds.map { _ in familiar })

    var titles: Set<String> = []
    var names: Set<String> = []
    let others = builds.joined().map(\.text)
    #expect(found.untold.isEmpty)
    #expect(found.clusters.map(\.builds.count) == Self.kinds.map(\.builds))
    for (cluster, kind) in zip(found.clusters, Self.kinds) {
      #expect(cluster.lines.allSatisfy { $0.text.contains(kind.cause) }, "\(cluster.lines[0].text)")
      let draft = try #require(PatternDraft(cluster, others: OtherLines(others), titles: &titles, names: &names))
      #expect(draft.title.count { $0 == "(" } == draft.title.count { $0 == ")" }, "\(draft.title)")
    }
  }

  @Test func everydayWorkOnAnotherThingIsNotACause() throws {
    let rules = try LineRules()
    let builds = try ["flask", "numpy", "django"].map {
      try tellingLines("now installing the package \($0) into place\nthe lights went out\n", rules)
    }
    let familiar = try familiar(builds.flatMap(\.self), in: "now installing the package flask into place\n", rules)
    let found = FailureClusters(builds, familiar: builds.map { _ in familiar })
    #expect(found.clusters.map(\.lines[0].text) == ["the lights went out"])
  }
}
