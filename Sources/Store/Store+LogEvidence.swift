import Model
import Postgres

/// What was found in logs, as far as verdicts rest on it.
extension Store {
  /// The logs of builds with what was found in them, in the order in which they were entered.
  ///
  /// - Parameter all: whether all findings are wanted, not only the last one of each pattern in each log.
  static func logs(
    ofBuilds ids: [Int64], all: Bool, engine: Int, _ session: borrowing Session
  ) throws -> [Int64: [LogFacts]] {
    guard !ids.isEmpty else { return [:] }
    let chosen: SQL = all ? "" : "DISTINCT ON (f.log_id, f.revision_id)"
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
          isScanned: try row.decode("scanned"), inconclusive: [], findings: [], overflowing: []))
    }
    let logIDs = Array(place.keys).sorted()
    let findingRows = try session.query(
      """
      SELECT \(chosen) f.log_id, f.line, f.segment, f.start_at, f.end_at, f.windowed,
             f.captures::text AS captures, f.matched, f.excerpt, \(patternColumns)
        FROM finding f JOIN pattern p ON p.revision_id = f.revision_id
       WHERE f.log_id = ANY (\(logIDs)) AND NOT p.retired
       ORDER BY f.log_id, f.revision_id, f.line DESC, f.segment DESC, f.start_at DESC
      """)
    for row in findingRows {
      guard let at = place[try row.decode("log_id")] else { continue }
      logs[at.build]?[at.log].findings.append(FindingFacts(pattern: try pattern(row), finding: try finding(row)))
    }
    let overflowRows = try session.query(
      """
      SELECT o.log_id, p.id FROM finding_overflow o JOIN pattern p ON p.revision_id = o.revision_id WHERE o.log_id = ANY (\(logIDs))
      """)
    for row in overflowRows {
      guard let at = place[try row.decode("log_id")] else { continue }
      logs[at.build]?[at.log].overflowing.insert(PatternID(try row.decode("id")))
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
}
