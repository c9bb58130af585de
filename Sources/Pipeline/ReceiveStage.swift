import Analysis
import Foundation
import Model
import Postgres
import Providers
import Store

/// From a stored delivery to what it says: builds that finished, heads of pull requests.
package struct ReceiveStage: Sendable {
  private let store: Store
  private let readers: [String: any WebhookReader]
  private let providers: [String: any Provider]
  private let plan: RetryPlan
  /// Repositories that are listened to; nil: all.
  private let allowed: RepositoryList?
  private let today: @Sendable () -> CalendarDay

  package init(
    store: Store, readers: [any WebhookReader], providers: [String: any Provider] = [:], allowed: RepositoryList? = nil,
    plan: RetryPlan = RetryPlan(), today: @Sendable @escaping () -> CalendarDay
  ) {
    self.store = store
    self.readers = Dictionary(readers.map { ($0.provider, $0) }) { first, _ in first }
    self.providers = providers
    self.allowed = allowed
    self.plan = plan
    self.today = today
  }

  private static let portion = 20
  private static let leaseSeconds: Double = 300

  /// Does some deliveries.
  ///
  /// - Returns: what was done; nil if none is due.
  /// - Throws: `PostgresError`, or `CancellationError` once what isn't done is given back.
  package func step(_ worker: Store.WorkerID) async throws -> StepReport? {
    guard let claim = try await store.claimDeliveries(worker: worker, most: Self.portion, leaseSeconds: Self.leaseSeconds) else {
      return nil
    }
    do {
      for delivery in claim.deliveries {
        try Task.checkCancellation()
        let (outcome, effects) = try await read(delivery)
        do {
          _ = try await store.settle(delivery.id, of: claim, outcome, effects: effects)
        } catch let error as PostgresError where !error.isConnectionLost {
          // What the database refuses must not keep what stands behind it.
          let isLast = delivery.attempts + 1 >= plan.most
          let seconds = plan.wait(delivery.attempts, first: plan.firstWait)
          let words = "\(error)"
          _ = try await store.settle(
            delivery.id, of: claim, isLast ? .failed(words) : .retry(words, afterSeconds: seconds, counts: true))
          continue
        }
        if effects.presses.contains(where: \.reportsWrong) { try await store.markSuspects() }
      }
    } catch {
      let store = store
      await Task { try? await store.giveBack(claim) }.value
      throw error
    }
    let ids = claim.deliveries.map(\.externalID).joined(separator: " ")
    return StepReport("read \(claim.deliveries.count) deliveries", subject: ids, ids: ["delivery": ids])
  }
}

extension ReceiveStage {
  private func read(_ delivery: Store.Delivery) async throws -> (Store.DeliveryOutcome, Store.Effects) {
    guard let reader = readers[delivery.provider] else { return (.ignored("no provider \(delivery.provider)"), Store.Effects()) }
    do {
      let events = try reader.events(WebhookRequest(headers: delivery.headers, body: delivery.body))
      var effects = Store.Effects()
      var reasons: [String] = []
      for event in events {
        switch try await effect(of: event, provider: delivery.provider) {
        case .change(let change): effects.add(change)
        case .nothing(let why): reasons.append(why)
        }
      }
      if effects == Store.Effects() { return (.ignored(reasons.first ?? "it says nothing"), effects) }
      return (.done, effects)
    } catch let error as WebhookError {
      return (.failed(error.description), Store.Effects())
    } catch let error as ProviderError {
      let next = plan.next(after: error, attempts: delivery.attempts, age: 0, now: Date().timeIntervalSince1970)
      switch next {
      case .after(let seconds): return (.retry(error.description, afterSeconds: seconds, counts: true), Store.Effects())
      case .later(let seconds): return (.retry(error.description, afterSeconds: seconds, counts: false), Store.Effects())
      case .gone, .failed: return (.failed(error.description), Store.Effects())
      }
    } catch let error as StoreError {
      return (.ignored(error.description), Store.Effects())
    }
  }

  private enum Effect {
    case change(Store.Effects)
    case nothing(String)
  }

  private func effect(of event: WebhookEvent, provider: String) async throws -> Effect {
    switch event {
    case .finished(let build):
      guard isAllowed(build.repository) else { return .nothing("\(build.repository) is not in the list of repositories") }
      return .change(Store.Effects(builds: [build]))
    case .stopped(let build):
      guard isAllowed(build.repository) else { return .nothing("\(build.repository) is not in the list of repositories") }
      return .change(Store.Effects(builds: [try await providers[provider]?.ending(of: build) ?? build]))
    case .runFinished(let project, let run, _):
      // The events of its builds may all have come; asking costs one request, and nothing is entered twice.
      guard let source = providers[provider] else { return .nothing("\(provider) can't be asked for the run's builds") }
      let builds = try await source.builds(ofRun: run, of: project).filter { isAllowed($0.repository) }
      return builds.isEmpty ? .nothing("no build of it concerns us") : .change(Store.Effects(builds: builds))
    case .reported(let report):
      guard isAllowed(report.repository) else { return .nothing("\(report.repository) is not in the list of repositories") }
      guard let source = providers[report.provider] else { return .nothing("\(report.provider) can't be asked for the build") }
      do {
        return .change(Store.Effects(builds: try await source.builds(reported: report)))
      } catch let error as ProviderError where error.reason == .unsupported {
        // Its own webhook or a listing tells of it; nothing has gone wrong.
        return .nothing(error.description)
      }
    case .pullRequest(let request):
      guard isAllowed(request.repository) else { return .nothing("\(request.repository) is not in the list of repositories") }
      return .change(Store.Effects(pullRequests: [request]))
    case .requestedAction(let repository, let commit, let identifier, let who):
      guard isAllowed(repository) else { return .nothing("\(repository) is not in the list of repositories") }
      return try await pressed(identifier, on: Store.CommitName(repository: repository, commit: commit), by: who)
    case .pushed: return .nothing("a push says nothing of builds")
    case .ignored(let why): return .nothing(why)
    }
  }

  /// What a button means depends on how the commit stands when it is read: builds that need nobody any more are left alone.
  private func pressed(_ identifier: String, on name: Store.CommitName, by who: String) async throws -> Effect {
    let person = who.isEmpty ? "someone on GitHub" : who
    func change(_ wish: Store.Press.Wish) -> Effect { .change(Store.Effects(presses: [Store.Press(wish, on: name, who: person)])) }
    if identifier == WebhookEvent.checkAgain { return change(.checkAgain) }
    guard let button = CheckButton(rawValue: identifier) else { return .nothing("a button that isn't ours") }
    let judged = try await JudgeStage(store: store).judge(commit: name.commit, repository: name.repository, today: today())
    let builds = judged.builds.filter { button.kinds?.contains($0.verdict.kind) ?? true }
    guard !builds.isEmpty else { return .nothing("no build is left that \(button.rawValue) is about") }
    switch button {
    case .rerunFlaky: return change(.rerun(builds.map(\.id)))
    case .markKnown: return change(.markKnown(builds.map(\.id)))
    case .reportWrong: return change(.reportWrong(Self.reports(on: builds.map { ($0.id, $0.verdict) })))
    }
  }

  /// A press doesn't say which build is meant. So it counts once against each pattern that decided, on however many builds.
  private static func reports(on builds: [(id: Int64, verdict: BuildVerdict)]) -> [Int64: Store.ReportedVerdict] {
    var reports: [Int64: Store.ReportedVerdict] = [:]
    for (id, verdict) in builds {
      let report = Store.ReportedVerdict(verdict)
      if !reports.values.contains(report) { reports[id] = report }
    }
    return reports
  }

  private func isAllowed(_ repository: String) -> Bool { allowed?.contains(repository) ?? true }
}
