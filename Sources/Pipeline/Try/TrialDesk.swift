import Analysis
import Crypto
import Foundation
import LogArchive
import Model
import Postgres
import Store

/// Runs the trials that people ask for in a browser, a few at a time, and tells whoever looks how they stand.
///
/// What a trial found is in the database, so nothing is lost with the desk: asked again, a trial goes on where it was.
package actor TrialDesk {
  package struct Settings: Sendable {
    package var stage = TryStage.Settings()
    /// Trials that run at once.
    package var mostRunning = 2
    /// Those of one person.
    package var mostOfOne = 1
    /// Trials whose state is kept.
    package var mostKept = 32
    /// After so long a trial is stopped; asked again, it goes on.
    package var longestRun = Duration.seconds(600)

    package init() {}
  }

  /// What is to be tried.
  package struct Order: Sendable {
    package let candidate: Pattern
    /// Only builds that finished since, in seconds since 1970.
    package let since: Double?
    /// What the person typed, to show it again: the expression, or the file's text.
    package let source: String
    package let isFile: Bool

    package init(candidate: Pattern, since: Double?, source: String, isFile: Bool) {
      self.candidate = candidate
      self.since = since
      self.source = source
      self.isFile = isFile
    }

    /// The same for the same order; nobody guesses it who doesn't know the order.
    package var key: String {
      var hash = SHA256()
      let parts = [source, "\(isFile)", since.map { "\(($0 / 86_400).rounded())" } ?? "", "\(candidate.definition.ignoreCase)"]
      for part in parts + [candidate.verdict.rawValue] + candidate.groupBy {
        hash.update(data: Data("\(part.utf8.count):".utf8))
        hash.update(data: Data(part.utf8))
      }
      return hash.finalize().prefix(12).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
  }

  /// How a trial stands.
  package struct State: Sendable {
    package enum Phase: Sendable, Equatable {
      case running, finished
      /// Stopped before its end; why.
      case stopped(String)
    }

    package let order: Order
    /// Who began it.
    package let owner: String
    package fileprivate(set) var phase = Phase.running
    /// Nil until the first logs are tried.
    package fileprivate(set) var report: TrialReport?
    /// The pull request by which it was proposed.
    package fileprivate(set) var proposal: String?
    /// Counts the changes.
    package fileprivate(set) var version = 0

    package var isRunning: Bool { phase == .running }
  }

  /// Why a trial is not begun.
  package enum Refusal: Error, Sendable, Equatable {
    /// So many run already.
    case busy(Int)
    /// So many of this person's run already.
    case busyWithYours(Int)
  }

  private struct Entry {
    var state: State
    var task: Task<Void, Never>?
    /// Streams of those who look.
    var watchers: [Int: AsyncStream<State>.Continuation] = [:]
    var usedAt = ContinuousClock.now
  }

  private let stage: TryStage
  private let settings: Settings
  private let today: @Sendable () -> CalendarDay
  private let trouble: @Sendable (any Error) -> Void
  /// Compiling an expression and holding it against examples blocks.
  private let checking = QueueExecutor(label: "culprit.try.check")
  private let places = Places(8, ofOne: 2)
  private var entries: [String: Entry] = [:]
  private var nextWatcher = 0

  /// - Parameter trouble: told what nobody who looks is told.
  package init(
    store: Store, archive: LogArchive, settings: Settings = Settings(), trouble: @Sendable @escaping (any Error) -> Void = { _ in },
    today: @Sendable @escaping () -> CalendarDay
  ) {
    stage = TryStage(store: store, archive: archive, settings: settings.stage)
    self.settings = settings
    self.today = today
    self.trouble = trouble
  }

  // MARK: - Begin and end

  /// Makes a pattern of what a person gave, one at a time: whoever else wants something of this process's threads gets it.
  ///
  /// - Parameters:
  ///   - owner: who asks; bounds how many of a person's wait.
  ///   - candidate: makes the pattern, and says what is wrong with it.
  /// - Throws: `Places.Full`, `Candidate.Refusal`.
  package nonisolated func check(
    for owner: String, _ candidate: @Sendable @escaping () throws -> Pattern
  ) async throws -> Pattern {
    try await places.take(for: owner) { try await checking.run(candidate) }
  }

  /// Begins a trial. One that runs already goes on; one that has ended is tried on what is new since.
  ///
  /// - Parameter owner: who asks; bounds how many a person may run.
  /// - Returns: the trial's key.
  package func begin(_ order: Order, owner: String) throws(Refusal) -> String {
    let key = order.key
    if let entry = entries[key], entry.state.isRunning { return key }
    let running = entries.values.filter(\.state.isRunning)
    guard running.count(where: { $0.state.owner == owner }) < settings.mostOfOne else { throw .busyWithYours(settings.mostOfOne) }
    guard running.count < settings.mostRunning else { throw .busy(settings.mostRunning) }
    forgetOldest()
    let watchers = entries[key]?.watchers ?? [:]
    let version = (entries[key]?.state.version ?? 0) + 1
    var state = State(order: order, owner: owner)
    state.version = version
    entries[key] = Entry(state: state, watchers: watchers)
    entries[key]?.task = Task { await run(key, order) }
    return key
  }

  /// Stops a trial; what it has found is kept.
  package func stop(_ key: String) { entries[key]?.task?.cancel() }

  /// Remembers the pull request by which a trial was proposed.
  package func note(proposal address: String, of key: String) { entries[key]?.state.proposal = address }

  /// Stops all.
  package func close() async {
    let tasks = entries.values.compactMap(\.task)
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  private func forgetOldest() {
    while entries.count >= settings.mostKept {
      let idle = entries.filter { !$0.value.state.isRunning }
      guard let oldest = idle.min(by: { $0.value.usedAt < $1.value.usedAt })?.key else { return }
      for watcher in entries.removeValue(forKey: oldest)?.watchers.values ?? [:].values { watcher.finish() }
    }
  }

  private func run(_ key: String, _ order: Order) async {
    let limit = settings.longestRun
    do {
      let (stage, today) = (stage, today())
      try await withThrowingTaskGroup(of: TrialReport?.self) { group in
        group.addTask {
          try await stage.run(order.candidate, since: order.since, today: today) { news in
            if case .progress(let report) = news { Task { await self.tell(key, report) } }
          }
        }
        group.addTask {
          try await Task.sleep(for: limit)
          return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let report = first else { throw TimeIsUp() }
        end(key, .finished, report)
      }
    } catch is TimeIsUp {
      end(key, .stopped("it took longer than \(limit.components.seconds / 60) minutes; begin it again and it goes on"), nil)
    } catch is CancellationError {
      end(key, .stopped("it was stopped; begin it again and it goes on"), nil)
    } catch {
      trouble(error)
      end(key, .stopped("something went wrong; the log of the server tells more"), nil)
    }
  }

  private struct TimeIsUp: Error {}

  // MARK: - Looking

  package func state(_ key: String) -> State? {
    entries[key]?.usedAt = .now
    return entries[key]?.state
  }

  /// The state now and after each change, until the trial has ended. Who is slow misses some.
  ///
  /// - Returns: nil if there is no such trial.
  package func states(_ key: String) -> AsyncStream<State>? {
    guard let entry = entries[key] else { return nil }
    let (stream, continuation) = AsyncStream.makeStream(of: State.self, bufferingPolicy: .bufferingNewest(1))
    continuation.yield(entry.state)
    guard entry.state.isRunning else {
      continuation.finish()
      return stream
    }
    let watcher = nextWatcher
    nextWatcher += 1
    entries[key]?.watchers[watcher] = continuation
    continuation.onTermination = { _ in Task { await self.leave(key, watcher) } }
    return stream
  }

  /// How many look at a trial.
  package func watchers(_ key: String) -> Int { entries[key]?.watchers.count ?? 0 }

  private func leave(_ key: String, _ watcher: Int) { entries[key]?.watchers[watcher] = nil }

  private func tell(_ key: String, _ report: TrialReport) {
    guard var state = entries[key]?.state, state.isRunning else { return }
    // Two of them may come in the wrong order.
    if let before = state.report, Self.progress(before) > Self.progress(report) { return }
    state.report = report
    publish(key, state)
  }

  private static func progress(_ report: TrialReport) -> (Int, Int) { (report.triedLogs, report.judgedCommits ?? -1) }

  private func end(_ key: String, _ phase: State.Phase, _ report: TrialReport?) {
    guard var state = entries[key]?.state else { return }
    state.phase = phase
    if let report { state.report = report }
    publish(key, state)
    for watcher in entries[key]?.watchers.values ?? [:].values { watcher.finish() }
    entries[key]?.watchers = [:]
    entries[key]?.task = nil
  }

  private func publish(_ key: String, _ state: State) {
    var state = state
    state.version += 1
    entries[key]?.state = state
    for watcher in entries[key]?.watchers.values ?? [:].values { watcher.yield(state) }
  }
}
