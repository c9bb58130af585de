import Pipeline
import Store

/// How the work goes, for the API.
struct Operations: APIValue {
  var queues: [Queue]
  var workers: [Worker]
  let ledger: Ledger
  /// The oldest first.
  let hours: [Hour]
  /// Of the last day, by state.
  let deliveries: [String: Int]
  /// Of the last day, by kind and phase.
  let posts: [String: Int]
  var limits: [Limit]
  var troubles: [Trouble]

  struct Queue: APIValue {
    let queue: String
    /// Counted to 100,000.
    let waiting: Int
    let due: Int
    let leased: Int
    let retried: Int
    let oldestDueSeconds: Double?

    init(_ depth: Store.QueueDepth) {
      (queue, waiting, due, leased) = (depth.kind.rawValue, depth.waiting, depth.due, depth.leased)
      (retried, oldestDueSeconds) = (depth.retried, depth.oldestSeconds)
    }

    /// The logs that lack a pattern: the ledger counts them, as no row says of itself that it waits.
    init(scans ledger: Ledger, leased: Int) {
      (queue, waiting, due) = (Store.WorkKind.scans.rawValue, ledger.dueLogs, ledger.dueLogs)
      (self.leased, retried, oldestDueSeconds) = (leased, 0, nil)
    }

    static let schema = Schema.object(
      "Queue",
      [
        "queue": .string, "waiting": .integer, "due": .integer, "leased": .integer, "retried": .integer,
        "oldestDueSeconds": .optional(.number),
      ])
  }

  struct Worker: APIValue {
    let id: Int
    let host: String
    let pid: Int
    let startedAt: Double
    let isAlive: Bool
    /// By queue.
    let leases: [String: Int]

    init(_ worker: Store.WorkerDetail) {
      (id, host, pid, startedAt, isAlive) = (worker.id, worker.host, worker.pid, worker.startedAt, worker.isAlive)
      leases = Dictionary(worker.leases.map { ($0.key.rawValue, $0.value) }) { $0 + $1 }
    }

    static let schema = Schema.object(
      "Worker",
      [
        "id": .integer, "host": .string, "pid": .integer, "startedAt": .time, "isAlive": .boolean, "leases": .map(.integer),
      ])
  }

  struct Ledger: APIValue {
    let patterns: Int
    let suspendedPatterns: Int
    let logs: Int
    let bytes: Int
    /// Pairs of log and pattern.
    let done: Int
    let due: Int
    let inconclusive: Int
    let dueLogs: Int
    let dueBytes: Int
    /// Nil until it was looked twice.
    let pairsPerSecond: Double?
    let secondsLeft: Double?

    init(_ coverage: Store.Coverage, _ pace: LedgerPace) {
      (patterns, suspendedPatterns) = (coverage.patterns, coverage.suspended)
      (logs, bytes, done, due) = (coverage.logs, coverage.bytes, coverage.done, coverage.due)
      (inconclusive, dueLogs, dueBytes) = (coverage.inconclusive, coverage.dueLogs, coverage.dueBytes)
      (pairsPerSecond, secondsLeft) = (pace.pairsPerSecond, pace.secondsLeft)
    }

    static let schema = Schema.object(
      "Ledger",
      [
        "patterns": .integer, "suspendedPatterns": .integer, "logs": .integer, "bytes": .integer, "done": .integer, "due": .integer,
        "inconclusive": .integer, "dueLogs": .integer, "dueBytes": .integer, "pairsPerSecond": .optional(.number),
        "secondsLeft": .optional(.number),
      ])
  }

  struct Hour: APIValue {
    let hour: Double
    let deliveries: Int
    let builds: Int
    let posts: Int
    /// Logs that were scanned, their raw bytes, and pairs of log and pattern that were tried.
    let scannedLogs: Int
    let scannedBytes: Int
    let pairs: Int

    static let schema = Schema.object(
      "Hour",
      [
        "hour": .time, "deliveries": .integer, "builds": .integer, "posts": .integer, "scannedLogs": .integer,
        "scannedBytes": .integer, "pairs": .integer,
      ])
  }

  struct Limit: APIValue {
    let host: String
    let granted: Int
    let remaining: Int
    let resetsAt: Double?
    let toldAt: Double

    init(_ limit: Store.ProviderLimit) {
      (host, granted, remaining) = (limit.host, limit.granted, limit.remaining)
      (resetsAt, toldAt) = (limit.resetsAt, limit.toldAt)
    }

    static let schema = Schema.object(
      "ProviderLimit",
      ["host": .string, "granted": .integer, "remaining": .integer, "resetsAt": .optional(.time), "toldAt": .time])
  }

  struct Trouble: APIValue {
    let what: String
    let subject: String
    let reason: String
    let at: Double?

    init(_ trouble: Store.Trouble) {
      (what, subject, reason, at) = (trouble.what, trouble.subject, trouble.reason, trouble.at)
    }

    static let schema = Schema.object(
      "Trouble",
      [
        "what": .choice(["delivery", "listing", "fetch", "post"]), "subject": .string, "reason": .string, "at": .optional(.time),
      ])
  }

  static let schema = Schema.object(
    "Operations",
    [
      "queues": .array(Queue.schema), "workers": .array(Worker.schema), "ledger": Ledger.schema, "hours": .array(Hour.schema),
      "deliveries": .map(.integer), "posts": .map(.integer), "limits": .array(Limit.schema), "troubles": .array(Trouble.schema),
    ])
}
