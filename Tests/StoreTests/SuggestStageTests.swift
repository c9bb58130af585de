import Analysis
import Foundation
import Model
import Pipeline
import Store
import Testing
import TestSupport

/// From unexplained builds in the ledger to drafted patterns.
@Suite struct SuggestStageTests {
  private static let today = CalendarDay("2026-01-01")!

  private func suggest(_ ledger: TestLedger, since: Double? = nil, limit: Int = 10, mostBuilds: Int = 100) async throws
    -> Suggestions
  {
    var settings = SuggestStage.Settings()
    settings.lanes = 2
    settings.mostBuilds = mostBuilds
    return try await SuggestStage(store: ledger.store, archive: ledger.archive, settings: settings)
      .run(since: since, today: Self.today, limit: limit)
  }

  @Test func onlyWhatIsUnexplainedAndUnlikePassingBuildsIsSuggested() async throws {
    try await TestLedger.with { ledger in
      try await ledger.sync([
        .test("known/disk", match: "disk is full"), .test("generic/error", match: "^error:", fallback: true),
      ])
      try await ledger.enter("error: the disk is full\n", TestLedger.build("1"))
      for number in 2...4 {
        try await ledger.enter(
          "error: cache of \(number) MB is stale\nerror: link of part \(number) broke\n",
          TestLedger.build("\(number)", job: number == 4 ? "mac" : "linux", finishedAt: 1_700_000_000 + Double(number)))
      }
      try await ledger.enter("error: cache of 9 MB is stale\n", TestLedger.build("5"))
      try await ledger.enter("error: cache of 8 MB is stale\nall is well\n", TestLedger.build("6", outcome: .success))
      _ = try await ledger.rescan()
      // Entered after the scan: nobody knows yet whether it is explained.
      try await ledger.enter("error: link of part 7 broke\n", TestLedger.build("7"))

      let found = try await suggest(ledger)
      #expect(found.unexplained == 4)
      #expect(found.untold.count == 1)
      #expect(found.clusters == 1)
      #expect(!found.isCut)
      let suggestion = try #require(found.suggestions.first)
      #expect(suggestion.builds == 3)
      #expect(suggestion.jobs.map(\.job) == ["linux", "mac"])
      #expect(suggestion.firstSeen == 1_700_000_002)
      #expect(suggestion.lastSeen == 1_700_000_004)
      #expect(suggestion.samples.map(\.text) == (2...4).reversed().map { "error: link of part \($0) broke" })
      #expect(suggestion.samples.map(\.line) == [2, 2, 2])

      // With the draft in the ledger nothing of the cluster is left.
      let draft = try #require(suggestion.draft)
      let file = PatternFile(path: "draft.yaml", id: PatternID("suggested/draft"), bytes: Array(draft.yaml.utf8))
      try await ledger.sync([
        .test("known/disk", match: "disk is full"), .test("generic/error", match: "^error:", fallback: true),
        try #require(file.pattern),
      ])
      _ = try await ledger.rescan()
      let left = try await suggest(ledger)
      #expect(left.unexplained == 1)
      #expect(left.suggestions.isEmpty)
    }
  }

  @Test func theEndOfALogCountsOnlyWherePassingBuildsEndOtherwise() async throws {
    try await TestLedger.with { ledger in
      try await ledger.enter("building the engine now\nthe lights went out\n", TestLedger.build("1"))
      try await ledger.enter("building the editor now\nthe lights went out\n", TestLedger.build("2", job: "other"))
      try await ledger.enter("building the engine now\n", TestLedger.build("3", outcome: .success))
      _ = try await ledger.rescan()
      let found = try await suggest(ledger)
      #expect(found.suggestions.map { $0.samples.map(\.text) } == [["the lights went out"]])
      #expect(found.suggestions.first?.builds == 1)
      #expect(found.untold.count == 1)
    }
  }

  @Test func limitsAndTheTimeHold() async throws {
    try await TestLedger.with { ledger in
      for (number, text) in ["the disk is out of order", "no route to the server", "a test went astray"].enumerated() {
        try await ledger.enter(
          "fatal: \(text)\n", TestLedger.build("\(number)", finishedAt: 1_000 + Double(number)))
      }
      _ = try await ledger.rescan()
      #expect(try await suggest(ledger, since: 1_001).unexplained == 2)
      let one = try await suggest(ledger, limit: 1)
      #expect(one.suggestions.count == 1)
      #expect(one.clusters == 3)
      let cut = try await suggest(ledger, mostBuilds: 2)
      #expect(cut.isCut)
      #expect(cut.unexplained == 2)
      #expect(cut.suggestions.flatMap(\.samples).map(\.build.externalID).sorted() == ["1", "2"])
    }
  }

  @Test func aLostLogIsToldAndTheOthersAreRead() async throws {
    try await TestLedger.with { ledger in
      try await ledger.enter("error: this log gets lost\n", TestLedger.build("1"))
      _ = try await ledger.rescan()
      let archive = ledger.folder + "/archive"
      for shard in try FileManager.default.contentsOfDirectory(atPath: archive) where shard != "tmp" && shard != "id" {
        try FileManager.default.removeItem(atPath: "\(archive)/\(shard)")
      }
      try await ledger.enter("error: this log is still there\n", TestLedger.build("2"))
      _ = try await ledger.rescan()
      let found = try await suggest(ledger)
      #expect(found.lost.count == 1)
      #expect(found.suggestions.flatMap(\.samples).map(\.text) == ["error: this log is still there"])
    }
  }
}
