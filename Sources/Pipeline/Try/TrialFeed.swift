import Store

/// Hands out the logs that are still to be tried, the newest first.
actor TrialFeed {
  private let store: Store
  private let trial: Store.Trial
  private let since: Double?
  private var page: ArraySlice<Store.UntriedLog> = []
  private var below: LogID?
  private var isOver = false

  private static let pageLogs = 2_000
  /// What a lane gets at a time: little enough that it is recorded soon.
  private static let portionLogs = 256
  private static let portionBytes = 256 << 20

  init(_ store: Store, _ trial: Store.Trial, since: Double?) {
    self.store = store
    self.trial = trial
    self.since = since
  }

  /// - Returns: nil once all are handed out.
  func next() async throws -> [Store.UntriedLog]? {
    while page.isEmpty, !isOver {
      // Others may come for logs meanwhile, so nothing of this is kept across the wait.
      let asked = below
      let rows = try await store.untried(trial, since: since, below: asked, most: Self.pageLogs)
      guard page.isEmpty, below == asked else { continue }
      page = rows[...]
      below = rows.last?.place.log ?? below
      isOver = rows.count < Self.pageLogs
    }
    var portion: [Store.UntriedLog] = []
    var bytes = 0
    while let log = page.first, portion.count < Self.portionLogs, portion.isEmpty || bytes + log.bytes <= Self.portionBytes {
      portion.append(log)
      bytes += log.bytes
      page.removeFirst()
    }
    return portion.isEmpty ? nil : portion
  }
}
