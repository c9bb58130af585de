import Model
import Postgres
import TestSupport

@testable import Store

/// What breaks builds, counted from builds, logs and findings themselves: what the tally must come to.
struct ExactCounts {
  let store: Store
  let today: CalendarDay

  /// A table `failed`: each failed build since a time with its best finding. The order is that of `BestFinding`.
  private func failed(since: Double?) -> SQL {
    """
    \(Store.active(RescanScope())), failed AS (
      SELECT b.id, b.repository_id, r.name AS repository, b.provider, b.workflow, b.job, coalesce(b.finished_at, b.created_at) AS at,
             best.pattern_id, best.title, best.verdict,
             EXISTS (SELECT 1 FROM build o WHERE o.repository_id = b.repository_id AND o.commit = b.commit AND o.provider = b.provider AND o.workflow = b.workflow
                        AND o.job = b.job AND o.run = b.run AND o.attempt <> b.attempt AND o.outcome = 'success') AS passed_on_retry,
             NOT EXISTS (SELECT 1 FROM log l WHERE l.build_id = b.id) OR
             EXISTS (SELECT 1 FROM log l LEFT JOIN tried_set s ON s.id = l.tried_set_id
                      WHERE l.build_id = b.id
                        AND (l.fetch_state <> 'stored' OR s.engine <> \(Int32(store.engine)) OR NOT s.members @> (SELECT revisions FROM active)
                             OR EXISTS (SELECT 1 FROM pattern p JOIN pattern_revision v ON v.id = p.revision_id
                                         WHERE NOT p.retired AND NOT p.fallback AND v.suspended_at IS NOT NULL AND NOT s.members @> v.id)
                             OR EXISTS (SELECT 1 FROM inconclusive i JOIN pattern p ON p.revision_id = i.revision_id
                                         WHERE i.log_id = l.id AND NOT p.retired AND NOT p.fallback)))
               AS unread
        FROM build b
        JOIN repository r ON r.id = b.repository_id
        LEFT JOIN LATERAL (
          SELECT p.id AS pattern_id, p.title, p.verdict
            FROM log l JOIN finding f ON f.log_id = l.id JOIN pattern p ON p.revision_id = f.revision_id
           WHERE l.build_id = b.id AND NOT p.retired AND NOT p.fallback
           ORDER BY p.priority DESC, (p.verdict = 'failure' OR coalesce(p.review_by <= \(today.description)::text::date, false)
                     OR \(Store.isSuspect)) DESC, l.id DESC, f.line DESC, p.id
           LIMIT 1) best ON true
       WHERE b.outcome IN ('failure', 'timed_out')
         AND (\(since)::float8 IS NULL OR coalesce(b.finished_at, b.created_at) >= to_timestamp(\(since)::float8)))
    """
  }

  func totals(since: Double?) async throws -> Store.Totals {
    let failed = failed(since: since)
    return try await store.transaction { session in
      let row = try session.query(
        """
        WITH \(failed)
        SELECT (SELECT count(*) FROM build b
                 WHERE \(since)::float8 IS NULL OR coalesce(b.finished_at, b.created_at) >= to_timestamp(\(since)::float8)) AS builds,
               count(*) AS failed, count(*) FILTER (WHERE pattern_id IS NULL AND NOT unread) AS unexplained,
               count(*) FILTER (WHERE unread) AS unread, count(*) FILTER (WHERE passed_on_retry) AS passed_on_retry
          FROM failed
        """
      ).only()
      return Store.Totals(
        builds: try row.decode("builds"), failed: try row.decode("failed"), unexplained: try row.decode("unexplained"),
        unread: try row.decode("unread"), passedOnRetry: try row.decode("passed_on_retry"))
    }
  }

  /// The most frequent first; weeks in their order.
  func causes(by grouping: Store.Grouping, since: Double?) async throws -> [Store.Cause] {
    let failed = failed(since: since)
    let key: SQL
    let order: SQL
    let filter: SQL
    switch grouping {
    case .pattern: (key, order, filter) = ("pattern_id", "builds DESC, name", "pattern_id IS NOT NULL")
    case .job:
      (key, order, filter) = (
        "(repository || ' ' || concat_ws('/', nullif(workflow, ''), job)) COLLATE \"C\"", "builds DESC, name", "true"
      )
    case .week: (key, order, filter) = ("to_char(date_trunc('week', at AT TIME ZONE 'UTC'), 'YYYY-MM-DD')", "name", "true")
    }
    return try await store.transaction { session in
      try session.query(
        """
        WITH \(failed)
        SELECT \(key) AS name, coalesce(min(title), '') AS title, min(verdict) AS verdict, count(*) AS builds,
               count(DISTINCT (repository_id, provider, workflow, job)) AS jobs, count(DISTINCT repository_id) AS repositories,
               count(*) FILTER (WHERE passed_on_retry) AS passed_on_retry,
               count(*) FILTER (WHERE pattern_id IS NULL AND NOT unread) AS unexplained,
               extract(epoch FROM max(at))::float8 AS last_seen
          FROM failed WHERE \(filter) GROUP BY 1 ORDER BY \(order)
        """
      ).map { row in
        Store.Cause(
          name: try row.decode("name"), title: grouping == .pattern ? try row.decode("title") : "",
          verdict: grouping == .pattern ? PatternVerdict(rawValue: try row.decode(String?.self, "verdict") ?? "") : nil,
          builds: try row.decode("builds"), jobs: try row.decode("jobs"), repositories: try row.decode("repositories"),
          passedOnRetry: try row.decode("passed_on_retry"), unexplained: try row.decode("unexplained"),
          lastSeen: try row.decode("last_seen"))
      }
    }
  }
}
