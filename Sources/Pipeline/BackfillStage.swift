import Foundation
import Model
import Postgres
import Providers
import Store

/// Lists a provider's builds and enters those that no notification told of.
///
/// Every page is entered together with how far the listing has come: stopped anywhere, the next run goes on there. What is entered
/// already is left alone.
package struct BackfillStage: Sendable {
  package struct Settings: Sendable {
    /// How far the first listing looks back, in seconds.
    package var reach: Double = 14 * 86_400
    /// Builds that ended so long before the last listing began are looked at again, in seconds: a provider may tell of them late.
    package var overlap: Double = 3_600
    /// How old an unfinished listing may be to be gone on with, in seconds; pages of an older one don't follow on each other any more.
    package var freshness: Double = 3_600
    /// How long after it began a build that runs still is looked for, in seconds: longer than any system lets one run.
    package var longestRun: Double = 35 * 86_400
    /// Pages that one run reads at most.
    package var mostPages = 10_000

    package init() {}
  }

  package struct Result: Sendable, Equatable {
    package var pages = 0
    /// Builds that the provider told of.
    package var seen = 0
    package var failed = 0
    /// Builds that weren't known.
    package var entered = 0
    package var changed = 0
    /// Whether everything was listed.
    package var isComplete = false
  }

  /// Another process lists the same.
  package struct Busy: Error, CustomStringConvertible {
    package let listing: Store.Listing
    package var description: String { "another backfill of \(listing.provider) \(listing.project) is running" }
  }

  private let store: Store
  private let provider: any Provider
  private let settings: Settings
  private let now: @Sendable () -> Date

  package init(
    store: Store, provider: any Provider, settings: Settings = Settings(), now: @Sendable @escaping () -> Date = { Date() }
  ) {
    self.store = store
    self.provider = provider
    self.settings = settings
    self.now = now
  }

  /// Lists what is missing.
  ///
  /// - Parameters:
  ///   - branch: only this one; "" for all.
  ///   - since: seconds since 1970 from which on builds are wanted; nil: where the last listing stopped.
  ///   - database: for a connection whose lock keeps other backfills of the project away.
  ///   - dryRun: tells what would be entered, and enters nothing.
  ///   - report: called after each page.
  /// - Throws: `Busy`, `ProviderError`, `PostgresError`, `CancellationError`; what was entered before stays.
  package func run(
    _ project: String, branch: String = "", since: Double? = nil, database: ConnectionConfiguration, dryRun: Bool = false,
    report: (Result) -> Void = { _ in }
  ) async throws -> Result {
    let listing = Store.Listing(provider: provider.name, project: project, branch: branch)
    let lock = try await Connection.connect(database)
    guard try await lock.run({ session in try Store.lock(listing, session) }) else { throw Busy(listing: listing) }
    let result: Swift.Result<Result, any Error>
    do {
      result = .success(try await list(listing, since: since, dryRun: dryRun, report: report))
    } catch {
      result = .failure(error)
    }
    // Also where the task was cancelled. If it fails, the connection's end does the same.
    await Task { try? await lock.run { session in try Store.unlock(listing, session) } }.value
    return try result.get()
  }

  private func list(
    _ listing: Store.Listing, since: Double?, dryRun: Bool, report: (Result) -> Void
  ) async throws -> Result {
    var state = try await begin(listing, since: since)
    var result = Result()
    repeat {
      try Task.checkCancellation()
      let page = try await page(of: listing, &state, isFirst: result.pages == 0)
      result.pages += 1
      result.seen += page.builds.count
      result.failed += page.builds.count(where: \.outcome.isFailure)
      // What runs still is not told of now; the next listing has to reach back to it.
      state.oldestUnfinished = [state.oldestUnfinished, page.oldestUnfinished].compactMap(\.self).min()
      state.cursor = page.next
      if page.next == nil {
        state = completed(state)
        result.isComplete = true
      }
      if dryRun {
        result.entered += try await store.unknown(page.builds)
      } else {
        let entered = try await store.record(Store.Effects(builds: page.builds), state, of: listing)
        result.entered += entered.builds
        result.changed += entered.changed
      }
      report(result)
    } while !result.isComplete && result.pages < settings.mostPages
    return result
  }

  /// The next page. Where the first one is that of an earlier run, which the provider doesn't know any more, it begins anew.
  private func page(of listing: Store.Listing, _ state: inout Store.ListingState, isFirst: Bool) async throws -> BuildPage {
    let query = BuildQuery(since: state.since ?? 0, branch: listing.branch.isEmpty ? nil : listing.branch)
    do {
      return try await provider.builds(of: listing.project, query, after: state.cursor)
    } catch let error as ProviderError
      where isFirst && state.cursor != nil && [.malformed, .notFound, .gone, .refused].contains(error.reason)
    {
      state = Store.ListingState(completeUntil: state.completeUntil, since: state.since, beganAt: now().timeIntervalSince1970)
      return try await provider.builds(of: listing.project, query, after: nil)
    }
  }

  /// What is known once a listing has come to its end.
  private func completed(_ state: Store.ListingState) -> Store.ListingState {
    // What lies between the end of an earlier listing and the beginning of this one, which someone chose, has still to be listed.
    if let before = state.completeUntil, let since = state.since, since > before {
      return Store.ListingState(completeUntil: before)
    }
    let began = state.beganAt ?? 0
    let unfinished = state.oldestUnfinished.map { max($0, began - settings.longestRun) }
    return Store.ListingState(completeUntil: min(began, unfinished ?? .infinity))
  }

  /// Where to begin, or to go on.
  private func begin(_ listing: Store.Listing, since: Double?) async throws -> Store.ListingState {
    let now = now().timeIntervalSince1970
    let state = try await store.state(of: listing)
    let wanted = since ?? state.completeUntil.map { $0 - settings.overlap } ?? now - settings.reach
    let isFresh = state.beganAt.map { now - $0 < settings.freshness } ?? false
    if let begun = state.since, state.cursor != nil, isFresh, begun <= wanted { return state }
    return Store.ListingState(completeUntil: state.completeUntil, since: wanted, beganAt: now)
  }
}
