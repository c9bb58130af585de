import Model
import Pipeline
import Store
import TestSupport

@testable import Web

extension WebSite {
  /// Enters builds' logs, tries the patterns on them, and brings what pages are made from up to that.
  func fill(_ patterns: [Pattern], _ builds: [(Build, log: String)]) async throws {
    try await ledger.sync(patterns)
    for (build, log) in builds { try await ledger.enter(log, build) }
    _ = try await ledger.rescan()
    try await TallyStage(store: ledger.store) { CalendarDay(secondsSince1970: WebSite.now) }.run()
  }

  /// The number of the first build in the list with some filter.
  func build(_ query: String = "") async throws -> Int {
    Int(try await json("/builds" + query)["items"][0]["id"].number ?? -1)
  }
}
