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
      let place = CommitPlace(repository: found.id, commit: found.commit)
      return try Self.facts(of: [place], names: [found.id: found.repository], engine: engine, session)[0]
    }
  }

  /// The facts of several commits, in their order, with the queries of one. Those of unknown repositories are left out.
  ///
  /// - Parameters:
  ///   - trial: with it only those builds have their logs whose verdict may change with the pattern, by what they hold or their base does.
  ///     A build's verdict rests on these, and on outcomes.
  ///   - logsOf: with it only these builds have their logs and those of their base.
  package func facts(
    ofCommits commits: [CommitName], changedBy trial: (Trial, PatternID)? = nil, logsOf: Set<Int64>? = nil
  ) async throws -> [CommitFacts] {
    let engine = engine
    return try await transaction { session in
      let repositories = Array(Set(commits.map(\.repository)))
      var ids: [String: Int64] = [:]
      for row in try session.query("SELECT id, name FROM repository WHERE name = ANY (\(repositories))") {
        ids[try row.decode("name")] = try row.decode("id")
      }
      let places = commits.compactMap { commit in
        ids[commit.repository].map { CommitPlace(repository: $0, commit: commit.commit) }
      }
      let names = Dictionary(ids.map { ($1, $0) }, uniquingKeysWith: { one, _ in one })
      return try Self.facts(of: places, names: names, changedBy: trial, logsOf: logsOf, engine: engine, session)
    }
  }

  /// A commit of a repository, by its number.
  private struct CommitPlace: Hashable {
    let repository: Int64
    let commit: String

    init(repository: Int64, commit: String) { (self.repository, self.commit) = (repository, commit) }

    init(_ row: Row) throws {
      self.init(repository: try row.decode("repository_id"), commit: try row.decode("of_commit"))
    }
  }

  private static func facts(
    of places: [CommitPlace], names: [Int64: String], changedBy trial: (Trial, PatternID)? = nil, logsOf: Set<Int64>? = nil,
    engine: Int, _ session: borrowing Session
  ) throws -> [CommitFacts] {
    let builds = try builds(of: places, changedBy: trial, logsOf: logsOf, engine: engine, session)
    let (repositories, commits) = (places.map(\.repository), places.map(\.commit))
    var ancestors: [CommitPlace: [String: Bool]] = [:]
    for row in try session.query(
      """
      SELECT a.repository_id, a.descendant AS of_commit, a.ancestor, a.holds
        FROM unnest(\(repositories), \(commits)) AS n (repository_id, commit)
        JOIN ancestry a ON a.repository_id = n.repository_id AND a.descendant = n.commit
      """)
    {
      ancestors[try CommitPlace(row), default: [:]][try row.decode("ancestor")] = try row.decode("holds")
    }
    let requests = places.flatMap { place in
      Set((builds[place] ?? []).compactMap(\.build.pullRequest)).map { (place, Int32($0)) }
    }
    let (requestRepositories, requestCommits) = (requests.map(\.0.repository), requests.map(\.0.commit))
    var targets: [CommitPlace: Set<String>] = [:]
    for row in try session.query(
      """
      SELECT p.repository_id, n.commit AS of_commit, p.base_branch
        FROM unnest(\(repositories), \(commits)) AS n (repository_id, commit)
        JOIN pull_request p ON p.repository_id = n.repository_id AND p.head = n.commit
      UNION
      SELECT p.repository_id, n.commit, p.base_branch
        FROM unnest(\(requestRepositories), \(requestCommits), \(requests.map(\.1))) AS n (repository_id, commit, number)
        JOIN pull_request p ON p.repository_id = n.repository_id AND p.number = n.number
      """)
    {
      targets[try CommitPlace(row), default: []].insert(try row.decode("base_branch"))
    }
    var knownProblems: [Int64: [KnownProblem]] = [:]
    for id in Set(repositories) {
      knownProblems[id] = try Self.knownProblems(repository: names[id] ?? "", resolved: true, session)
    }
    return places.map { place in
      CommitFacts(
        commit: place.commit, repository: names[place.repository] ?? "", builds: builds[place] ?? [],
        knownProblems: knownProblems[place.repository] ?? [], ancestors: ancestors[place] ?? [:], targets: targets[place] ?? [])
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
    of places: [CommitPlace], changedBy trial: (Trial, PatternID)?, logsOf: Set<Int64>?, engine: Int, _ session: borrowing Session
  ) throws -> [CommitPlace: [BuildFacts]] {
    let (repositories, commits) = (places.map(\.repository), places.map(\.commit))
    let rows = try session.query(
      """
      SELECT b.*, b.commit AS of_commit, extract(epoch FROM b.finished_at)::float8 AS finished, r.name AS repository,
             o.kind AS overrule_kind, o.who AS overrule_who, o.reason AS overrule_reason
        FROM unnest(\(repositories), \(commits)) AS n (repository_id, commit)
        JOIN build b ON b.repository_id = n.repository_id AND b.commit = n.commit
        JOIN repository r ON r.id = b.repository_id LEFT JOIN overrule o ON o.build_id = b.id
       ORDER BY b.workflow COLLATE "C", b.job COLLATE "C", b.attempt, b.id
      """)
    var own: [CommitPlace: [BuildFacts]] = [:]
    for row in rows { own[try CommitPlace(row), default: []].append(try buildFacts(row)) }
    let wanted = logsOf.map { ids in own.mapValues { $0.filter { ids.contains($0.id) } } } ?? own
    let bases = try bases(of: wanted, session)
    func base(_ build: BuildFacts, _ place: CommitPlace) -> BaseFacts? { bases[place]?[build.build.jobIdentity] }
    // Whether a job fails in the same way as at the base takes all that was found, not only the last of each pattern.
    var (compared, others): ([Int64], [Int64]) = ([], [])
    let changed = try trial.map { trial, pattern in
      let ids = own.values.joined().map(\.id) + bases.values.flatMap(\.values).flatMap(\.builds).map(\.id)
      return try buildsThatMayChange(Array(Set(ids)), by: trial, pattern, session)
    }
    for (place, builds) in own {
      for build in builds {
        if let logsOf, !logsOf.contains(build.id) { continue }
        let all = [build.id] + (base(build, place)?.builds.map(\.id) ?? [])
        if let changed, changed.isDisjoint(with: all) { continue }
        if all.count > 1 { compared += all } else { others += all }
      }
    }
    // Several commits may have the same base.
    let whole = try logs(ofBuilds: Array(Set(compared)), all: true, engine: engine, session)
    let last = try logs(ofBuilds: others, all: false, engine: engine, session)
    for (place, builds) in own {
      own[place] = builds.map { build in
        var build = build
        if var base = base(build, place) {
          base.builds = base.builds.map { build in
            var build = build
            build.logs = whole[build.id] ?? []
            return build
          }
          build.base = base
        }
        build.logs = (build.base == nil ? last : whole)[build.id] ?? []
        return build
      }
    }
    return own
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

  /// The runs of each commit's failed jobs at the nearest commit before it where they ran to an end, without their logs.
  private static func bases(
    of own: [CommitPlace: [BuildFacts]], _ session: borrowing Session
  ) throws -> [CommitPlace: [JobIdentity: BaseFacts]] {
    let failed = own.flatMap { place, builds in
      Set(builds.filter(\.build.outcome.isFailure).map(\.build.job)).sorted().map { (place, $0) }
    }
    guard !failed.isEmpty else { return [:] }
    let (repositories, commits) = (failed.map(\.0.repository), failed.map(\.0.commit))
    let rows = try session.query(
      """
      WITH failed AS (
        SELECT * FROM unnest(\(repositories), \(commits), \(failed.map(\.1))) AS n (repository_id, commit, job)),
      line AS (
        SELECT c.repository_id, c.commit, o.name, o.place
          FROM (SELECT DISTINCT repository_id, commit FROM failed) n
          JOIN commit_base c ON c.repository_id = n.repository_id AND c.commit = n.commit,
               unnest(array_prepend(c.base, c.ancestors)) WITH ORDINALITY AS o (name, place)),
      ran AS (
        SELECT b.*, line.commit AS of_commit, line.place,
               min(line.place) OVER (PARTITION BY line.repository_id, line.commit, b.provider, b.workflow, b.job) AS nearest
          FROM failed JOIN line ON line.repository_id = failed.repository_id AND line.commit = failed.commit
          JOIN build b ON b.repository_id = line.repository_id AND b.commit = line.name AND b.job = failed.job
         WHERE b.outcome <> 'canceled' AND b.commit <> line.commit)
      SELECT b.*, extract(epoch FROM b.finished_at)::float8 AS finished, r.name AS repository,
             NULL::text AS overrule_kind, NULL::text AS overrule_who, NULL::text AS overrule_reason
        FROM ran b JOIN repository r ON r.id = b.repository_id WHERE b.place = b.nearest ORDER BY b.attempt, b.id
      """)
    var bases: [CommitPlace: [JobIdentity: BaseFacts]] = [:]
    for row in rows {
      let build = try buildFacts(row)
      bases[try CommitPlace(row), default: [:]][build.build.jobIdentity, default: BaseFacts(commit: build.build.commit, builds: [])]
        .builds.append(build)
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
