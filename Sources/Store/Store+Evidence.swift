import Model
import Postgres

/// What the verdict on a commit rests on. Computed from the database only.
extension Store {
  /// One attempt of one job of a commit, as far as the database knows of it.
  package struct BuildFacts: Sendable {
    package let id: Int64
    package let build: Build
    package let listing: ListingFacts
    package var logs: [LogFacts]
    package var overrule: OverruleFacts?
    /// The runs of the same job at the commit's base, or at the nearest ancestor of that where it ran.
    package var base: BaseFacts?
  }

  package struct BaseFacts: Sendable {
    package let commit: String
    /// All attempts of the job there but canceled ones.
    package var builds: [BuildFacts]
  }

  /// Whether the provider has told which logs the build has.
  package struct ListingFacts: Sendable {
    package enum State: String, Sendable { case pending, listed, gone, failed }
    package let state: State
    package let error: String?
  }

  package struct OverruleFacts: Sendable {
    package let kind: BuildKind
    package let who: String
    package let reason: String
  }

  /// A commit with all that its verdict rests on.
  package struct CommitFacts: Sendable {
    package let commit: String
    package let repository: String
    package var builds: [BuildFacts]
    /// All of the repository, resolved ones too: they were in force for earlier builds.
    package let knownProblems: [KnownProblem]
    /// For other commits, whether they are ancestors of this one.
    package let ancestors: [String: Bool]
    /// The branches that the commit is to be merged into.
    package let targets: Set<String>
  }

  package struct LogFacts: Sendable {
    package let id: Int64
    package let step: String
    package let state: FetchState
    /// Whether every active revision has been tried on it.
    package let isScanned: Bool
    package var inconclusive: [PatternFacts]
    /// Of each pattern the last finding in the log, which is the one that can decide; where the job ran at the base, too, all.
    package var findings: [FindingFacts]
    /// Patterns of which more was found than was kept.
    package var overflowing: Set<PatternID>
  }

  package struct PatternFacts: Sendable {
    package let id: PatternID
    package let title: String
    package let verdict: PatternVerdict
    package let priority: Int
    package let fallback: Bool
    package let reviewBy: CalendarDay?
    /// Why it isn't believed any more, if it isn't.
    package let suspicion: String?
    package let groupBy: [String]
    package let remedy: String?
  }

  package struct FindingFacts: Sendable {
    package let pattern: PatternFacts
    package let finding: Finding
  }

  /// All builds of a commit, by job and attempt.
  ///
  /// - Parameter name: the commit's full name or its first digits.
  /// - Throws: `StoreError.noSuchCommit`, or `.ambiguousCommit` if several commits begin so, or several repositories have it.
  package func facts(ofCommit name: String, repository: String? = nil) async throws -> CommitFacts {
    let engine = engine
    return try await transaction { session in
      let found = try Self.resolve(name, repository: repository, session)
      let builds = try Self.builds(ofCommit: found.commit, repository: found.id, engine: engine, session)
      var ancestors: [String: Bool] = [:]
      for row in try session.query(
        "SELECT ancestor, holds FROM ancestry WHERE repository_id = \(found.id) AND descendant = \(found.commit)")
      {
        ancestors[try row.decode("ancestor")] = try row.decode("holds")
      }
      let requests = builds.compactMap { $0.build.pullRequest.map(Int32.init) }
      let targets = try session.query(
        """
        SELECT DISTINCT base_branch FROM pull_request
         WHERE repository_id = \(found.id) AND (head = \(found.commit) OR number = ANY (\(requests)))
        """
      ).map { try $0.decode(String.self, "base_branch") }
      return CommitFacts(
        commit: found.commit, repository: found.repository, builds: builds,
        knownProblems: try Self.knownProblems(repository: found.repository, resolved: true, session), ancestors: ancestors,
        targets: Set(targets))
    }
  }

  /// The whole name of a commit that builds are known of.
  package func commit(_ name: String, repository: String? = nil) async throws -> CommitName {
    try await transaction { session in
      let found = try Self.resolve(name, repository: repository, session)
      return CommitName(repository: found.repository, commit: found.commit)
    }
  }

  private static func resolve(
    _ name: String, repository: String?, _ session: borrowing Session
  ) throws -> (commit: String, repository: String, id: Int64) {
    let digits = name.lowercased()
    guard digits.count >= 4, digits.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else {
      throw StoreError.noSuchCommit(name)
    }
    // All names that begin so, as a range of the index: after f comes g.
    let found = try session.query(
      """
      SELECT DISTINCT b.commit, r.name, r.id FROM build b JOIN repository r ON r.id = b.repository_id
       WHERE b.commit >= \(digits) AND b.commit < \(digits + "g") AND (\(repository)::text IS NULL OR r.name = \(repository)::text)
       ORDER BY b.commit, r.name LIMIT 5
      """)
    // A whole name isn't ambiguous because a longer one begins with it.
    let whole = try found.filter { try $0.decode(String.self, "commit") == digits }
    let candidates = whole.isEmpty ? Array(found) : whole
    guard let first = candidates.first else { throw StoreError.noSuchCommit(name) }
    if candidates.count > 1 {
      throw StoreError.ambiguousCommit(
        name, try candidates.map { "\(try $0.decode(String.self, "commit").prefix(12)) in \(try $0.decode(String.self, "name"))" }
      )
    }
    return (try first.decode("commit"), try first.decode("name"), try first.decode("id"))
  }

  private static func builds(
    ofCommit commit: String, repository: Int64, engine: Int, _ session: borrowing Session
  ) throws -> [BuildFacts] {
    let rows = try session.query(
      """
      SELECT b.*, extract(epoch FROM b.finished_at)::float8 AS finished, r.name AS repository,
             o.kind AS overrule_kind, o.who AS overrule_who, o.reason AS overrule_reason
        FROM build b JOIN repository r ON r.id = b.repository_id LEFT JOIN overrule o ON o.build_id = b.id
       WHERE b.repository_id = \(repository) AND b.commit = \(commit)
       ORDER BY b.workflow COLLATE "C", b.job COLLATE "C", b.attempt, b.id
      """)
    let own = try rows.map { row in try buildFacts(row) }
    let bases = try bases(ofCommit: commit, repository: repository, jobs: own, engine: engine, session)
    // Whether a job fails in the same way as at the base takes all that was found, not only the last of each pattern.
    let (compared, others) = (own.filter { bases[$0.build.jobIdentity] != nil }, own.filter { bases[$0.build.jobIdentity] == nil })
    let logs = try logs(ofBuilds: compared.map(\.id), all: true, engine: engine, session).merging(
      try logs(ofBuilds: others.map(\.id), all: false, engine: engine, session)
    ) { one, _ in one }
    return own.map { build in
      var build = build
      build.logs = logs[build.id] ?? []
      build.base = bases[build.build.jobIdentity]
      return build
    }
  }

  /// A build without its logs and its base.
  private static func buildFacts(_ row: Row) throws -> BuildFacts {
    BuildFacts(
      id: try row.decode("id"), build: try build(row),
      listing: ListingFacts(
        state: ListingFacts.State(rawValue: try row.decode("list_state")) ?? .failed, error: try row.decode("list_error")),
      logs: [],
      overrule: try row.decode(String?.self, "overrule_kind").flatMap { BuildKind(rawValue: $0) }.map {
        OverruleFacts(kind: $0, who: try row.decode("overrule_who"), reason: try row.decode("overrule_reason"))
      })
  }

  /// The runs of the commit's failed jobs at the nearest commit before it where they ran to an end.
  private static func bases(
    ofCommit commit: String, repository: Int64, jobs: [BuildFacts], engine: Int, _ session: borrowing Session
  ) throws -> [JobIdentity: BaseFacts] {
    let names = Array(Set(jobs.filter(\.build.outcome.isFailure).map(\.build.job))).sorted()
    guard !names.isEmpty else { return [:] }
    let rows = try session.query(
      """
      WITH line AS (
        SELECT o.name, o.place FROM commit_base c, unnest(array_prepend(c.base, c.ancestors)) WITH ORDINALITY AS o (name, place)
         WHERE c.repository_id = \(repository) AND c.commit = \(commit)),
      ran AS (
        SELECT b.*, line.place, min(line.place) OVER (PARTITION BY b.provider, b.workflow, b.job) AS nearest
          FROM line JOIN build b ON b.repository_id = \(repository) AND b.commit = line.name AND b.job = ANY (\(names))
         WHERE b.outcome <> 'canceled' AND b.commit <> \(commit))
      SELECT b.*, extract(epoch FROM b.finished_at)::float8 AS finished, r.name AS repository,
             NULL::text AS overrule_kind, NULL::text AS overrule_who, NULL::text AS overrule_reason
        FROM ran b JOIN repository r ON r.id = b.repository_id WHERE b.place = b.nearest ORDER BY b.attempt, b.id
      """)
    let builds = try rows.map { row in try buildFacts(row) }
    let logs = try logs(ofBuilds: builds.map(\.id), all: true, engine: engine, session)
    var bases: [JobIdentity: BaseFacts] = [:]
    for var build in builds {
      build.logs = logs[build.id] ?? []
      bases[build.build.jobIdentity, default: BaseFacts(commit: build.build.commit, builds: [])].builds.append(build)
    }
    return bases
  }

  /// From the columns of `build`, the repository's name and `finished` in seconds.
  static func build(_ row: Row) throws -> Build {
    Build(
      provider: try row.decode("provider"), repository: try row.decode("repository"), externalID: try row.decode("external_id"),
      attempt: Int(try row.decode(Int32.self, "attempt")), run: try row.decode("run"), commit: try row.decode("commit"),
      branch: try row.decode("branch"),
      pullRequest: try row.decode(Int32?.self, "pull_request").map(Int.init), workflow: try row.decode("workflow"),
      job: try row.decode("job"), outcome: Build.Outcome(rawValue: try row.decode("outcome")) ?? .failure,
      url: try row.decode("url"), finishedAt: try row.decode("finished"))
  }
}
