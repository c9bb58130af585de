import Foundation
import Model
import Store

struct OperationsView: Sendable {
  let figures: [Figure]
  let queueTable: Head
  let workerTable: Head
  let limitTable: Head
  let troubleTable: Head
  let queues: [Queue]
  let isDone: Bool
  let percent: Int
  let progress: String
  let left: String?
  let workers: [Worker]
  let hours: [Hour]
  let deliveries: [State]
  let posts: [State]
  let limits: [Limit]
  let troubles: [Trouble]
  let moreLink: String?

  /// A table's head, as the partial `columns` takes it.
  struct Head: Sendable {
    let columns: [ColumnView]
  }

  struct Figure: Sendable {
    let value: String
    let name: String
    let isBad: Bool
  }

  struct Queue: Sendable {
    let name: String
    let about: String
    let waiting: String
    let due: String
    let leased: String
    let retried: String
    let oldest: String
    let isLate: Bool
  }

  struct Worker: Sendable {
    let name: String
    let isAlive: Bool
    let started: String
    let leases: String
  }

  struct Hour: Sendable {
    let name: String
    let deliveries: Int
    let builds: Int
    let posts: Int
    let scanned: Int
    let bytes: String
    let pairs: String
  }

  struct State: Sendable {
    let name: String
    let count: String
    let isBad: Bool
  }

  struct Limit: Sendable {
    let host: String
    let granted: Int
    let remaining: Int
    let low: Int
    let text: String
    let resets: String
    let told: String
  }

  struct Trouble: Sendable {
    let what: String
    let subject: String
    let reason: String
    let when: String
  }

  private static let abouts: [String: String] = [
    "deliveries": "webhooks to be read", "listings": "failed builds whose logs are to be looked up",
    "fetches": "logs to be fetched",
    "scans": "logs to be scanned", "commits": "commits to be judged and posted on",
    "reruns": "failed builds that somebody wants to be run again",
    "tallies": "builds to be counted for these pages",
  ]

  init(_ value: Operations, _ input: PageInput) {
    let now = input.now
    let ledger = value.ledger
    let all = ledger.done + ledger.due
    let alive = value.workers.count(where: \.isAlive)
    let oldest = value.queues.compactMap(\.oldestDueSeconds).max()
    let isWaiting = value.queues.contains { $0.due > 0 } || ledger.due > 0
    figures = [
      Figure(value: Figures.count(alive), name: alive == 1 ? "worker alive" : "workers alive", isBad: alive == 0 && isWaiting),
      Figure(
        value: oldest.map { Figures.span($0) } ?? "–", name: "the longest that anything has been due",
        isBad: (oldest ?? 0) > DeepHealth.longestWait),
      Figure(value: Figures.count(ledger.due), name: "pairs of log and pattern are due", isBad: false),
      Figure(value: Figures.count(ledger.inconclusive), name: "pairs are not conclusive", isBad: false),
    ]
    let sorting: Sorting<Operations.Key>? = input.sorting()
    func column(_ label: String, _ first: Sorting<Operations.Key>, classes: String? = nil) -> ColumnView {
      ColumnView(label, first, sorting, input, classes: classes)
    }
    queueTable = Head(columns: [
      column("Queue", .ascending(.queue)), column("Waiting", .descending(.waiting), classes: "number"),
      column("Due", .descending(.due), classes: "number"), column("Being done", .descending(.leased), classes: "number"),
      column("Tried before", .descending(.retried), classes: "number"),
      column("Oldest due", .descending(.oldestDueSeconds), classes: "number"),
    ])
    workerTable = Head(columns: [
      column("Worker", .ascending(.workerHost)), ColumnView("State"), column("Started", .descending(.startedAt)),
      ColumnView("Has in hand"),
    ])
    limitTable = Head(columns: [
      column("Host", .ascending(.limitHost)), column("Requests left", .ascending(.remaining)),
      column("Full again", .descending(.resetsAt)), column("Told", .descending(.toldAt)),
    ])
    troubleTable = Head(columns: [
      column("What", .ascending(.what)), column("Of", .ascending(.subject)), column("Why", .ascending(.reason)),
      column("When", .descending(.at)),
    ])
    queues = value.queues.map { queue in
      Queue(
        name: queue.queue, about: Self.abouts[queue.queue] ?? "", waiting: Self.capped(queue.waiting), due: Self.capped(queue.due),
        leased: Figures.count(queue.leased), retried: Figures.count(queue.retried),
        oldest: queue.oldestDueSeconds.map { Figures.span($0) } ?? "–",
        isLate: (queue.oldestDueSeconds ?? 0) > DeepHealth.longestWait)
    }
    isDone = ledger.due == 0
    // All but done is not done.
    percent = all > 0 ? min(ledger.due > 0 ? 99 : 100, Int(Double(ledger.done) / Double(all) * 100)) : 100
    progress =
      "\(Figures.count(ledger.done)) of \(Figures.count(all, "pair")) of \(Figures.count(ledger.logs, "log")) and "
      + "\(Figures.count(ledger.patterns, "pattern")) are done"
      + (ledger.due > 0
        ? "; \(Figures.count(ledger.dueLogs, "log")), \(Figures.bytes(Int64(ledger.dueBytes))), lack something" : "")
      + (ledger.suspendedPatterns > 0
        ? "; \(Figures.count(ledger.suspendedPatterns, "pattern")) too slow to be tried" : "")
    left =
      ledger.due == 0
      ? nil
      : ledger.secondsLeft.map {
        "Done in about \(Figures.span($0)), at \(Figures.count(Int(ledger.pairsPerSecond ?? 0))) pairs per second."
      }
        ?? "How long it takes shows when you look again."
    workers = value.workers.map { worker in
      Worker(
        name: "\(worker.host), process \(worker.pid)", isAlive: worker.isAlive, started: Figures.ago(worker.startedAt, now: now),
        leases: worker.leases.isEmpty
          ? "nothing" : worker.leases.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
    }
    hours = value.hours.map { hour in
      Hour(
        name: String(Figures.time(hour.hour).dropFirst(11).prefix(5)), deliveries: hour.deliveries, builds: hour.builds,
        posts: hour.posts, scanned: hour.scannedLogs, bytes: Figures.bytes(Int64(hour.scannedBytes)),
        pairs: Figures.count(hour.pairs))
    }
    deliveries = Self.states(value.deliveries, bad: ["failed"])
    posts = Self.states(value.posts, bad: value.posts.keys.filter { $0.hasSuffix("refused") })
    limits = value.limits.map { limit in
      Limit(
        host: limit.host, granted: max(1, limit.granted), remaining: min(limit.remaining, max(1, limit.granted)),
        low: max(1, limit.granted) / 10,
        text: "\(Figures.count(limit.remaining)) of \(Figures.count(limit.granted))",
        resets: limit.resetsAt.map { $0 > now ? Figures.ago($0, now: now) : "since then" } ?? "–",
        told: Figures.ago(limit.toldAt, now: now))
    }
    let isCut = Dictionary(grouping: value.troubles, by: \.what).values.contains { $0.count >= input.limit }
    moreLink = isCut && input.limit < 200 ? input.link(["limit": "200"]) : nil
    troubles = value.troubles.map { trouble in
      Trouble(
        what: trouble.what, subject: trouble.subject, reason: trouble.reason,
        when: trouble.at.map { Figures.ago($0, now: now) } ?? "is tried again")
    }
  }

  private static func capped(_ count: Int) -> String {
    count >= Store.mostCounted ? "\(Figures.count(Store.mostCounted)) or more" : Figures.count(count)
  }

  private static func states(_ counts: [String: Int], bad: [String]) -> [State] {
    counts.sorted { $0.key < $1.key }.map { name, count in
      State(name: name.replacing("_", with: " "), count: Figures.count(count), isBad: bad.contains(name) && count > 0)
    }
  }
}
