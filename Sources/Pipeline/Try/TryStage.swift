import Analysis
import LogArchive
import Model
import Store

/// Tries a pattern that isn't one yet on every archived log: what it would find, and which verdicts it would change.
///
/// Nothing that a verdict rests on is written. What was found is kept with the trial of this definition: stopped or killed anywhere, the
/// next run for the same definition goes on, and later ones try it on new logs only.
package struct TryStage: Sendable {
  /// How a trial is done.
  package struct Settings: Sendable {
    /// Logs that are scanned at once in this process.
    package var lanes = 1
    /// Those of a rescan.
    package var limits = ScanLimits()
    /// Whether logs are passed over whose index says that they hold nothing; off to measure what that is worth.
    package var usesIndex = true

    package init() {}
  }

  /// What is told while it goes on, from one thread at a time.
  package enum News: Sendable {
    /// The state so far, after every portion.
    case progress(TrialReport)
    /// A log with findings, in no order.
    case hit(Store.TrialHit)
    case change(TrialReport.VerdictChange)
  }

  private let store: Store
  private let archive: LogArchive
  private let settings: Settings

  package init(store: Store, archive: LogArchive, settings: Settings) {
    self.store = store
    self.archive = archive
    self.settings = settings
  }

  /// - Parameters:
  ///   - since: only builds that finished after this, in seconds since 1970.
  ///   - fresh: whether what earlier runs found is forgotten.
  ///   - today: for patterns with a day of review.
  /// - Throws: `ScanProgram.CompileError`, `PostgresError`, `ArchiveError`; `CancellationError` once all that was tried is recorded.
  package func run(
    _ candidate: Pattern, since: Double? = nil, fresh: Bool = false, today: CalendarDay,
    tell: @Sendable @escaping (News) -> Void = { _ in }
  ) async throws -> TrialReport {
    var candidate = candidate
    candidate.retired = false
    let program = try ScanProgram([candidate])
    let trial = try await store.trial(of: RevisionDigest.of(candidate.definition, settings.limits), fresh: fresh)
    let archived = try await store.archivedLogs(trial, since: since)
    let tally = TrialTally(
      TrialReport(candidate: candidate.id, archived: archived), groupBy: candidate.groupBy, tell: tell)
    do {
      try await replay(trial, archived, of: candidate.id, since: since, tally)
      try await tryUntried(trial, program, since: since, tally)
      try await judge(trial, candidate, since: since, today: today, tally)
    } catch {
      await tally.tellState()
      throw error
    }
    let overlapping = Array(await tally.report.overlaps.keys)
    return await tally.finish(builds: try await store.failedBuilds(ofPatterns: overlapping, since: since))
  }

  private func tryUntried(_ trial: Store.Trial, _ program: ScanProgram, since: Double?, _ tally: TrialTally) async throws {
    let query = GramQuery(program)
    let feed = TrialFeed(store, trial, since: since)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<settings.lanes {
        let lane = ScanLane(number: number, archive: archive, limits: settings.limits, engine: store.engine)
        let work = Work(
          trial: trial, program: program, query: settings.usesIndex && query.isUseful ? query : nil, lane: lane, tally: tally)
        group.addTask { while let logs = try await feed.next() { try await scan(logs, work) } }
      }
      try await group.waitForAll()
    }
  }

  /// What earlier runs found.
  private func replay(
    _ trial: Store.Trial, _ archived: Store.ArchivedLogs, of id: PatternID, since: Double?, _ tally: TrialTally
  ) async throws {
    await tally.add(logs: archived.triedLogs, bytes: archived.triedBytes, cost: trial.cost, hits: [], sameLines: [:])
    var below: LogID?
    while archived.triedLogs > 0 {
      let hits = try await store.trialHits(trial, of: id, since: since, below: below, most: 64)
      guard let last = hits.last else { return }
      below = last.place.log
      let sameLines = try await store.patternsOnSameLines(hits, except: id)
      await tally.add(logs: 0, bytes: 0, cost: Store.TrialCost(), hits: hits, sameLines: sameLines)
    }
  }

  private struct Work: Sendable {
    let trial: Store.Trial
    let program: ScanProgram
    let query: GramQuery?
    let lane: ScanLane
    let tally: TrialTally
  }

  private func scan(_ logs: [Store.UntriedLog], _ work: Work) async throws {
    var portion = Portion()
    for log in logs {
      do {
        let outcome = try await work.lane.scan(
          digest: log.digest, bytes: log.bytes, names: log.names, with: work.program, unless: work.query)
        portion.add(log, outcome)
      } catch let error as ArchiveError where !error.isRetryable {
        await work.tally.lost(error.description)
      } catch {
        // Stopped, or the archive is out of reach: what is done is kept.
        try? await record(portion, work)
        throw error
      }
      // A process that is killed loses what isn't recorded, so slow logs are not gathered for long.
      if portion.began.duration(to: .now) > .milliseconds(500) {
        try await record(portion, work)
        portion = Portion()
      }
    }
    try await record(portion, work)
  }

  private func record(_ portion: Portion, _ work: Work) async throws {
    guard !portion.logs.isEmpty else { return }
    // Recording must not be cut off by the cancellation that brought us here.
    let sameLines = try await Task { [store] in
      try await store.recordTrial(work.trial, logs: portion.logs, hits: portion.hits, cost: portion.cost)
      return try await store.patternsOnSameLines(portion.hits, except: work.program.patterns[0].pattern.id)
    }.value
    await work.tally.add(
      logs: portion.logs.count, bytes: portion.cost.bytes, cost: portion.cost, hits: portion.hits, sameLines: sameLines)
  }

  /// Logs that were tried and are not recorded yet.
  private struct Portion: Sendable {
    var logs: [Store.UntriedLog] = []
    var hits: [Store.TrialHit] = []
    var cost = Store.TrialCost()
    let began = ContinuousClock.now

    mutating func add(_ log: Store.UntriedLog, _ outcome: ScanLane.Outcome?) {
      logs.append(log)
      cost.logs += 1
      cost.bytes += log.bytes
      guard let outcome else { return }
      cost.opened += 1
      cost.openedBytes += log.bytes
      cost.nanoseconds += outcome.nanoseconds
      let reason = outcome.summary.inconclusive.first?.reason
      guard outcome.summary.findings > 0 || reason != nil else { return }
      hits.append(
        Store.TrialHit(place: log.place, findings: outcome.findings, count: outcome.summary.findings, inconclusive: reason))
    }
  }

  /// Commits whose facts are read at once: one query takes little longer for some commits than for one, and each may have many builds.
  private static let judgedAtOnce = 16

  private func judge(
    _ trial: Store.Trial, _ candidate: Pattern, since: Double?, today: CalendarDay, _ tally: TrialTally
  ) async throws {
    let judge = TrialJudge(candidate: candidate.id, today: today)
    var after: Store.CommitName?
    while true {
      let page = try await store.trialCommits(trial, since: since, after: after, most: 500)
      guard let last = page.last else { return }
      after = last
      try await withThrowingTaskGroup(of: Void.self) { group in
        for lane in 0..<settings.lanes {
          group.addTask {
            for start in stride(from: lane * Self.judgedAtOnce, to: page.count, by: settings.lanes * Self.judgedAtOnce) {
              try Task.checkCancellation()
              let commits = Array(page[start..<min(start + Self.judgedAtOnce, page.count)])
              let facts = try await store.facts(ofCommits: commits, changedBy: (trial, candidate.id))
              let tried = try await store.facts(facts, with: candidate, trial)
              for (facts, tried) in zip(facts, tried) { await tally.judged(judge.judge(facts, with: tried)) }
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }
}
