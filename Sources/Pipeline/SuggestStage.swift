import Analysis
import Foundation
import LogArchive
import Model
import Store

/// Clusters the failures that nothing explains and drafts a pattern for each cluster.
///
/// Keeps nothing: it is read anew each time, from the archive alone. The same builds give the same suggestions.
package struct SuggestStage: Sendable {
  package struct Settings: Sendable {
    /// Logs that are read at once.
    package var lanes = max(1, ProcessInfo.processInfo.activeProcessorCount)
    /// Unexplained builds that are looked at, the latest of them. What is kept of each is some 40 KiB.
    package var mostBuilds = 2_000
    /// Passing builds of each job that its failures are compared with.
    package var passingBuilds = 3

    package init() {}
  }

  private let store: Store
  private let settings: Settings
  private let lanes: [ArchiveLane]

  package init(store: Store, archive: LogArchive, settings: Settings = Settings()) {
    self.store = store
    self.settings = settings
    lanes = (0..<settings.lanes).map { ArchiveLane(number: $0, archive: archive) }
  }

  /// - Parameters:
  ///   - since: only builds that finished since, in seconds since 1970.
  ///   - limit: clusters at most.
  ///   - report: called with the number of logs that are read and of all that are to be read by now.
  /// - Throws: `PostgresError`, `PCRE2Error`, `ArchiveError` that another try may help, `CancellationError`.
  package func run(
    since: Double?, today: CalendarDay, limit: Int, report: @Sendable @escaping (Int, Int) -> Void = { _, _ in }
  ) async throws -> Suggestions {
    let rules = try LineRules()
    // What is not counted yet would be missing.
    try await TallyStage(store: store) { today }.run()
    var result = Suggestions()
    // One more than is read tells whether there are more.
    var builds = try await store.unexplainedBuilds(since: since, most: settings.mostBuilds + 1)
    result.isCut = builds.count > settings.mostBuilds
    builds = Array(builds.prefix(settings.mostBuilds))
    result.unexplained = builds.count

    let logs = builds.enumerated().flatMap { build, facts in facts.logs.map { (build, $0) } }
    let read = try await onLanes(logs.count, { report($0, logs.count) }) { index, lane in
      try await lane.tellingLines(logs[index].1.digest, rules)
    }
    var lines = Array(repeating: [TellingLine](), count: builds.count)
    // Of each log what it tells, to know later where a line stands.
    var told: [Int64: [TellingLine]] = [:]
    for (index, (build, log)) in logs.enumerated() {
      told[log.id] = read.values[index]
      lines[build] += read.values[index] ?? []
    }
    result.lost = read.lost

    let familiar = try await familiar(lines, of: builds, rules, report: { report(logs.count + $0, logs.count + $1) })
    let clusters = FailureClusters(lines, familiar: familiar)
    result.untold = clusters.untold.map { builds[$0] }
    result.clusters = clusters.clusters.count
    result.suggestions = try await suggestions(Array(clusters.clusters.prefix(limit)), builds, lines, told)
    return result
  }

  /// For each build the keys of those of its lines that passing builds of the same job say, too; nil where there are none of these.
  private func familiar(
    _ lines: [[TellingLine]], of builds: [Store.UnexplainedBuild], _ rules: LineRules,
    report: @Sendable @escaping (Int, Int) -> Void
  ) async throws -> [Set<String>?] {
    let buildsOfJob = Dictionary(grouping: builds.indices, by: { builds[$0].job })
    let passing = try await store.passingLogs(of: buildsOfJob.keys.sorted(), most: settings.passingBuilds)
    let logs = passing.keys.sorted().flatMap { job in (passing[job] ?? []).map { (job, $0) } }
    let linesOfJob = buildsOfJob.mapValues { indices in indices.flatMap { lines[$0] } }
    // A passing log that is lost is only one less to compare with.
    let seen = try await onLanes(logs.count, { report($0, logs.count) }) { index, lane in
      let (job, digest) = logs[index]
      return try await lane.familiar(linesOfJob[job] ?? [], in: digest, rules)
    }
    var keys: [JobIdentity: Set<String>] = [:]
    for (index, (job, _)) in logs.enumerated() { if let value = seen.values[index] { keys[job, default: []].formUnion(value) } }
    return builds.map { keys[$0.job] }
  }

  private func suggestions(
    _ clusters: [FailureCluster], _ builds: [Store.UnexplainedBuild], _ lines: [[TellingLine]], _ told: [Int64: [TellingLine]]
  ) async throws -> [Suggestions.Suggestion] {
    let patterns = try await store.patterns()
    var titles = Set(patterns.map { $0.title.lowercased() })
    var names: Set<String> = []
    let others = OtherLines(Self.distinct(lines))
    return try clusters.map { cluster in
      try Task.checkCancellation()
      let members = cluster.builds.map { builds[$0] }
      let times = members.map(\.finishedAt)
      var samples: [Suggestions.Sample] = []
      for (build, line) in zip(members, cluster.lines) where samples.count < 3 && !samples.contains(where: { $0.text == line.text })
      {
        guard let log = build.logs.first(where: { told[$0.id]?.contains(line) ?? false }) else { continue }
        samples.append(Suggestions.Sample(build: build, log: log.id, line: line.line, text: line.text))
      }
      return Suggestions.Suggestion(
        builds: members.count, firstSeen: times.min() ?? 0, lastSeen: times.max() ?? 0, jobs: Set(members.map(\.job)).sorted(),
        samples: samples, draft: PatternDraft(cluster, others: others, titles: &titles, names: &names))
    }
  }

  /// Lines that misses are taken from: each template once, as many as are needed to find something alike.
  private static func distinct(_ lines: [[TellingLine]]) -> [String] {
    var keys: Set<String> = []
    var texts: [String] = []
    for line in lines.joined() where texts.count < 5_000 && keys.insert(line.key).inserted { texts.append(line.text) }
    return texts
  }

  /// Does something with each of so many logs, several at once. Those that the archive doesn't have, or not whole, have no value.
  private func onLanes<Value: Sendable>(
    _ count: Int, _ report: @Sendable @escaping (Int) -> Void, _ work: @Sendable @escaping (Int, ArchiveLane) async throws -> Value
  ) async throws -> (values: [Int: Value], lost: [String]) {
    var values: [Int: Value] = [:]
    var lost: [Int: String] = [:]
    try await withThrowingTaskGroup(of: (Int, ArchiveLane, Result<Value, ArchiveError>).self) { group in
      var next = 0
      func start(on lane: ArchiveLane) {
        guard next < count else { return }
        let index = next
        next += 1
        group.addTask {
          do {
            return (index, lane, .success(try await work(index, lane)))
          } catch let error as ArchiveError where !error.isRetryable {
            return (index, lane, .failure(error))
          }
        }
      }
      for lane in lanes { start(on: lane) }
      while let (index, lane, outcome) = try await group.next() {
        switch outcome {
        case .success(let value): values[index] = value
        case .failure(let error): lost[index] = error.description
        }
        report(values.count + lost.count)
        start(on: lane)
      }
    }
    return (values, lost.keys.sorted().compactMap { lost[$0] })
  }
}
