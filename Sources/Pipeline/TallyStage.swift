import Model
import Store

/// Keeps the tally, which pages and reports are made from, up to what the ledger says.
package struct TallyStage: Sendable {
  private let store: Store
  private let today: @Sendable () -> CalendarDay

  /// - Parameter today: decides which patterns are past their review.
  package init(store: Store, today: @Sendable @escaping () -> CalendarDay) {
    self.store = store
    self.today = today
  }

  /// A step of a worker.
  ///
  /// - Returns: nil if nothing is marked, or another worker is at it.
  package func step() async throws -> StepReport? {
    guard let step = try await store.tally(today: today()) else { return nil }
    return StepReport("tallied", subject: "\(step.builds) builds, \(step.changed) changed", isRoutine: true)
  }

  /// Works until nothing is marked; waits for another worker that is at it.
  ///
  /// - Parameter report: told how many builds are done.
  /// - Throws: `PostgresError`, `CancellationError`; what is done stays.
  package func run(report: @Sendable (Int) -> Void = { _ in }) async throws {
    var done = 0
    while let step = try await store.tally(today: today(), waits: true, most: 4 * Store.tallyPortion) {
      done += step.builds
      report(done)
      try Task.checkCancellation()
    }
  }
}
