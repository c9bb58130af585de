import Model
import Postgres

/// What an event of a provider or code host changes.
extension Store {
  package struct Effects: Sendable, Equatable {
    /// Builds that finished.
    package var builds: [Build] = []
    package var pullRequests: [PullRequest] = []
    /// Commits whose status is to be computed again.
    package var commits: [CommitName] = []
    /// Buttons that were pressed.
    package var presses: [Press] = []

    package init(
      builds: [Build] = [], pullRequests: [PullRequest] = [], commits: [CommitName] = [], presses: [Press] = []
    ) {
      self.builds = builds
      self.pullRequests = pullRequests
      self.commits = commits
      self.presses = presses
    }

    package mutating func add(_ other: Effects) {
      builds += other.builds
      pullRequests += other.pullRequests
      commits += other.commits
      presses += other.presses
    }
  }

  /// A commit of a repository.
  package struct CommitName: Sendable, Hashable, Comparable {
    package var repository: String
    package var commit: String

    package init(repository: String, commit: String) {
      self.repository = repository
      self.commit = commit
    }

    package static func < (left: CommitName, right: CommitName) -> Bool {
      (left.repository, left.commit) < (right.repository, right.commit)
    }
  }

  /// Enters what happened. The same again changes nothing.
  ///
  /// - Returns: builds that were new, and those that said something else before.
  @discardableResult
  package func apply(_ effects: Effects) async throws -> Entered {
    try await transaction { [coolOff, health] session in try Self.apply(effects, coolOff: coolOff, health, session) }
  }

  @discardableResult
  static func apply(
    _ effects: Effects, coolOff: Double, _ health: HealthRules, _ session: borrowing Session
  ) throws -> Entered {
    var entered = Entered()
    var due = Set(effects.commits)
    var changed: [Int64] = []
    // In one order everywhere, so that two transactions never wait for each other.
    for build in effects.builds.sorted(by: { $0.order < $1.order }) {
      let before = (entered.builds, entered.changed)
      let id = try enter(build, repository: try repositoryID(build.repository, session), &entered, session)
      guard before != (entered.builds, entered.changed) else { continue }
      due.insert(CommitName(repository: build.repository, commit: build.commit))
      changed.append(id)
      if build.outcome.isFailure {
        try beginListing(id, session)
      } else if build.outcome == .success, try sample(id, share: health.sampledShare, session) {
        try beginListing(id, session)
      }
    }
    for request in effects.pullRequests.sorted(by: { ($0.repository, $0.number) < ($1.repository, $1.number) }) {
      if try enter(request, session) { due.insert(CommitName(repository: request.repository, commit: request.head)) }
    }
    for press in effects.presses { try apply(press, coolOff: coolOff, session) }
    due.formUnion(try commits(comparedWith: changed, session))
    try markDue(Array(due), coolOff: coolOff, session)
    return entered
  }

  /// A build's logs are to be listed, unless they were.
  private static func beginListing(_ build: Int64, _ session: borrowing Session) throws {
    let changed = try session.execute(
      """
      UPDATE build b SET list_state = 'pending', next_list_at = now()
       WHERE id = \(build) AND list_state = 'listed' AND listed_at IS NULL AND NOT EXISTS (SELECT 1 FROM log l WHERE l.build_id = b.id)
      """)
    if changed > 0 { try wake(.listings, session) }
  }

  /// - Returns: whether it says something new.
  private static func enter(_ request: PullRequest, _ session: borrowing Session) throws -> Bool {
    let repository = try repositoryID(request.repository, session)
    return try session.execute(
      """
      INSERT INTO pull_request AS p (repository_id, number, head, base_branch, is_open)
      VALUES (\(repository), \(Int32(request.number)), \(request.head), \(request.baseBranch), \(request.isOpen))
      ON CONFLICT (repository_id, number) DO UPDATE
        SET head = excluded.head, base_branch = excluded.base_branch, is_open = excluded.is_open, updated_at = now()
        WHERE (p.head, p.base_branch, p.is_open) IS DISTINCT FROM (excluded.head, excluded.base_branch, excluded.is_open)
      """) > 0
  }
}

extension Build {
  fileprivate var order: (String, String, String, Int) { (repository, provider, externalID, attempt) }
}
