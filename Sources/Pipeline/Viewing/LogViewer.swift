import Analysis
import LogArchive
import Model
import Synchronization

/// Shows archived logs to people: some lines of one, what is found in one, all its raw bytes. In bounded memory and time, whatever the log.
package final class LogViewer: Sendable {
  /// Most lines of a window.
  package static let mostLines = 5_000

  private let archive: LogArchive
  private let lanes: [ViewingLane]
  /// Searches read whole logs; windows don't wait behind them.
  private let searchLane: ViewingLane
  private let next = Atomic(0)
  /// Searches that run or wait: each may take seconds, and whoever asks hears soon that it would take too long.
  private let places = Places(8, ofOne: 2)

  /// - Parameter lanes: windows that are read at once; others wait.
  package init(archive: LogArchive, lanes: Int = 2) {
    self.archive = archive
    self.lanes = (0..<max(1, lanes)).map { ViewingLane(label: "culprit.view.\($0)", archive: archive) }
    searchLane = ViewingLane(label: "culprit.view.search", archive: archive)
  }

  /// Some lines of a log.
  /// - Parameter digest: SHA-256 of the raw log.
  /// - Throws: `ArchiveError` if the log can't be had, `CancellationError`.
  package func window(of digest: [UInt8], _ request: LogWindow.Request) async throws -> LogWindow {
    try await lane.window(of: digest, request)
  }

  /// The last lines of a log.
  /// - Parameter request: its `lines` say how many, not which.
  /// - Throws: as `window`.
  package func end(of digest: [UInt8], _ request: LogWindow.Request) async throws -> LogWindow {
    try await lane.end(of: digest, request)
  }

  /// Where a text or expression is found in a log, by the rules that patterns are matched by.
  ///
  /// - Parameter asker: who wants to know; bounds how many a person's searches are.
  /// - Throws: `Places.Full`, `ScanProgram.CompileError` if the expression is none, `ArchiveError`, `CancellationError`.
  package func search(_ digest: [UInt8], asker: String, for query: LogSearch.Query) async throws -> LogSearch {
    let pattern = Pattern(
      id: PatternID("search"), title: "", definition: MatchDefinition(matcher: query.matcher, ignoreCase: query.ignoreCase),
      verdict: .failure)
    return try await places.take(for: asker) { try await searchLane.search(digest, for: pattern, query) }
  }

  /// The raw bytes of a log. What is missing or damaged is told while they are read.
  package func raw(_ digest: [UInt8]) -> RawLog { RawLog(archive: archive, digest: digest) }

  private var lane: ViewingLane {
    lanes[Int(UInt(bitPattern: next.wrappingAdd(1, ordering: .relaxed).oldValue) % UInt(lanes.count))]
  }
}
