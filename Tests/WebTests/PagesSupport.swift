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

  /// What is to be had of `/unexplained`, once the logs are read: each answer that says that they are being read comes after a while.
  func suggestions() async throws -> JSONValue {
    while true {
      let value = try await json("/unexplained")
      if value["state"].text != "running" { return value }
    }
  }
}
