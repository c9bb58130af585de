import Foundation
import Providers
import Store

/// From a failed build to the logs that it has: asks its provider which steps failed.
package struct ListStage: Sendable {
  private let store: Store
  private let providers: [String: any Provider]
  private let plan: RetryPlan
  private let now: @Sendable () -> Date

  /// - Parameter providers: by name.
  package init(
    store: Store, providers: [String: any Provider], plan: RetryPlan = RetryPlan(), now: @Sendable @escaping () -> Date = { Date() }
  ) {
    self.store = store
    self.providers = providers
    self.plan = plan
    self.now = now
  }

  /// How long a worker that hangs keeps a build, in seconds.
  private static let leaseSeconds: Double = 300

  /// Does one build.
  ///
  /// - Returns: what was done; nil if none is due.
  /// - Throws: `PostgresError`, or `CancellationError` once the build is given back.
  package func step(_ worker: Store.WorkerID) async throws -> StepReport? {
    guard let unlisted = try await store.claimListing(worker: worker, leaseSeconds: Self.leaseSeconds) else { return nil }
    let build = unlisted.build
    do {
      guard let provider = providers[build.provider] else {
        throw ProviderError(.unsupported, operation: "list the logs of \(build.provider) build \(build.externalID)")
      }
      let logs = try await provider.logs(of: build)
      _ = try await store.recordListed(unlisted, logs: logs.map { ($0.step, $0.locator) })
      return StepReport("listed \(logs.count) logs", build: build)
    } catch let error as ProviderError {
      let next = plan.next(after: error, attempts: unlisted.attempts, age: unlisted.age, now: now().timeIntervalSince1970)
      try await store.recordUnlisted(unlisted, reason: error.reason.rawValue, detail: error.description, next: next)
      return StepReport("could not list the logs", build: build, problem: error.description)
    } catch {
      // The worker stops, or the database is lost: in both cases it is nobody's fault, and another's turn.
      let store = store
      await Task { try? await store.recordUnlisted(unlisted, reason: nil, detail: nil, next: .later(seconds: 0)) }.value
      throw error
    }
  }
}
