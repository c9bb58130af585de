import Logging
import Store

/// Looks at everything that must be right.
struct DeepHealth: Sendable {
  /// What could be done, and that nobody has done for so long, says that work has stopped; in seconds.
  static let longestWait: Double = 900

  let store: Store
  /// What only the program can look at.
  let others: [HealthCheck]
  let logger: Logger
  /// Longer than this no check is waited for.
  var longestLook = Duration.seconds(5)

  func look() async -> HealthReport {
    async let database = database()
    async let work = work()
    async let rest = results(others)
    let (checks, queues) = await work
    return HealthReport(checks: [await database] + checks + (await rest), queues: queues)
  }

  /// Whether the database answers, and soon.
  func database() async -> HealthReport.Check {
    await result(
      HealthCheck("database") {
        try await store.ping()
        return .well("it answers")
      })
  }

  private func results(_ checks: [HealthCheck]) async -> [HealthReport.Check] {
    await withTaskGroup(of: (Int, HealthReport.Check).self) { group in
      for (index, check) in checks.enumerated() { group.addTask { (index, await result(check)) } }
      return await group.reduce(into: [Int: HealthReport.Check]()) { $0[$1.0] = $1.1 }.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  private typealias Work = (checks: [HealthReport.Check], queues: [HealthReport.Queue])

  private func work() async -> Work {
    @Sendable func unread(_ detail: String) -> Work {
      ([HealthReport.Check(name: "queues", ok: false, detail: detail, seconds: 0)], [])
    }
    return await first(late: unread(tooLate)) {
      let queues = try await store.queueDepths()
      let workers = try await store.workers().count(where: \.isAlive)
      let told = queues.map {
        HealthReport.Queue(queue: $0.kind.rawValue, waiting: $0.waiting, due: $0.due, oldestDueSeconds: $0.oldestSeconds)
      }
      return ([Self.check(queues), Self.check(workers: workers, isNeeded: queues.contains { $0.due > 0 })], told)
    } failed: { [logger] error in
      logger.error("health: the queues can't be read", metadata: ["error": "\(error)"])
      return unread("can't be read")
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

  private func result(_ check: HealthCheck) async -> HealthReport.Check {
    let began = ContinuousClock.now
    let finding = await first(late: .wrong(tooLate)) {
      try await check.look()
    } failed: { [logger] error in
      logger.error("health: \(check.name) is not well", metadata: ["error": "\(error)"])
      return HealthCheck.Finding.wrong("it isn't well; the server's log tells more")
    }
    let seconds = began.duration(to: .now) / .seconds(1)
    switch finding {
    case .well(let detail): return HealthReport.Check(name: check.name, ok: true, detail: detail, seconds: seconds)
    case .wrong(let detail): return HealthReport.Check(name: check.name, ok: false, detail: detail, seconds: seconds)
    }
  }

  private var tooLate: String { "it took longer than \(longestLook.components.seconds) s" }

  /// What is found, or that it takes too long. What can't be cancelled goes on by itself and is waited for by nobody.
  private func first<Found: Sendable>(
    late: Found, _ look: @Sendable @escaping () async throws -> Found, failed: @Sendable @escaping (any Error) -> Found
  ) async -> Found {
    let (answers, answer) = AsyncStream.makeStream(of: Found.self, bufferingPolicy: .bufferingOldest(1))
    let looking = Task {
      do {
        answer.yield(try await look())
      } catch is CancellationError {
        return
      } catch {
        answer.yield(failed(error))
      }
    }
    let clock = Task {
      try await Task.sleep(for: longestLook)
      answer.yield(late)
    }
    defer {
      looking.cancel()
      clock.cancel()
    }
    for await found in answers { return found }
    return late
  }
}
