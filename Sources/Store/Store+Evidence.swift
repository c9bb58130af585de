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
    /// The last run of the same job at the commit's base, or at the nearest ancestor of that where it ran.
    package var base: BaseFacts?
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

  package struct BaseFacts: Sendable {
    package let commit: String
    package let outcome: Build.Outcome
    package var logs: [LogFacts]
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
    /// Of each pattern the last finding in the log, which is the one that can decide.
    package var findings: [FindingFacts]
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
    let logs = try logs(ofBuilds: try rows.map { try $0.decode(Int64.self, "id") }, engine: engine, session)
    var builds = try rows.map { row in
      let id = try row.decode(Int64.self, "id")
      return BuildFacts(
        id: id, build: try build(row),
        listing: ListingFacts(
          state: ListingFacts.State(rawValue: try row.decode("list_state")) ?? .failed, error: try row.decode("list_error")),
        logs: logs[id] ?? [],
        overrule: try row.decode(String?.self, "overrule_kind").flatMap { BuildKind(rawValue: $0) }.map {
          OverruleFacts(kind: $0, who: try row.decode("overrule_who"), reason: try row.decode("overrule_reason"))
        })
    }
    let bases = try bases(ofCommit: commit, repository: repository, jobs: builds, engine: engine, session)
    for index in builds.indices { builds[index].base = bases[JobName(builds[index].build)] }
    return builds
  }

  private struct JobName: Hashable {
    let provider, workflow, job: String

    init(_ build: Build) { (provider, workflow, job) = (build.provider, build.workflow, build.job) }
    init(_ row: Row) throws {
      (provider, workflow, job) = (try row.decode("provider"), try row.decode("workflow"), try row.decode("job"))
    }
  }

  /// What the commit's failed jobs came to at the nearest commit before it where they ran to an end.
  private static func bases(
    ofCommit commit: String, repository: Int64, jobs: [BuildFacts], engine: Int, _ session: borrowing Session
  ) throws -> [JobName: BaseFacts] {
    let names = Array(Set(jobs.filter(\.build.outcome.isFailure).map(\.build.job))).sorted()
    guard !names.isEmpty else { return [:] }
    let rows = try session.query(
      """
      WITH line AS (
        SELECT o.name, o.place FROM commit_base c, unnest(array_prepend(c.base, c.ancestors)) WITH ORDINALITY AS o (name, place)
         WHERE c.repository_id = \(repository) AND c.commit = \(commit))
      SELECT DISTINCT ON (b.provider, b.workflow, b.job) b.id, b.provider, b.workflow, b.job, b.commit, b.outcome
        FROM line JOIN build b ON b.repository_id = \(repository) AND b.commit = line.name AND b.job = ANY (\(names))
       WHERE b.outcome <> 'canceled' AND b.commit <> \(commit)
       ORDER BY b.provider, b.workflow, b.job, line.place, b.attempt DESC, b.id DESC
      """)
    let logs = try logs(ofBuilds: try rows.map { try $0.decode(Int64.self, "id") }, engine: engine, session)
    var bases: [JobName: BaseFacts] = [:]
    for row in rows {
      bases[try JobName(row)] = BaseFacts(
        commit: try row.decode("commit"), outcome: Build.Outcome(rawValue: try row.decode("outcome")) ?? .failure,
        logs: logs[try row.decode("id")] ?? [])
    }
    return bases
  }

  /// The logs of builds with what was found in them, in the order in which they were entered.
  private static func logs(
    ofBuilds ids: [Int64], engine: Int, _ session: borrowing Session
  ) throws -> [Int64: [LogFacts]] {
    let logRows = try session.query(
      """
      WITH \(active(RescanScope()))
      SELECT l.id, l.build_id, l.step, l.fetch_state,
             coalesce(s.engine = \(Int32(engine)) AND s.members @> a.revisions AND NOT isempty(a.revisions), false) AS scanned
        FROM log l CROSS JOIN active a LEFT JOIN tried_set s ON s.id = l.tried_set_id
       WHERE l.build_id = ANY (\(ids)) ORDER BY l.id
      """)
    var logs: [Int64: [LogFacts]] = [:]
    var place: [Int64: (build: Int64, log: Int)] = [:]
    for row in logRows {
      let id = try row.decode(Int64.self, "id")
      let build = try row.decode(Int64.self, "build_id")
      place[id] = (build, logs[build, default: []].count)
      logs[build, default: []].append(
        LogFacts(
          id: id, step: try row.decode("step"), state: FetchState(rawValue: try row.decode("fetch_state")) ?? .failed,
          isScanned: try row.decode("scanned"), inconclusive: [], findings: []))
    }
    let logIDs = Array(place.keys).sorted()
    let findingRows = try session.query(
      """
      SELECT DISTINCT ON (f.log_id, f.revision_id) f.log_id, f.line, f.segment, f.start_at, f.end_at, f.windowed,
             f.captures::text AS captures, f.matched, f.excerpt, \(patternColumns)
        FROM finding f JOIN pattern p ON p.revision_id = f.revision_id
       WHERE f.log_id = ANY (\(logIDs)) AND NOT p.retired
       ORDER BY f.log_id, f.revision_id, f.line DESC, f.segment DESC, f.start_at DESC
      """)
    for row in findingRows {
      guard let at = place[try row.decode("log_id")] else { continue }
      logs[at.build]?[at.log].findings.append(FindingFacts(pattern: try pattern(row), finding: try finding(row)))
    }
    let inconclusiveRows = try session.query(
      """
      SELECT i.log_id, \(patternColumns) FROM inconclusive i JOIN pattern p ON p.revision_id = i.revision_id
       WHERE i.log_id = ANY (\(logIDs)) AND NOT p.retired ORDER BY i.log_id, p.id
      """)
    // A suspended pattern was not tried on logs that came later: what it might have found there is as unknown.
    let suspendedRows = try session.query(
      """
      SELECT l.id AS log_id, \(patternColumns)
        FROM pattern p JOIN pattern_revision r ON r.id = p.revision_id, log l JOIN tried_set s ON s.id = l.tried_set_id
       WHERE NOT p.retired AND r.suspended_at IS NOT NULL AND l.id = ANY (\(logIDs)) AND NOT s.members @> r.id
       ORDER BY l.id, p.id
      """)
    for row in Array(inconclusiveRows) + Array(suspendedRows) {
      guard let at = place[try row.decode("log_id")] else { continue }
      logs[at.build]?[at.log].inconclusive.append(try pattern(row))
    }
    return logs
  }

  private static let patternColumns: SQL = """
    p.id AS pattern_id, p.title, p.verdict, p.priority, p.fallback, p.review_by::text AS review_by, p.group_by, p.remedy,
    (SELECT u.reason FROM suspect u WHERE u.revision_id = p.revision_id AND u.cleared_at IS NULL) AS suspicion
    """

  private static func pattern(_ row: Row) throws -> PatternFacts {
    PatternFacts(
      id: PatternID(try row.decode("pattern_id")), title: try row.decode("title"),
      verdict: PatternVerdict(rawValue: try row.decode("verdict")) ?? .failure,
      priority: Int(try row.decode(Int32.self, "priority")), fallback: try row.decode("fallback"),
      reviewBy: try row.decode(String?.self, "review_by").flatMap { CalendarDay($0) }, suspicion: try row.decode("suspicion"),
      groupBy: try row.decode("group_by"), remedy: try row.decode("remedy"))
  }

  static func finding(_ row: Row) throws -> Finding {
    Finding(
      pattern: PatternID(try row.decode("pattern_id")), line: try row.decode("line"), segment: try row.decode("segment"),
      start: try row.decode("start_at"), end: try row.decode("end_at"),
      captures: try StoredCapture.captures(json: try row.decode("captures")), matched: try row.decode("matched"),
      text: try row.decode("excerpt"), windowed: try row.decode("windowed"))
  }

  /// From the columns of `build`, the repository's name and `finished` in seconds.
  static func build(_ row: Row) throws -> Build {
    Build(
      provider: try row.decode("provider"), repository: try row.decode("repository"), externalID: try row.decode("external_id"),
      attempt: Int(try row.decode(Int32.self, "attempt")), commit: try row.decode("commit"), branch: try row.decode("branch"),
      pullRequest: try row.decode(Int32?.self, "pull_request").map(Int.init), workflow: try row.decode("workflow"),
      job: try row.decode("job"), outcome: Build.Outcome(rawValue: try row.decode("outcome")) ?? .failure,
      url: try row.decode("url"), finishedAt: try row.decode("finished"))
  }
}
