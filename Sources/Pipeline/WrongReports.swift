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
  }

  /// Reports the verdict on a job's last failed build, as it is now.
  ///
  /// - Parameters:
  ///   - commit: its full name or first digits.
  ///   - job: the job's name, or `workflow/job` where several workflows have it.
  ///   - who: a person's name.
  ///   - reason: not empty.
  /// - Throws: `StoreError.noSuchCommit`, `.ambiguousCommit`, `.noSuchJob`, `.ambiguousJob`, `PostgresError`.
  package func report(
    commit: String, repository: String?, job: String, who: String, reason: String, today: CalendarDay
  ) async throws -> Reported {
    let facts = try await store.facts(ofCommit: commit, repository: repository)
    let name = Store.CommitName(repository: facts.repository, commit: facts.commit)
    let id = try await store.failedBuild(of: job, name)
    guard let build = facts.builds.first(where: { $0.id == id }) else { throw StoreError.noSuchJob(job, name.commit) }
    let verdict = JudgeStage.verdict(on: build, of: facts, today: today)
    let reported = Store.ReportedVerdict(verdict)
    try await store.reportWrong(build: id, verdict: reported, who: who, reason: reason)
    return Reported(commit: name, verdict: reported)
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
