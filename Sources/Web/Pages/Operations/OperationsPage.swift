import Model
import Pipeline
import Store

/// How the work goes: queues, workers, the ledger, what came and went, and what goes wrong.
enum OperationsPage {
  private static let hours = 24

  static let page = Page<Operations>(
    path: "operations", summary: "Queues, workers, the ledger's coverage, rates, providers' limits and what goes wrong.",
    parameters: [
      .query("limit", .number(1...200), "The most troubles of each kind that are told.", usual: "10"),
      .sort("one of the lists", usual: Sorting<Operations.Key>?.none),
    ],
    isShared: true,
    load: { input in
      let store = input.backend.store
      let since = input.now - Double(hours) * 3_600
      async let queues = store.queueDepths()
      async let workers = store.workers()
      async let coverage = store.coverage()
      async let rates = store.hourlyRates(hours: hours)
      async let deliveries = store.deliveryStates(since: since)
      async let posts = store.postStates(since: since)
      async let limits = store.providerLimits()
      async let troubles = store.troubles(most: input.limit)
      let covered = try await coverage
      let pace = await input.backend.ledger.note(due: covered.due, at: input.now)
      let ledger = Operations.Ledger(covered, pace)
      let living = try await workers
      let scans = Operations.Queue(scans: ledger, leased: living.reduce(0) { $0 + ($1.leases[.scans] ?? 0) })
      var states = try await queues.map(Operations.Queue.init)
      // In the order of a build's way.
      states.insert(scans, at: states.firstIndex { $0.queue == Store.WorkKind.commits.rawValue } ?? states.count)
      return Operations(
        queues: states, workers: living.map(Operations.Worker.init), ledger: ledger,
        hours: filled(try await rates, now: input.now), deliveries: map(try await deliveries), posts: map(try await posts),
        limits: try await limits.map(Operations.Limit.init), troubles: try await troubles.map(Operations.Trouble.init)
      ).sorted(by: input.sorting())
    },
    view: { value, input in Page.View("operations", title: "Operations", OperationsView(value, input)) })

  private static func map(_ counts: [Store.StateCount]) -> [String: Int] {
    Dictionary(counts.map { ($0.state, $0.count) }) { $0 + $1 }
  }

  /// Every hour, those among them in which nothing happened.
  private static func filled(_ rates: [Store.HourRate], now: Double) -> [Operations.Hour] {
    let known = Dictionary(rates.map { ($0.hour, $0) }) { first, _ in first }
    let last = max((now / 3_600).rounded(.down) * 3_600, rates.last?.hour ?? 0)
    return (0..<hours).reversed().map { back in
      let hour = last - Double(back) * 3_600
      let rate = known[hour]
      return Operations.Hour(
        hour: hour, deliveries: rate?.deliveries ?? 0, builds: rate?.builds ?? 0, posts: rate?.posts ?? 0,
        scannedLogs: rate?.scannedLogs ?? 0, scannedBytes: rate?.scannedBytes ?? 0, pairs: rate?.pairs ?? 0)
    }
  }
}
