import Analysis
import Model
import Store

/// A person's report that a verdict is wrong, held against the pattern that the verdict rests on.
package struct WrongReports: Sendable {
  private let store: Store

  package init(store: Store) { self.store = store }

  /// What was reported.
  package struct Reported: Sendable {
    package let commit: Store.CommitName
    package let verdict: Store.ReportedVerdict
    /// The attempt that the report is kept with.
    fileprivate let build: Int64
    fileprivate let job: String
  }

  /// Reports the verdict on a job's last failed build, as it is now.
  ///
  /// - Parameters:
  ///   - commit: its full name or first digits.
  ///   - job: the job's name, or `workflow/job` where several workflows have it.
  ///   - who: a person's name.
  ///   - reason: not empty.
  /// - Throws: `StoreError.noSuchCommit`, `.ambiguousCommit`, `.noSuchJob`, `.ambiguousJob`, `.nothingDecided`, `PostgresError`.
  package func report(
    commit: String, repository: String?, job: String, who: String, reason: String, today: CalendarDay
  ) async throws -> Reported {
    let facts = try await store.facts(ofCommit: commit, repository: repository)
    let name = Store.CommitName(repository: facts.repository, commit: facts.commit)
    let id = try await store.failedBuild(of: job, name)
    return try await keep(try Self.verdict(on: id, of: facts, today), who, reason)
  }

  /// The same for a build of any attempt: reported is the verdict on the last failed one.
  ///
  /// - Parameter commit: the build's.
  /// - Throws: `StoreError.noSuchBuild` if no attempt failed, `.nothingDecided`, `PostgresError`.
  package func report(
    build: Int64, of commit: Store.CommitName, who: String, reason: String, today: CalendarDay
  ) async throws -> Reported {
    try await keep(try await verdict(onBuild: build, of: commit, today: today), who, reason)
  }

  /// The verdict on the last failed attempt of a build's job, as it is now; nothing is reported.
  ///
  /// - Throws: as `report(build:…)`.
  package func verdict(onBuild build: Int64, of commit: Store.CommitName, today: CalendarDay) async throws -> Reported {
    let id = try await store.lastFailedAttempt(of: build)
    let facts = try await store.facts(ofCommit: commit.commit, repository: commit.repository)
    return try Self.verdict(on: id, of: facts, today)
  }

  private static func verdict(on id: Int64, of facts: Store.CommitFacts, _ today: CalendarDay) throws -> Reported {
    guard let build = facts.builds.first(where: { $0.id == id }) else { throw StoreError.noSuchBuild(id) }
    return Reported(
      commit: Store.CommitName(repository: facts.repository, commit: facts.commit),
      verdict: Store.ReportedVerdict(JudgeStage.verdict(on: build, of: facts, today: today)), build: id, job: build.build.job)
  }

  private func keep(_ reported: Reported, _ who: String, _ reason: String) async throws -> Reported {
    guard reported.verdict.pattern != nil else { throw StoreError.nothingDecided(reported.job) }
    try await store.reportWrong(build: reported.build, verdict: reported.verdict, who: who, reason: reason)
    return reported
  }

  /// Takes a report back.
  ///
  /// - Returns: whether that person had reported that build.
  /// - Throws: as `report`.
  package func withdraw(commit: String, repository: String?, job: String, who: String) async throws -> Bool {
    let name = try await store.commit(commit, repository: repository)
    return try await store.withdrawReport(build: try await store.failedBuild(of: job, name), who: who)
  }
}

extension Store.ReportedVerdict {
  /// A verdict and the pattern that decided it; fallbacks decide nothing.
  init(_ verdict: BuildVerdict) {
    let rank = verdict.best?.finding.rank
    self.init(kind: verdict.kind, pattern: rank.flatMap { $0.fallback ? nil : $0.id })
  }
}
