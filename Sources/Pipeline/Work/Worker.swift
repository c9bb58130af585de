import Foundation
import Postgres
import Store

/// Does all work that is due, in all stages at once, until it is stopped or nothing is left.
///
/// Everything that matters is in the database: a worker that is killed leaves nothing but leases, which go back by themselves as soon
/// as its connection is gone. Any number of workers share the work.
package struct Worker: Sendable {
  /// How many things of a kind one worker does at once.
  package struct Lanes: Sendable {
    package var receive = 2
    package var list = 4
    package var fetch = 8
    package var post = 2
    package var rerun = 1

    package init() {}

    /// Connections to the database that they use at most.
    package var connections: Int { receive + list + fetch + post + rerun + 1 }
  }

  /// The stages that this worker takes part in; those that nothing is configured for are left out.
  package struct Stages: Sendable {
    package var receive: ReceiveStage?
    package var list: ListStage?
    package var fetch: FetchStage?
    package var rescan: RescanStage?
    package var post: PostStage?
    package var tally: TallyStage?
    package var rerun: RerunStage?

    package init(
      receive: ReceiveStage? = nil, list: ListStage? = nil, fetch: FetchStage? = nil, rescan: RescanStage? = nil,
      post: PostStage? = nil, tally: TallyStage? = nil, rerun: RerunStage? = nil
    ) {
      self.receive = receive
      self.list = list
      self.fetch = fetch
      self.rescan = rescan
      self.post = post
      self.tally = tally
      self.rerun = rerun
    }
  }

  private let store: Store
  private let database: ConnectionConfiguration
  private let stages: Stages
  private let lanes: Lanes
  private let report: @Sendable (StepReport) -> Void

  /// - Parameter report: told of everything that was done or went wrong, from any thread.
  package init(
    store: Store, database: ConnectionConfiguration, stages: Stages, lanes: Lanes = Lanes(),
    report: @Sendable @escaping (StepReport) -> Void
  ) {
    self.store = store
    self.database = database
    self.stages = stages
    self.lanes = lanes
    self.report = report
  }

  private typealias Step = @Sendable (Store.WorkerID) async throws -> StepReport?

  /// One kind of work, and how it is done.
  private struct Lane: Sendable {
    let kind: Store.WorkKind
    let count: Int
    /// Of the providers that it asks.
    var providers: [String] = []
    let step: Step
  }

  private func all(atOnce: Bool) -> [Lane] {
    var all: [Lane] = []
    if let stage = stages.receive { all.append(Lane(kind: .deliveries, count: lanes.receive) { try await stage.step($0) }) }
    if let stage = stages.list {
      all.append(Lane(kind: .listings, count: lanes.list, providers: stage.names) { try await stage.step($0) })
    }
    if let stage = stages.fetch {
      all.append(Lane(kind: .fetches, count: lanes.fetch, providers: stage.names) { try await stage.step($0) })
    }
    // A rescan has lanes of its own.
    if let stage = stages.rescan { all.append(Lane(kind: .scans, count: 1) { try await stage.step($0) }) }
    if let stage = stages.post {
      all.append(Lane(kind: .commits, count: lanes.post) { try await stage.step($0, atOnce: atOnce) })
    }
    if let stage = stages.rerun { all.append(Lane(kind: .reruns, count: lanes.rerun) { try await stage.step($0) }) }
    if let stage = stages.tally { all.append(Lane(kind: .tallies, count: 1) { _ in try await stage.step() }) }
    return all.map { lane in
      Lane(
        kind: lane.kind, count: lane.count, providers: lane.providers, step: StepMetrics.measured(lane.kind.rawValue, lane.step))
    }
  }

  // MARK: - Until nothing is left

  /// Does what is due, and what becomes due by that, and ends. The cool-off isn't waited for: nothing more is to come.
  ///
  /// - Throws: `PostgresError`, `ArchiveError`, `CancellationError`.
  package func drain() async throws {
    try await withLifeline { lifeline in
      let lanes = all(atOnce: true)
      var didSomething = true
      while didSomething {
        didSomething = false
        // In the order of a build's way, so that a status isn't posted before everything that it rests on was tried.
        for lane in lanes {
          if try await drain(lane, lifeline.worker) { didSomething = true }
        }
      }
    }
  }

  private func drain(_ lane: Lane, _ worker: Store.WorkerID) async throws -> Bool {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<lane.count {
        group.addTask {
          var didSomething = false
          while let done = try await lane.step(worker) {
            report(done)
            didSomething = true
            try Task.checkCancellation()
          }
          return didSomething
        }
      }
      return try await group.reduce(false) { $0 || $1 }
    }
  }

  // MARK: - Until it is stopped

  /// Looks for work so often at least, in seconds, whatever notifications tell.
  private static let longestWait: Double = 30
  /// How often the worker's sign of life is looked at, in seconds.
  private static let pulse: Double = 2
  /// A delivery's id is kept for as long as anybody might send it again, in seconds. GitHub does for three days.
  private static let deliveriesKept: Double = 30 * 86_400

  /// Works until the task is cancelled. A lost database is waited for.
  package func run() async {
    var wait: Double = 1
    while !Task.isCancelled {
      do {
        try await withLifeline { lifeline in
          wait = 1
          try await work(lifeline)
        }
      } catch is CancellationError {
        return
      } catch {
        report(StepReport("starting again in \(Int(wait)) s", subject: "the worker", problem: Self.words(error)))
        try? await Task.sleep(for: .seconds(wait))
        wait = min(wait * 2, Self.longestWait)
      }
    }
  }

  private func work(_ lifeline: Lifeline) async throws {
    let bell = WorkBell()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [database] in
        for try await event in NotificationListener(database, channels: [Store.channel]) {
          switch event {
          case .listening: bell.ringAll()
          case .notification(let notification):
            if let kind = Store.WorkKind(rawValue: notification.payload) { bell.ring(kind) }
          }
        }
      }
      // Without it all that this worker has looks like a dead worker's to the others; who goes on would do their work again.
      group.addTask {
        while true {
          try await Task.sleep(for: .seconds(Self.pulse))
          _ = try await lifeline.connection.run { session in try session.query("SELECT 1") }
        }
      }
      group.addTask {
        while true {
          _ = try? await store.forgetDeliveries(olderThan: Self.deliveriesKept)
          _ = try? await store.forgetCommits()
          try await Task.sleep(for: .seconds(3_600))
        }
      }
      for lane in all(atOnce: false) {
        for _ in 0..<lane.count { group.addTask { try await repeatStep(lane, lifeline.worker, bell) } }
      }
      // The first that fails ends all others; `waitForAll` would wait for them instead.
      for try await _ in group {}
    }
  }

  private func repeatStep(_ lane: Lane, _ worker: Store.WorkerID, _ bell: WorkBell) async throws {
    var failures = 0
    while true {
      try Task.checkCancellation()
      do {
        if let done = try await lane.step(worker) {
          report(done)
          failures = 0
          // One who found work wakes the next, who may find more.
          bell.ring(lane.kind)
          continue
        }
        let next = try await store.secondsUntilNext(lane.kind, providers: lane.providers) ?? Self.longestWait
        await bell.wait(for: lane.kind, atMost: min(max(next, 0.05), Self.longestWait))
      } catch let error as PostgresError where error.isConnectionLost {
        throw error
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        // A full disk, say: it concerns this lane, and may pass.
        failures += 1
        report(StepReport("trying again", subject: lane.kind.rawValue, problem: Self.words(error)))
        await bell.wait(for: lane.kind, atMost: min(Double(1 << min(failures, 5)), Self.longestWait))
      }
    }
  }

  private static func words(_ error: any Error) -> String { "\(error)" }

  private func withLifeline(_ body: (Lifeline) async throws -> Void) async throws {
    try await Lifeline.with(database) { lifeline in
      // For what was recorded by a worker that was killed before it could look.
      try await store.markSuspects()
      _ = try await store.forgetCommits()
      try await body(lifeline)
    }
  }
}
