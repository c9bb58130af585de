import Model
import Postgres

/// What a rescan is limited to; empty: everything that is due.
package struct RescanScope: Sendable {
  package var pattern: PatternID?
  /// The provider's id of a build.
  package var build: String?
  /// Only builds that finished after this, in seconds since 1970.
  package var since: Double?
  /// Only logs that were entered up to this one.
  package var newest: LogID?

  package init(pattern: PatternID? = nil, build: String? = nil, since: Double? = nil) {
    self.pattern = pattern
    self.build = build
    self.since = since
  }

  /// On `l`, a log.
  var condition: SQL {
    let isOld: SQL = newest.map { "l.id <= \($0.rawValue)" } ?? "true"
    if build == nil, since == nil { return isOld }
    return """
      \(isOld) AND EXISTS (SELECT 1 FROM build b WHERE b.id = l.build_id
                 AND (\(build)::text IS NULL OR b.external_id = \(build)::text)
                 AND (\(since)::float8 IS NULL OR coalesce(b.finished_at, b.created_at) >= to_timestamp(\(since)::float8)))
      """
  }
}
