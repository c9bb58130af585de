import Foundation
import LogArchive
import Model
import Store

/// Keeps the last suggestions for those who look in a browser: reading the logs of all unexplained builds takes seconds.
package actor SuggestDesk {
  package enum State: Sendable {
    /// Logs that are read, and all that are to be read by now.
    case running(read: Int, of: Int)
    /// - Parameter at: when they were made, in seconds since 1970.
    case ready(Suggestions, at: Double)
    case failed(String)
  }

  private struct Entry {
    var state: State
    let begunAt: Double
    var task: Task<Void, Never>?
    /// What was there before, until the new ones are.
    var last: (Suggestions, at: Double)?
  }

  /// Suggestions are as good as new for so long, in seconds.
  private static let freshness: Double = 600
  /// Different spans of time that are kept.
  private static let mostKept = 8

  private let stage: SuggestStage
  /// Each build is in one at most.
  private let mostClusters: Int
  private let now: @Sendable () -> Double
  private let trouble: @Sendable (any Error) -> Void
  /// By days back. One at most has a task: each reads hundreds of logs.
  private var entries: [Int: Entry] = [:]

  /// - Parameter trouble: told what nobody who looks is told.
  package init(
    store: Store, archive: LogArchive, settings: SuggestStage.Settings, trouble: @Sendable @escaping (any Error) -> Void = { _ in },
    now: @Sendable @escaping () -> Double
  ) {
    stage = SuggestStage(store: store, archive: archive, settings: settings)
    mostClusters = settings.mostBuilds
    self.now = now
    self.trouble = trouble
  }

  /// Gives up what is being made.
  package func close() async {
    let tasks = entries.values.compactMap(\.task)
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  /// The suggestions for builds of the last days; begins to make them where there are none, or only old ones. While others are being made,
  /// none are begun: what there is is told, or that they are being made, and whoever asks later is told more.
  ///
  /// - Parameters:
  ///   - anew: whether they are made again, however new they are.
  ///   - patience: how long it is waited for them.
  package func suggestions(days: Int, anew: Bool = false, patience: Duration = .seconds(2)) async -> State {
    if entries.values.allSatisfy({ $0.task == nil }), anew || !isFresh(days) { begin(days) }
    guard let task = entries[days]?.task else { return entries[days]?.state ?? .running(read: 0, of: 0) }
    // Whoever comes first: the end, or the end of the patience.
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        Task {
          await task.value
          end.finish()
        }
        for await _ in ends {}
      }
      group.addTask { try? await Task.sleep(for: patience) }
      await group.next()
      group.cancelAll()
    }
    guard let entry = entries[days] else { return .running(read: 0, of: 0) }
    if case .running = entry.state, let last = entry.last { return .ready(last.0, at: last.at) }
    return entry.state
  }

  private func isFresh(_ days: Int) -> Bool {
    guard case .ready(_, let at) = entries[days]?.state else { return false }
    return now() - at < Self.freshness
  }

  private func begin(_ days: Int) {
    if entries[days] == nil, entries.count >= Self.mostKept,
      let oldest = entries.min(by: { $0.value.begunAt < $1.value.begunAt })?.key
    {
      entries[oldest] = nil
    }
    var last: (Suggestions, at: Double)?
    if case .ready(let suggestions, let at) = entries[days]?.state { last = (suggestions, at) }
    let (stage, mostClusters, trouble, now) = (stage, mostClusters, trouble, now())
    entries[days] = Entry(state: .running(read: 0, of: 0), begunAt: now, last: last)
    entries[days]?.task = Task {
      do {
        let made = try await stage.run(
          since: now - Double(days) * 86_400, today: CalendarDay(secondsSince1970: now), limit: mostClusters
        ) { read, all in Task { await self.note(days, read, all) } }
        end(days, .ready(made, at: now))
      } catch {
        if !(error is CancellationError) { trouble(error) }
        end(days, .failed("something went wrong; the log of the server tells more"))
      }
    }
  }

  private func note(_ days: Int, _ read: Int, _ all: Int) {
    guard case .running = entries[days]?.state else { return }
    entries[days]?.state = .running(read: read, of: all)
  }

  private func end(_ days: Int, _ state: State) {
    entries[days]?.state = state
    entries[days]?.task = nil
    entries[days]?.last = nil
  }
}
