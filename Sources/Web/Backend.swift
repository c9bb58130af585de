import Foundation
import LogArchive
import Model
import Pipeline
import Postgres
import Providers
import Store

/// What pages and actions work with. Made once, by the program.
package struct Backend: Sendable {
  package let store: Store
  package let archive: LogArchive
  package let viewer: LogViewer
  package let database: ConnectionConfiguration
  /// By name: for running builds again.
  package let providers: [String: any Provider]
  package let rescan: RescanStage.Settings
  /// Seconds since 1970.
  package let now: @Sendable () -> Double

  package init(
    store: Store, archive: LogArchive, database: ConnectionConfiguration, providers: [String: any Provider] = [:],
    rescan: RescanStage.Settings = RescanStage.Settings(), now: @Sendable @escaping () -> Double = { Date().timeIntervalSince1970 }
  ) {
    self.store = store
    self.archive = archive
    viewer = LogViewer(archive: archive)
    self.database = database
    self.providers = providers
    self.rescan = rescan
    self.now = now
  }
}
