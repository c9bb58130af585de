import Foundation
import Model
import Providers
import Store

/// From a wish to run a build again to the request to its provider: one, and never a second that might run it twice.
package struct RerunStage: Sendable {
  private let store: Store
  private let providers: [String: any Provider]
  private let today: @Sendable () -> CalendarDay

  /// - Parameter providers: by name.
  package init(
    store: Store, providers: [String: any Provider], today: @Sendable @escaping () -> CalendarDay
  ) {
    self.store = store
    self.providers = providers
    self.today = today
  }

  /// Longer than any request may take, so that whoever takes over finds it at its end.
  private static let leaseSeconds: Double = 900
  /// A run of GitHub's must end before another of its jobs is run again; so a refusal is asked about for some two hours.
  private static let mostRefusals = 8
  private static let firstWait: Double = 30

  /// Does one wish.
  ///
  /// - Returns: what was done; nil if none is due.
  /// - Throws: `PostgresError`, or `CancellationError` once the wish is given back.
  package func step(_ worker: Store.WorkerID) async throws -> StepReport? {
    guard let wish = try await store.claimRerun(worker: worker, leaseSeconds: Self.leaseSeconds) else { return nil }
    guard !wish.isUnanswered else {
      let answer = "a worker was stopped before it knew whether the request arrived"
      try await store.endRerun(wish, .unknown, answer: answer)
      return StepReport("not run again", build: wish.build, problem: answer)
    }
    do {
      return try await settle(wish)
    } catch let error as CancellationError {
      let store = store
      await Task { try? await store.postpone(wish, answer: nil, seconds: 0) }.value
      throw error
    }
  }

  private func settle(_ wish: Store.DueRerun) async throws -> StepReport {
    let judged = try await JudgeStage(store: store).judge(
      commit: wish.build.commit, repository: wish.build.repository, today: today())
    // The job may have run again since: what counts is its last attempt.
    guard let current = judged.builds.first(where: { $0.build.isSameJob(as: wish.build) }) else {
      return try await end(wish, .needless, "it doesn't fail any more")
    }
    if current.verdict.isWaiting {
      return try await later(wish, "its last attempt is not read yet")
    }
    guard CheckButton.rerunFlaky.kinds?.contains(current.verdict.kind) ?? true else {
      return try await end(wish, .needless, "it is \(current.verdict.kind.rawValue) by now")
    }
    guard let provider = providers[current.build.provider] else {
      return try await end(wish, .refused, "\(current.build.provider) is not configured")
    }
    guard try await store.beginRerun(wish, of: current.id) else {
      return try await end(wish, .needless, "it is run again already")
    }
    do {
      try await provider.rerun(current.build)
    } catch let error as ProviderError {
      switch error.reason {
      case .refused: return try await later(wish, error.description)
      case .rateLimited: return try await later(wish, error.description, until: error.retryAt)
      case _ where error.isAnswer: return try await end(wish, .refused, error.description)
      // Whether it arrived nobody knows; once more could be twice.
      default: return try await end(wish, .unknown, error.description)
      }
    } catch let error as CancellationError {
      _ = try? await Task { try await end(wish, .unknown, "the worker was stopped before the answer came") }.value
      throw error
    }
    // It is out: whoever stops now must not leave it looking unanswered.
    return try await Task { try await end(wish, .sent, nil) }.value
  }

  private func end(_ wish: Store.DueRerun, _ end: Store.RerunEnd, _ answer: String?) async throws -> StepReport {
    try await store.endRerun(wish, end, answer: answer)
    return StepReport(end == .sent ? "run again" : "not run again", build: wish.build, problem: answer)
  }

  private func later(_ wish: Store.DueRerun, _ why: String, until: Double? = nil) async throws -> StepReport {
    guard wish.attempts < Self.mostRefusals else { return try await end(wish, .refused, why) }
    let wait = RetryPlan().wait(wish.attempts, first: Self.firstWait)
    try await store.postpone(wish, answer: why, seconds: max(wait, (until ?? 0) - Date().timeIntervalSince1970))
    return StepReport("not run again yet", build: wish.build, problem: why)
  }
}
