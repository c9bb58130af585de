import Model
import Postgres

/// What is due: the pairs of log and revision that the ledger lacks. See `docs/ledger.md` for its promises.
extension Store {
  /// How much is due.
  package func due(_ scope: RescanScope = RescanScope()) async throws -> Due {
    let engine = engine
    return try await transaction { session in try Self.countDue(scope, engine: engine, session) }
  }

  /// The log that was entered last; nil if there is none.
  package func newestLog() async throws -> LogID? {
    try await transaction { session in
      try session.query("SELECT max(id) AS id FROM log").only().decode(Int64?.self, "id").map { LogID($0) }
    }
  }

  /// A count per set that lacks something. The sets are few, and each count knows its set, so that a small one is read by the index.
  static func countDue(_ scope: RescanScope, engine: Int, _ session: borrowing Session) throws -> Due {
    var due = Due()
    for set in try session.query(setsWithDueLogs(scope, engine: engine)) {
      let row = try session.query(logCount(ofSet: try set.decode("id"), scope)).only()
      let logs = try row.decode(Int.self, "logs")
      due.logs += logs
      due.bytes += try row.decode(Int.self, "bytes")
      due.pairs += logs * (try set.decode(Int.self, "revisions"))
    }
    return due
  }

  /// The sets that lack an active revision and have logs, the newest set first, as `id`, what it lacks in `missing`, and how
  /// many revisions those are in `revisions`.
  package static func setsWithDueLogs(_ scope: RescanScope, engine: Int) -> SQL {
    """
    WITH \(lacking(scope, engine: engine))
    SELECT id, missing::text AS missing, (SELECT sum(upper(m) - lower(m))::bigint FROM unnest(missing) m) AS revisions FROM lacking k
     WHERE EXISTS (SELECT 1 FROM log l WHERE l.tried_set_id = k.id) ORDER BY id DESC
    """
  }

  /// The logs of a set and their bytes, as `logs` and `bytes`.
  package static func logCount(ofSet set: Int64, _ scope: RescanScope) -> SQL {
    """
    SELECT count(*) AS logs, coalesce(sum(l.bytes), 0)::bigint AS bytes FROM log l
     WHERE l.tried_set_id = \(set) AND \(scope.condition)
    """
  }

  /// A table `active` of one row and column: the set of revisions that are tried now, as far as the scope wants them.
  static func active(_ scope: RescanScope) -> SQL {
    """
    active AS (SELECT coalesce(range_agg(int8range(r.id, r.id, '[]')), '{}') AS revisions
                 FROM pattern p JOIN pattern_revision r ON r.id = p.revision_id
                WHERE NOT p.retired AND r.suspended_at IS NULL
                  AND (\(scope.pattern?.rawValue)::text IS NULL OR p.id = \(scope.pattern?.rawValue)::text))
    """
  }

  /// A table `lacking` of the sets that lack an active revision, with those that they lack. Few rows, whatever the number of logs.
  private static func lacking(_ scope: RescanScope, engine: Int) -> SQL {
    """
    \(active(scope)), lacking AS (
      SELECT s.id, CASE WHEN s.engine = \(Int32(engine)) THEN a.revisions - s.members ELSE a.revisions END AS missing
        FROM tried_set s, active a
       WHERE s.engine <> \(Int32(engine)) AND NOT isempty(a.revisions) OR NOT s.members @> a.revisions)
    """
  }
}
