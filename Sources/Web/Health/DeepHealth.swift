import Logging
import Store

/// Looks at everything that must be right. Who asks often gets the answer of a few seconds ago.
actor DeepHealth {
  /// What could be done, and that nobody has done for so long, says that work has stopped; in seconds.
  static let longestWait: Double = 900
  /// Longer than this no check is waited for.
  private static let longestLook = Duration.seconds(5)
  /// For so long an answer is good.
  private static let freshness = Duration.seconds(3)

  private let store: Store
  private let others: [HealthCheck]
  private let logger: Logger
  private var last: (report: HealthReport, at: ContinuousClock.Instant)?
  private var running: Task<HealthReport, Never>?

  /// - Parameter others: what only the program can look at.
  init(store: Store, others: [HealthCheck], logger: Logger) {
    self.store = store
    self.others = others
    self.logger = logger
  }

  var report: HealthReport {
    get async {
      if let last, last.at.duration(to: .now) < Self.freshness { return last.report }
      if let running { return await running.value }
      let look = Task { [store, others, logger] in await Self.look(store, others, logger) }
      running = look
      let report = await look.value
      running = nil
      last = (report, .now)
      return report
    }
  }

  private static func look(_ store: Store, _ others: [HealthCheck], _ logger: Logger) async -> HealthReport {
    async let database = result(
      HealthCheck("database") {
        try await store.ping()
        return .well("it answers")
      }, logger)
    async let work = work(store, logger)
    async let rest = results(others, logger)
    let (checks, queues) = await work
    return HealthReport(checks: [await database] + checks + (await rest), queues: queues)
  }

  private static func results(_ checks: [HealthCheck], _ logger: Logger) async -> [HealthReport.Check] {
    await withTaskGroup(of: (Int, HealthReport.Check).self) { group in
      for (index, check) in checks.enumerated() { group.addTask { (index, await result(check, logger)) } }
      return await group.reduce(into: [Int: HealthReport.Check]()) { $0[$1.0] = $1.1 }.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  private static func work(_ store: Store, _ logger: Logger) async -> ([HealthReport.Check], [HealthReport.Queue]) {
    do {
      let queues = try await store.queueDepths()
      let workers = try await store.workers().count(where: \.isAlive)
      let told = queues.map {
        HealthReport.Queue(queue: $0.kind.rawValue, waiting: $0.waiting, due: $0.due, oldestDueSeconds: $0.oldestSeconds)
      }
      return ([check(queues), check(workers: workers, isNeeded: queues.contains { $0.due > 0 })], told)
    } catch {
      logger.error("health: the queues can't be read", metadata: ["error": "\(error)"])
      return ([HealthReport.Check(name: "queues", ok: false, detail: "can't be read", seconds: 0)], [])
    }
  }

  private static func check(_ queues: [Store.QueueDepth]) -> HealthReport.Check {
    let late = queues.filter { $0.oldestSeconds ?? 0 > longestWait }
    let words = late.map { "\($0.kind.rawValue) for \(Int($0.oldestSeconds ?? 0)) s" }.joined(separator: ", ")
    return HealthReport.Check(
      name: "queues", ok: late.isEmpty, detail: late.isEmpty ? "nothing is overdue" : "overdue: \(words)", seconds: 0)
  }

  private static func check(workers: Int, isNeeded: Bool) -> HealthReport.Check {
    let isWell = workers > 0 || !isNeeded
    return HealthReport.Check(
      name: "workers", ok: isWell,
      detail: isWell ? "\(workers) alive" : "none is alive, and work is due", seconds: 0)
  }

  private static func result(_ check: HealthCheck, _ logger: Logger) async -> HealthReport.Check {
    let began = ContinuousClock.now
    let finding = await first(of: check, logger)
    let seconds = began.duration(to: .now) / .seconds(1)
    switch finding {
    case .well(let detail): return HealthReport.Check(name: check.name, ok: true, detail: detail, seconds: seconds)
    case .wrong(let detail): return HealthReport.Check(name: check.name, ok: false, detail: detail, seconds: seconds)
    }
  }

  /// What the check finds, or that it takes too long. One that can't be cancelled goes on by itself and is waited for by nobody.
  private static func first(of check: HealthCheck, _ logger: Logger) async -> HealthCheck.Finding {
    let (answers, answer) = AsyncStream.makeStream(of: HealthCheck.Finding.self, bufferingPolicy: .bufferingOldest(1))
    let look = Task {
      do {
        answer.yield(try await check.look())
      } catch is CancellationError {
        return
      } catch {
        logger.error("health: \(check.name) is not well", metadata: ["error": "\(error)"])
        answer.yield(.wrong("it isn't well; the server's log tells more"))
      }
    }
    let clock = Task {
      try await Task.sleep(for: longestLook)
      answer.yield(.wrong("it took longer than \(longestLook.components.seconds) s"))
    }
    defer {
      look.cancel()
      clock.cancel()
    }
    for await finding in answers { return finding }
    return .wrong("the server stops")
  }
}
