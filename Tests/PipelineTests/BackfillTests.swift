import Foundation
import FuzzSupport
import Model
import Pipeline
import Postgres
import Providers
import Store
import TestSupport
import Testing

/// Listing what no notification told of.
@Suite struct BackfillTests {
  /// Notifications are lost and doubled at random, jobs are run again, listings come now and then: in the end every attempt of every job
  /// is known once, and every failed one's log is there.
  @Test(arguments: CIWorld.System.allCases, [1, 2] as [UInt64]) func whatNotificationsMissedIsFound(
    system: CIWorld.System, seed: UInt64
  )
    async throws
  {
    try await CIFlow.with(system) { flow in
      var random = SplitMix64(seed: seed)
      let world = flow.world
      var ended: Set<Int> = []
      var restarted = 0
      var open: [Int] = []
      var time = CIFlow.start - 4 * 86_400
      var delivery = 0
      for step in 0..<60 {
        time += Double(random.below(3_600))
        flow.move(to: time)
        switch random.below(10) {
        case 0..<4: open.append(world.begin("job\(random.below(3))", run: 1 + step / 12, at: time))
        case 4..<8:
          guard !open.isEmpty else { continue }
          let job = open.remove(at: random.below(open.count))
          world.end(job, random.below(3) == 0 ? .success : .failure, log: "log of \(job) at \(step)\n", at: time)
          ended.insert(job)
          // None, one or two, and late.
          for _ in 0..<random.below(3) {
            delivery += 1
            try await flow.deliver(job, as: "\(delivery)")
          }
        case 8:
          guard let job = ended.sorted().last(where: { id in !world.read { $0.isRepeated(id) } && !open.contains(id) }) else {
            continue
          }
          // What is restarted in place before anybody looked is lost to everybody.
          if system.restartsInPlace {
            _ = try await flow.backfill()
            try await flow.drain()
            restarted += 1
          }
          let again = world.rerun(job, at: time)
          ended.remove(again)
          open.append(again)
        default:
          _ = try await flow.backfill()
          if random.below(2) == 0 { try await flow.drain() }
        }
      }
      for job in open { world.end(job, .failure, log: "log of \(job) at last\n", at: time + 60) }
      ended.formUnion(open)
      flow.move(to: time + 600)
      _ = try await flow.backfill()
      try await flow.drain()

      let builds = try await flow.builds()
      #expect(builds.count == ended.count + restarted)
      #expect(Set(builds).count == builds.count)
      let texts = try await flow.fetched().compactMap(\.text)
      for job in ended.compactMap({ world[$0] }) where job.ending == .failure {
        #expect(texts.count { $0 == String(decoding: job.log, as: UTF8.self) } == 1, "job \(job.id)")
      }
      #expect(texts.count == builds.count { $0.hasSuffix("failure") })
      // And once more changes nothing.
      let again = try await flow.backfill()
      #expect((again.entered, again.changed) == (0, 0))
    }
  }

  /// More than one page of runs with one failed job each.
  private func fill(_ flow: CIFlow, runs: Int) {
    for run in 1...runs { flow.world.finish("linux", run: run, at: CIFlow.start - 7_200 + Double(run)) }
  }

  /// Those of the list of pipelines; that of child pipelines comes after it.
  private func pages(_ flow: CIFlow) -> [String] {
    flow.world.requests.filter { $0.path.last == "pipelines" && $0.query["source"] == nil }.map { $0.query["page"] ?? "1" }
  }

  @Test func itGoesOnWhereItStopped() async throws {
    try await CIFlow.with(.gitlab) { flow in
      fill(flow, runs: 45)
      var settings = BackfillStage.Settings()
      settings.mostPages = 1
      let first = try await flow.backfill(settings: settings)
      #expect((first.isComplete, first.entered) == (false, 20))
      // The second page breaks; what was entered stays.
      flow.world.set { $0.faults = (0..<9).map { _ in WorldFault("/pipelines/20/jobs", .json(500, [:] as [String: String])) } }
      await #expect(throws: ProviderError.self) { _ = try await flow.backfill() }
      #expect(try await flow.builds().count == 20)
      flow.world.set { $0.faults = [] }
      let rest = try await flow.backfill()
      #expect((rest.isComplete, rest.entered, rest.pages) == (true, 25, 3))
      #expect(Set(pages(flow).suffix(2)) == ["2", "3"])
      #expect(pages(flow).count { $0 == "1" } == 1)
    }
  }

  @Test func anOldListingIsBegunAnew() async throws {
    try await CIFlow.with(.gitlab) { flow in
      fill(flow, runs: 25)
      var settings = BackfillStage.Settings()
      settings.mostPages = 1
      _ = try await flow.backfill(settings: settings)
      flow.move(to: CIFlow.start + settings.freshness + 1)
      #expect(try await flow.backfill().entered == 5)
      #expect(pages(flow) == ["1", "1", "2"])
    }
  }

  /// The cursor of an earlier run may not hold any more.
  @Test func aCursorThatIsRefusedIsForgotten() async throws {
    try await CIFlow.with(.gitlab) { flow in
      fill(flow, runs: 25)
      var settings = BackfillStage.Settings()
      settings.mostPages = 1
      _ = try await flow.backfill(settings: settings)
      flow.world.set { $0.faults = [WorldFault("/pipelines", .json(400, ["message": "the page token has expired"]))] }
      let result = try await flow.backfill()
      #expect((result.isComplete, result.entered) == (true, 5))
      #expect(pages(flow) == ["1", "2", "1", "2"])
    }
  }

  @Test func aDryRunTellsAndEntersNothing() async throws {
    try await CIFlow.with(.gitlab) { flow in
      fill(flow, runs: 25)
      _ = try await flow.deliver(flow.world.finish("mac", run: 26, at: CIFlow.start - 60))
      try await flow.drain()
      for _ in 0..<2 {
        let result = try await flow.backfill(dryRun: true)
        #expect((result.seen, result.failed, result.entered) == (26, 26, 25))
      }
      #expect(try await flow.builds().count == 1)
      #expect(try await flow.ledger.store.state(of: listing) == Store.ListingState())
      #expect(try await flow.backfill().entered == 25)
    }
  }

  private static let day: Double = 86_400
  private let listing = Store.Listing(provider: "gitlab", project: "o/web")

  @Test func twoDoNotListTheSameAtOnce() async throws {
    try await CIFlow.with(.gitlab) { flow in
      fill(flow, runs: 1)
      let other = try await Connection.connect(flow.ledger.database.configuration)
      let isOurs = try await other.run { [listing] session in try Store.lock(listing, session) }
      #expect(isOurs)
      await #expect(throws: BackfillStage.Busy.self) { _ = try await flow.backfill() }
      #expect(flow.world.requests.isEmpty)
      try await other.run { session in _ = try session.execute("SELECT pg_advisory_unlock_all()") }
      #expect(try await flow.backfill().entered == 1)
    }
  }

  /// Someone looks back for an hour after cron had stood still for days: the days are listed next time all the same.
  @Test func aShorterListingLeavesNoHole() async throws {
    try await CIFlow.with(.gitlab) { flow in
      flow.move(to: CIFlow.start - 5 * Self.day)
      flow.world.finish("linux", run: 1, at: CIFlow.start - 6 * Self.day)
      let first = try await flow.backfill()
      #expect(first.entered == 1)
      flow.world.finish("linux", run: 2, at: CIFlow.start - 3 * Self.day)
      flow.world.finish("linux", run: 3, at: CIFlow.start - 600)
      flow.move(to: CIFlow.start)
      #expect(try await flow.backfill(since: CIFlow.start - 3_600).entered == 1)
      #expect(try await flow.backfill().entered == 1)
      #expect(try await flow.ledger.store.state(of: listing).completeUntil == CIFlow.start)
    }
  }

  @Test(arguments: CIWorld.System.allCases) func whatStillRunsIsFoundWhenItEnds(system: CIWorld.System) async throws {
    try await CIFlow.with(system) { flow in
      let slow = flow.world.begin("slow", run: 1, at: CIFlow.start - 4 * Self.day)
      for (index, time) in [3.9, 2, 1].enumerated() {
        flow.move(to: CIFlow.start - time * Self.day)
        flow.world.finish("linux", run: 2 + index, at: CIFlow.start - time * Self.day - 60)
        #expect(try await flow.backfill().entered == 1)
      }
      flow.world.end(slow, .failure, log: "at last\n", at: CIFlow.start - 60)
      flow.move(to: CIFlow.start)
      let last = try await flow.backfill()
      #expect(last.entered == 1)
    }
  }
}
