import Foundation
import Model
import Pipeline
import Store
import TestSupport

extension CIFlow {
  /// What a log, or the list of a build's logs, has come to.
  struct Progress {
    var state: String
    var problem: String
    var isLeased: Bool
  }

  /// All logs; of builds whose logs aren't listed yet, their listing.
  func logs() async throws -> [Progress] {
    try await ledger.pool.run { session in
      try session.query(
        """
        SELECT fetch_state AS state, coalesce(fetch_error, '') AS problem, lease_token IS NOT NULL AS leased FROM log
        UNION ALL SELECT list_state, coalesce(list_error, ''), lease_token IS NOT NULL FROM build WHERE list_state <> 'listed'
        """
      ).map { Progress(state: try $0.decode("state"), problem: try $0.decode("problem"), isLeased: try $0.decode("leased")) }
    }
  }

  /// Time goes by until whatever waits is due, and it is done.
  func again(_ plan: RetryPlan = hasty) async throws {
    _ = try await ledger.pool.run { session in
      try session.execute("UPDATE log SET next_fetch_at = now() WHERE fetch_state = 'pending'")
      try session.execute("UPDATE build SET next_list_at = now() WHERE list_state = 'pending'")
    }
    try await drain(plan)
  }

  /// The failed builds of the first run, as the database has them.
  func known() async throws -> [Build] {
    let commit = world.read { $0.runs.first?.commit ?? "" }
    return try await ledger.store.facts(ofCommit: commit).builds.map(\.build).filter(\.outcome.isFailure)
      .sorted { ($0.finishedAt ?? 0) < ($1.finishedAt ?? 0) }
  }

  /// What each failed build of the first run is judged as.
  func kinds() async throws -> [BuildKind] {
    let commit = world.read { $0.runs.first?.commit ?? "" }
    let judged = try await JudgeStage(store: ledger.store).judge(
      commit: commit, repository: nil, today: CalendarDay(secondsSince1970: 1_800_000_000))
    return judged.verdict.builds.map(\.verdict.kind)
  }
}
