import Foundation
import Pipeline
import Postgres
import Store
import TestSupport
import Testing

/// Nothing that waits for a server holds one of the few threads that Swift's tasks share.
@Suite struct HeartbeatTests {
  @Test(.timeLimit(.minutes(20))) func stalledLogsStopNobody() async throws {
    let gate = LoopbackServer.Gate()
    defer { gate.open() }
    try await CIFlow.with(.gitlab) { flow in
      let count = 32
      for number in 0..<count { flow.world.finish("job\(number)", log: "a log of \(number)\n", at: CIFlow.start - 60) }
      _ = try await flow.backfill()
      flow.world.set { state in state.faults = (0..<count).map { _ in WorldFault("/trace", .stall(gate)) } }
      let (store, database) = (flow.ledger.store, flow.ledger.database.configuration)
      let providers = [flow.world.system.rawValue: flow.provider]
      var lanes = Worker.Lanes()
      lanes.fetch = count
      let worker = Worker(
        store: store, database: database,
        stages: Worker.Stages(
          list: ListStage(store: store, providers: providers),
          fetch: FetchStage(store: store, archive: flow.ledger.archive, providers: providers, plan: CIFlow.hasty)),
        lanes: lanes
      ) { _ in }
      let work = Task { try await worker.drain() }
      // A host is met with 16 connections, and the others wait for one.
      while flow.world.read(\.faults.count) > count - 16 { await Task.yield() }

      // More tasks than there are threads: were all of these blocked, none would come to its end.
      let beats = await withTaskGroup(of: Int.self) { group in
        for _ in 0..<64 {
          group.addTask {
            for _ in 0..<100 { await Task.yield() }
            return 1
          }
        }
        return await group.reduce(0, +)
      }
      #expect(beats == 64)
      #expect(try await flow.ledger.pool.run { try $0.query("SELECT 1 AS one").only().decode(Int32.self, "one") } == 1)
      #expect(try await flow.logs().allSatisfy { $0.state == "pending" })
      gate.open()
      try await work.value
      #expect(try await flow.fetched().map(\.state) == Array(repeating: "stored", count: count))
    }
  }
}
