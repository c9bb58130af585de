import Model
import Postgres

/// What waits, who works, and how far the ledger has come.
extension Store {
  package struct QueueDepth: Sendable, Equatable {
    package let kind: WorkKind
    /// Rows that wait, up to `mostCounted`.
    package let waiting: Int
    /// Those of them that a worker has.
    package let leased: Int
    /// Those that went wrong before.
    package let retried: Int
    /// Those of them whose time has come.
    package let due: Int
    /// How long the oldest that no worker has has been due, in seconds; nil if there is none.
    package let oldestSeconds: Double?
  }

  /// Rows of a queue that are counted at most.
  package static let mostCounted = 100_000

  /// All queues but that of scans, for which see `coverage`.
  package func queueDepths() async throws -> [QueueDepth] {
    try await transaction { session in
      try [
        Self.depth(.deliveries, "delivery", where: "state = 'pending'", at: "next_at", tries: "attempts", session),
        Self.depth(.listings, "build", where: "list_state = 'pending'", at: "next_list_at", tries: "list_attempts", session),
        Self.depth(.fetches, "log", where: "fetch_state = 'pending'", at: "next_fetch_at", tries: "fetch_attempts", session),
        Self.depth(.commits, "commit_due", where: "true", at: "greatest(due_at, next_at)", tries: "attempts", session),
        Self.depth(.reruns, "rerun", where: "phase IN ('pending', 'sending')", at: "next_at", tries: "attempts", session),
        Self.tallyDepth(session),
      ]
    }
  }

  /// How far the tally is behind, as the queue of what is still to be counted.
  package func tallyDepth() async throws -> QueueDepth { try await transaction { session in try Self.tallyDepth(session) } }

  private static func tallyDepth(_ session: borrowing Session) throws -> QueueDepth {
    let row = try session.query(
      """
      SELECT (SELECT count(*) FROM (SELECT FROM tally_due LIMIT \(Int64(mostCounted))) d) AS waiting,
             (SELECT extract(epoch FROM now() - at)::float8 FROM tally_due ORDER BY id LIMIT 1) AS oldest
      """
    ).only()
    return QueueDepth(
      kind: .tallies, waiting: try row.decode("waiting"), leased: 0, retried: 0, due: try row.decode("waiting"),
      oldestSeconds: try row.decode("oldest"))
  }

  /// - Parameter at: when a row's time comes.
  private static func depth(
    _ kind: WorkKind, _ table: String, where condition: SQL, at: SQL, tries: String, _ session: borrowing Session
  ) throws -> QueueDepth {
    let row = try session.query(
      """
      SELECT count(*) AS waiting, count(lease_token) FILTER (WHERE lease_until >= now()) AS leased,
             count(*) FILTER (WHERE \(identifier: tries) > 0) AS retried,
             count(*) FILTER (WHERE \(at) <= now()) AS due,
             extract(epoch FROM now() - min(\(at)) FILTER (WHERE \(at) <= now()
                                                              AND (lease_token IS NULL OR lease_until < now())))::float8 AS oldest
        FROM (SELECT * FROM \(identifier: table) WHERE \(condition) LIMIT \(Int64(mostCounted))) q
      """
    ).only()
    return QueueDepth(
      kind: kind, waiting: try row.decode("waiting"), leased: try row.decode("leased"), retried: try row.decode("retried"),
      due: try row.decode("due"), oldestSeconds: try row.decode("oldest"))
  }

  package struct WorkerDetail: Sendable, Equatable {
    package let id: Int
    package let host: String
    package let pid: Int
    /// In seconds since 1970.
    package let startedAt: Double
    package let isAlive: Bool
    /// What it has, by kind; logs to scan among the newest only.
    package let leases: [WorkKind: Int]
  }

  /// The workers that live or lived within a day, those that live first.
  package func workers() async throws -> [WorkerDetail] {
    let engine = engine
    return try await transaction { session in
      let leases = try Self.leases(engine: engine, session)
      return try session.query(
        """
        SELECT w.id, w.host, w.pid, extract(epoch FROM w.started_at)::float8 AS started, w.id = ANY (\(raw: Self.liveWorkers)) AS alive
          FROM worker w WHERE w.id = ANY (\(raw: Self.liveWorkers)) OR w.started_at > now() - interval '1 day'
         ORDER BY alive DESC, w.id DESC LIMIT \(Int64(Self.longestPage))
        """
      ).map { row in
        let id = try row.decode(Int.self, "id")
        return WorkerDetail(
          id: id, host: try row.decode("host"), pid: try row.decode("pid"), startedAt: try row.decode("started"),
          isAlive: try row.decode("alive"), leases: leases[id] ?? [:])
      }
    }
  }

  /// How much each worker has.
  private static func leases(engine: Int, _ session: borrowing Session) throws -> [Int: [WorkKind: Int]] {
    let most = Int64(mostCounted)
    var sources: [(kind: WorkKind, rows: SQL)] = [
      (.deliveries, "SELECT * FROM delivery WHERE state = 'pending' LIMIT \(most)"),
      (.listings, "SELECT * FROM build WHERE list_state = 'pending' LIMIT \(most)"),
      (.fetches, "SELECT * FROM log WHERE fetch_state = 'pending' LIMIT \(most)"),
      (.commits, "SELECT * FROM commit_due LIMIT \(most)"),
      (.reruns, "SELECT * FROM rerun WHERE phase IN ('pending', 'sending') LIMIT \(most)"),
    ]
    // Claims take the newest logs of a set, so what is taken stands at its end.
    for set in try session.query(setsWithDueLogs(RescanScope(), engine: engine)).prefix(50) {
      let id = try set.decode(Int64.self, "id")
      sources.append((.scans, "SELECT * FROM log WHERE tried_set_id = \(id) ORDER BY id DESC LIMIT 2000"))
    }
    var leases: [Int: [WorkKind: Int]] = [:]
    for source in sources {
      for row in try session.query(
        """
        SELECT lease_worker AS worker, count(*) AS n FROM (\(source.rows)) q
         WHERE lease_worker IS NOT NULL AND lease_until >= now() GROUP BY 1
        """)
      {
        leases[try row.decode("worker"), default: [:]][source.kind, default: 0] += try row.decode(Int.self, "n")
      }
    }
    return leases
  }

  package struct Coverage: Sendable, Equatable {
    /// Patterns that are tried, and those that are suspended.
    package var patterns = 0
    package var suspended = 0
    /// Stored logs and their raw bytes.
    package var logs = 0
    package var bytes = 0
    /// Pairs of log and active revision that are tried; those that aren't; those that couldn't be tried to the end.
    package var done = 0
    package var due = 0
    package var inconclusive = 0
    /// Logs with a pair that is due, and their raw bytes.
    package var dueLogs = 0
    package var dueBytes = 0

    package init() {}
  }

  /// How far the ledger has come, as of the tally. Two of them some time apart tell how fast it goes, and so the time that is left.
  package func coverage() async throws -> Coverage {
    let engine = engine
    return try await transaction { session in
      let row = try session.query(
        """
        WITH \(Self.active(RescanScope())),
        size AS (SELECT coalesce(sum(upper(m) - lower(m)), 0)::bigint AS revisions FROM active a, unnest(a.revisions) m),
        counted AS (
          SELECT t.logs, t.bytes, CASE WHEN s.engine = \(Int32(engine)) THEN a.revisions - s.members ELSE a.revisions END AS missing
            FROM tally_set t JOIN tried_set s ON s.id = t.tried_set_id, active a WHERE t.logs > 0),
        lacking AS (
          SELECT c.logs, c.bytes, coalesce((SELECT sum(upper(m) - lower(m)) FROM unnest(c.missing) m), 0)::bigint AS missing FROM counted c)
        SELECT coalesce(sum(logs), 0)::bigint AS logs, coalesce(sum(bytes), 0)::bigint AS bytes,
               coalesce(sum(logs * missing), 0)::bigint AS due,
               coalesce(sum(logs) FILTER (WHERE missing > 0), 0)::bigint AS due_logs,
               coalesce(sum(bytes) FILTER (WHERE missing > 0), 0)::bigint AS due_bytes,
               (SELECT revisions FROM size) AS patterns,
               (SELECT count(*) FROM pattern p JOIN pattern_revision v ON v.id = p.revision_id
                 WHERE NOT p.retired AND v.suspended_at IS NOT NULL) AS suspended,
               (SELECT count(*) FROM (SELECT FROM inconclusive i JOIN pattern p ON p.revision_id = i.revision_id
                                       WHERE NOT p.retired LIMIT \(Int64(Self.mostCounted))) i) AS inconclusive
          FROM lacking
        """
      ).only()
      var coverage = Coverage()
      coverage.patterns = try row.decode("patterns")
      coverage.suspended = try row.decode("suspended")
      coverage.logs = try row.decode("logs")
      coverage.bytes = try row.decode("bytes")
      coverage.due = try row.decode("due")
      coverage.done = coverage.logs * coverage.patterns - coverage.due
      coverage.inconclusive = try row.decode("inconclusive")
      coverage.dueLogs = try row.decode("due_logs")
      coverage.dueBytes = try row.decode("due_bytes")
      return coverage
    }
  }

  package struct HourRate: Sendable, Equatable {
    /// The hour's beginning, in seconds since 1970.
    package let hour: Double
    package let deliveries: Int
    /// Builds that were entered.
    package let builds: Int
    package let posts: Int
    /// Logs that were scanned, their raw bytes, and pairs of log and pattern that were tried.
    package let scannedLogs: Int
    package let scannedBytes: Int
    package let pairs: Int
  }

  /// What came and went in the last hours, in order; hours without are left out.
  ///
  /// - Parameter hours: 168 at most.
  package func hourlyRates(hours: Int) async throws -> [HourRate] {
    let hours = Int32(max(1, min(hours, 168)))
    return try await transaction { session in
      try session.query(
        """
        WITH start AS MATERIALIZED (SELECT date_trunc('hour', now(), 'UTC') - make_interval(hours => \(hours) - 1) AS at),
        event AS (
          SELECT date_trunc('hour', received_at, 'UTC') AS hour, count(*) AS deliveries, 0::bigint AS builds, 0::bigint AS posts,
                 0::bigint AS logs, 0::bigint AS bytes, 0::bigint AS pairs
            FROM delivery WHERE received_at >= (SELECT at FROM start) GROUP BY 1
          UNION ALL
          SELECT date_trunc('hour', created_at, 'UTC'), 0, count(*), 0, 0, 0, 0 FROM build WHERE created_at >= (SELECT at FROM start) GROUP BY 1
          UNION ALL
          SELECT date_trunc('hour', created_at, 'UTC'), 0, 0, count(*), 0, 0, 0 FROM status_post
           WHERE created_at >= (SELECT at FROM start) GROUP BY 1
          UNION ALL
          SELECT hour, 0, 0, 0, logs, bytes, pairs FROM scan_rate WHERE hour >= (SELECT at FROM start))
        SELECT extract(epoch FROM hour)::float8 AS hour, sum(deliveries)::bigint AS deliveries, sum(builds)::bigint AS builds,
               sum(posts)::bigint AS posts, sum(logs)::bigint AS logs, sum(bytes)::bigint AS bytes, sum(pairs)::bigint AS pairs
          FROM event GROUP BY 1 ORDER BY 1
        """
      ).map {
        HourRate(
          hour: try $0.decode("hour"), deliveries: try $0.decode("deliveries"), builds: try $0.decode("builds"),
          posts: try $0.decode("posts"), scannedLogs: try $0.decode("logs"), scannedBytes: try $0.decode("bytes"),
          pairs: try $0.decode("pairs"))
      }
    }
  }

  package struct StateCount: Sendable, Equatable {
    package let state: String
    package let count: Int
  }

  /// Deliveries that were received since a moment, by state.
  ///
  /// - Parameter since: in seconds since 1970.
  package func deliveryStates(since: Double) async throws -> [StateCount] {
    try await transaction { session in
      try session.query(
        "SELECT state, count(*) AS n FROM delivery WHERE received_at >= to_timestamp(\(since)) GROUP BY 1 ORDER BY 1"
      ).map { StateCount(state: try $0.decode("state"), count: try $0.decode("n")) }
    }
  }

  /// Posts since a moment, by kind and phase as `status posted`.
  package func postStates(since: Double) async throws -> [StateCount] {
    try await transaction { session in
      try session.query(
        """
        SELECT kind || ' ' || phase AS state, count(*) AS n FROM status_post WHERE created_at >= to_timestamp(\(since)) GROUP BY 1 ORDER BY 1
        """
      ).map { StateCount(state: try $0.decode("state"), count: try $0.decode("n")) }
    }
  }
}
