import Foundation
import LogArchive
import Logging
import Model
import Pipeline
import Postgres
import Providers
import ServiceLifecycle
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
  /// For so long a page of figures that many ask for is given again. What is counted lags a second behind what happens in any case.
  package let freshness: Duration
  /// Trials of patterns that people began in a browser.
  package let trials: TrialDesk
  /// Where patterns are proposed to; nil: nowhere.
  package let proposals: ProposeStage?
  /// What could be written a pattern for.
  package let suggestions: SuggestDesk
  /// What was measured of patterns, a minute old at most.
  let measures: SharedLook<[PatternID: Store.PatternMeasure]>
  /// How good patterns are, a minute old at most.
  let patternHealth: SharedLook<[PatternHealth]>
  /// Changes of builds that have waited to be counted for longer than `longestLag`; nil if none has.
  let behind: SharedLook<Int?>
  /// For so long, in seconds, figures may lag without a word: usually they do for one or two.
  private static let longestLag: Double = 60
  /// How fast the ledger gets done.
  package let ledger = LedgerWatch()

  package init(
    store: Store, archive: LogArchive, database: ConnectionConfiguration, providers: [String: any Provider] = [:],
    rescan: RescanStage.Settings = RescanStage.Settings(), proposals: ProposeStage? = nil, logger: Logger,
    freshness: Duration = .seconds(1), now: @Sendable @escaping () -> Double = { Date().timeIntervalSince1970 }
  ) {
    self.store = store
    self.archive = archive
    viewer = LogViewer(archive: archive)
    self.database = database
    self.providers = providers
    self.rescan = rescan
    self.proposals = proposals
    self.now = now
    self.freshness = freshness
    measures = SharedLook(freshness: .seconds(60)) { try await store.patternMeasures() }
    patternHealth = SharedLook(freshness: .seconds(60)) { try await store.patternHealth() }
    behind = SharedLook(freshness: .seconds(2)) {
      let depth = try await store.tallyDepth()
      return depth.oldestSeconds.map { $0 > Self.longestLag } ?? false ? depth.waiting : nil
    }
    var trying = TrialDesk.Settings()
    trying.stage.limits = rescan.limits
    let trouble: @Sendable (any Error) -> Void = { logger.error("what someone began in a browser failed: \($0)") }
    trials = TrialDesk(store: store, archive: archive, settings: trying, trouble: trouble) { CalendarDay(secondsSince1970: now()) }
    var suggesting = SuggestStage.Settings()
    suggesting.lanes = 1
    suggesting.mostBuilds = 500
    suggestions = SuggestDesk(store: store, archive: archive, settings: suggesting, trouble: trouble, now: now)
  }

  /// Stops what people began in a browser when the program ends. To be shut down before the server, which answers all that look at it.
  package var desks: some Service { DeskService(trials: trials, suggestions: suggestions) }

  private struct DeskService: Service {
    let trials: TrialDesk
    let suggestions: SuggestDesk

    func run() async {
      // Cancelled is as good as shut down.
      try? await gracefulShutdown()
      await trials.close()
      await suggestions.close()
    }
  }
}
