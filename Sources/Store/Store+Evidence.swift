import Model
import Postgres

/// What the verdict on a commit rests on. Computed from the database only.
extension Store {
  /// One attempt of one job of a commit, as far as the database knows of it.
  package struct BuildFacts: Sendable {
    package let id: Int64
    package let build: Build
    package var logs: [LogFacts]
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
  package func facts(ofCommit name: String, repository: String? = nil) async throws -> (
    commit: String, repository: String, builds: [BuildFacts]
  ) {
    let engine = engine
    return try await transaction { session in
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
      let commit = try first.decode(String.self, "commit")
      let builds = try Self.builds(ofCommit: commit, repository: try first.decode("id"), engine: engine, session)
      return (commit, try first.decode("name"), builds)
    }
  }

  private static func builds(
    ofCommit commit: String, repository: Int64, engine: Int, _ session: borrowing Session
  ) throws -> [BuildFacts] {
    var builds: [BuildFacts] = []
    let buildRows = try session.query(
      """
      SELECT b.*, extract(epoch FROM b.finished_at)::float8 AS finished, r.name AS repository
        FROM build b JOIN repository r ON r.id = b.repository_id
       WHERE b.repository_id = \(repository) AND b.commit = \(commit)
       ORDER BY b.workflow COLLATE "C", b.job COLLATE "C", b.attempt, b.id
      """)
    var place: [Int64: Int] = [:]
    for row in buildRows {
      let facts = BuildFacts(id: try row.decode("id"), build: try build(row), logs: [])
      place[facts.id] = builds.count
      builds.append(facts)
    }
    let ids = builds.map(\.id)
    let logRows = try session.query(
      """
      WITH \(active(RescanScope()))
      SELECT l.id, l.build_id, l.step, l.fetch_state,
             coalesce(s.engine = \(Int32(engine)) AND s.members @> a.revisions AND NOT isempty(a.revisions), false) AS scanned
        FROM log l CROSS JOIN active a LEFT JOIN tried_set s ON s.id = l.tried_set_id
       WHERE l.build_id = ANY (\(ids)) ORDER BY l.id
      """)
    var logPlace: [Int64: (build: Int, log: Int)] = [:]
    for row in logRows {
      let id = try row.decode(Int64.self, "id")
      guard let build = place[try row.decode("build_id")] else { continue }
      logPlace[id] = (build, builds[build].logs.count)
      builds[build].logs.append(
        LogFacts(
          id: id, step: try row.decode("step"), state: FetchState(rawValue: try row.decode("fetch_state")) ?? .failed,
          isScanned: try row.decode("scanned"), inconclusive: [], findings: []))
    }
    let logIDs = Array(logPlace.keys).sorted()
    let findingRows = try session.query(
      """
      SELECT DISTINCT ON (f.log_id, f.revision_id) f.log_id, f.line, f.segment, f.start_at, f.end_at, f.windowed,
             f.captures::text AS captures, f.matched, f.excerpt, \(patternColumns)
        FROM finding f JOIN pattern p ON p.revision_id = f.revision_id
       WHERE f.log_id = ANY (\(logIDs)) AND NOT p.retired
       ORDER BY f.log_id, f.revision_id, f.line DESC, f.segment DESC, f.start_at DESC
      """)
    for row in findingRows {
      guard let at = logPlace[try row.decode("log_id")] else { continue }
      builds[at.build].logs[at.log].findings.append(FindingFacts(pattern: try pattern(row), finding: try finding(row)))
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
      guard let at = logPlace[try row.decode("log_id")] else { continue }
      builds[at.build].logs[at.log].inconclusive.append(try pattern(row))
    }
    return builds
  }

  private static let patternColumns: SQL = """
    p.id AS pattern_id, p.title, p.verdict, p.priority, p.fallback, p.review_by::text AS review_by, p.group_by, p.remedy
    """

  private static func pattern(_ row: Row) throws -> PatternFacts {
    PatternFacts(
      id: PatternID(try row.decode("pattern_id")), title: try row.decode("title"),
      verdict: PatternVerdict(rawValue: try row.decode("verdict")) ?? .failure,
      priority: Int(try row.decode(Int32.self, "priority")), fallback: try row.decode("fallback"),
      reviewBy: try row.decode(String?.self, "review_by").flatMap { CalendarDay($0) }, groupBy: try row.decode("group_by"),
      remedy: try row.decode("remedy"))
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
