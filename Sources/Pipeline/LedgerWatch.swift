/// The pace of the ledger, for all who look at it in this process.
package actor LedgerWatch {
  private var pace = LedgerPace()

  package init() {}

  /// - Parameter now: seconds since 1970.
  package func note(due: Int, at now: Double) -> LedgerPace {
    pace.note(due: due, at: now)
    return pace
  }
}
