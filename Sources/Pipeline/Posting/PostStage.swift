import Analysis
import Crypto
import Foundation
import Model
import Postgres
import Providers
import Store
import Telemetry

/// From a commit whose cool-off is over to what its page shows: one status and, where wanted, a check run and a comment.
///
/// What is about to be sent is written down first. A worker that finds such a row unanswered asks the code host what became of it, so
/// that nothing is posted twice, wherever the process is killed.
package struct PostStage: Sendable {
  package struct Settings: Sendable {
    /// The name under which statuses and check runs are posted.
    package var context = "culprit"
    /// Where the web UI is, without a slash at the end; nil: nothing is linked.
    package var publicURL: String?
    /// Whether check runs are posted; only a GitHub App may.
    package var postsCheckRuns = false
    /// Repositories whose pull requests get a comment.
    package var comments: RepositoryList?
    /// How long after its process died a request may still arrive, in seconds; nobody asks before what became of it.
    package var settling: Double = 15

    package init() {}
  }

  let store: Store
  let host: GitHubCodeHost
  let settings: Settings
  private let plan: RetryPlan
  /// Tries after which "not found" is believed: the commit's repository is on no code host of ours, or hidden from our token.
  private let mostTriesWhereMissing: Int
  private let today: @Sendable () -> CalendarDay

  package init(
    store: Store, host: GitHubCodeHost, settings: Settings = Settings(), plan: RetryPlan = RetryPlan(),
    today: @Sendable @escaping () -> CalendarDay
  ) {
    self.store = store
    self.host = host
    self.settings = settings
    // A code host that is down for a day is no reason to leave a commit without its status; what it refuses ends at once.
    var patient = plan
    patient.most = max(plan.most, Self.mostTries)
    (patient.moreWhileRefused, patient.longestWaitWhileRefused) = (0, plan.longestWait)
    mostTriesWhereMissing = plan.most
    self.plan = patient
    self.today = today
  }

  /// Longer than all requests for a commit usually take. Whoever is slower than that is stopped before he sends something: what is sent is
  /// written down under the lease.
  private static let leaseSeconds: Double = 900
  /// At an hour's distance, a week.
  private static let mostTries = 170

  /// Does one commit.
  ///
  /// - Parameter atOnce: whether the cool-off is not waited for.
  /// - Returns: what was done; nil if none is due.
  /// - Throws: `PostgresError`, or `CancellationError` once the commit is given back.
  package func step(_ worker: Store.WorkerID, atOnce: Bool = false) async throws -> StepReport? {
    guard let due = try await store.claimCommit(worker: worker, atOnce: atOnce, leaseSeconds: Self.leaseSeconds) else { return nil }
    return try await settle(due)
  }

  /// Posts on one commit now, whoever waits for its cool-off.
  ///
  /// - Parameter database: for the connection that the lease lives by.
  /// - Throws: `PostgresError`, `CancellationError`.
  package func post(_ name: Store.CommitName, database: ConnectionConfiguration) async throws -> StepReport {
    try await Lifeline.with(database) { lifeline in
      guard let due = try await store.claim(name, worker: lifeline.worker, leaseSeconds: Self.leaseSeconds) else {
        return StepReport("another worker is posting it", commit: name)
      }
      return try await settle(due)
    }
  }

  /// Posts what is to be posted on a commit that was claimed.
  package func settle(_ due: Store.DueCommit) async throws -> StepReport {
    do {
      let action = try await post(due)
      _ = try await store.settle(due)
      return StepReport(action, commit: due.name)
    } catch let error as ProviderError where error.reason == .notFound && due.attempts + 1 >= mostTriesWhereMissing {
      _ = try await store.settle(due)
      return StepReport("could not post", commit: due.name, problem: error.description)
    } catch let error as ProviderError {
      switch plan.next(after: error, attempts: due.attempts, age: 0, now: Date().timeIntervalSince1970) {
      case .after(let seconds): try await store.postpone(due, error: error.description, seconds: seconds)
      case .later(let seconds): try await store.postpone(due, error: nil, seconds: seconds)
      case .gone, .failed: _ = try await store.settle(due)
      }
      return StepReport("could not post", commit: due.name, problem: error.description)
    } catch let error as Unsettled {
      try await store.postpone(due, error: nil, seconds: error.seconds)
      return StepReport("waiting until it is known what an earlier process posted", commit: due.name)
    } catch StoreError.noSuchCommit {
      _ = try await store.settle(due)
      return StepReport("nothing to say", commit: due.name)
    } catch {
      let store = store
      await Task { try? await store.postpone(due, error: nil, seconds: 0) }.value
      throw error
    }
  }

  private static let said = "posted nothing: it is said already"

  private func post(_ due: Store.DueCommit) async throws -> String {
    if due.isReview, try await isSaid(due) { return Self.said }
    guard try await ContextStage(store: store, host: host).complete(due.name) else {
      return "posted nothing: its pull request has moved on"
    }
    let judged = try await JudgeStage(store: store).judge(
      commit: due.name.commit, repository: due.name.repository, today: today())
    for (_, verdict) in judged.verdict.builds { Metric.verdicts.add(1, verdict.kind.rawValue) }
    var actions: [String] = []
    var refusal: ProviderError?
    // What one of them is refused, another may be allowed.
    func attempt(_ what: String, _ post: () async throws -> Bool) async throws {
      do {
        if try await post() { actions.append(what) }
      } catch let error as ProviderError where error.isAnswer {
        refusal = refusal ?? error
      }
    }
    try await attempt("status") { try await postStatus(judged.verdict, due) }
    if settings.postsCheckRuns { try await attempt("check run") { try await postCheckRun(judged.verdict, due) } }
    if settings.comments?.contains(due.name.repository) ?? false {
      try await attempt("comment") { try await postComment(judged.verdict, due) }
    }
    if let refusal { throw refusal }
    return actions.isEmpty
      ? Self.said : "posted \(actions.joined(separator: ", ")): \(judged.verdict.text)"
  }

  /// Whether a commit's verdict, as far as the database knows, is what was posted last. After a change of a pattern that is so of most of the
  /// many commits that are judged anew, and the code host needn't be asked about them.
  private func isSaid(_ due: Store.DueCommit) async throws -> Bool {
    // A comment lies on a pull request, which only the code host knows.
    guard !(settings.comments?.contains(due.name.repository) ?? false) else { return false }
    // Nor does anybody else know which commits a new known problem begins and ends with.
    guard try await store.context(of: due.name).unknownAncestors.isEmpty else { return false }
    let verdict = try await JudgeStage(store: store).judge(
      commit: due.name.commit, repository: due.name.repository, today: today()
    ).verdict
    let status = try await store.lastPost(on: due.name, .status, place: settings.context)
    guard let status, status.phase == .posted, status.digest == statusDigest(verdict, due.name) else { return false }
    guard settings.postsCheckRuns else { return true }
    let check = try await store.lastPost(on: due.name, .checkRun, place: settings.context)
    return check?.phase == .posted && check?.digest == checkDigest(verdict, due.name)
  }

  /// What an earlier process sent may be on its way still.
  struct Unsettled: Error { let seconds: Double }

  /// - Throws: `Unsettled` if a post has no answer yet and may still arrive.
  func checkSettled(_ post: Store.Post?) throws {
    guard let post, post.phase == .sending, post.age < settings.settling else { return }
    throw Unsettled(seconds: settings.settling - post.age)
  }

  /// The commit's page.
  func link(_ name: Store.CommitName) -> String? {
    settings.publicURL.map { "\($0)/commits/\(name.repository)/\(name.commit)" }
  }

  /// SHA-256 of everything that is sent.
  static func digest(_ parts: String?...) -> [UInt8] {
    var hash = SHA256()
    for part in parts {
      let bytes = Array((part ?? "").utf8)
      hash.update(data: Array("\(part == nil ? -1 : bytes.count):".utf8))
      hash.update(data: bytes)
    }
    return Array(hash.finalize())
  }

  /// Sends something between writing it down and writing the answer.
  ///
  /// - Returns: false if the commit was given to another worker meanwhile.
  /// - Throws: `ProviderError`; an answer that says no is written down, so that the text is not taken for posted.
  func send(
    _ due: Store.DueCommit, _ kind: Store.Post.Kind, place: String, state: String, text: String, digest: [UInt8],
    _ request: () async throws -> String
  ) async throws -> Bool {
    let begun = try await store.beginPost(for: due, kind, place: place, state: state, text: text, digest: digest)
    guard let post = begun else { return false }
    do {
      let id = try await request()
      // It is out: whoever stops now must not leave it looking unsent.
      let store = store
      try await Task { try await store.endPost(post, .posted, externalID: id) }.value
      Metric.posts.add(1, kind.rawValue, "posted")
      return true
    } catch let error as ProviderError where error.isAnswer {
      try await store.endPost(post, .refused, answer: error.description)
      Metric.posts.add(1, kind.rawValue, "refused")
      throw error
    } catch {
      Metric.posts.add(1, kind.rawValue, "unknown")
      throw error
    }
  }
}

extension ProviderError {
  /// Whether the provider is known not to have done what it was asked for. After a cut connection nobody knows.
  var isAnswer: Bool {
    switch reason {
    case .unauthorized, .forbidden, .notFound, .gone, .rateLimited, .refused, .unsupported, .tooLarge: true
    case .serverError, .cutShort, .linkExpired, .timedOut, .unreachable, .notReady, .empty, .malformed: false
    }
  }
}
