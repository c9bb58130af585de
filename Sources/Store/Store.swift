import Model
import Postgres

/// The only place that speaks SQL: builds, logs, patterns and the ledger in PostgreSQL.
///
/// One extension per family of tables. Every method is one transaction, or says so.
package struct Store: Sendable {
  let pool: ConnectionPool
  /// What the findings of this binary are made by; see `Engine`.
  package let engine: Int
  /// How long after an event a commit's status is computed, in seconds, so that many events make one post.
  let coolOff: Double
  /// Which passing builds are scanned, and from when on patterns are suspect.
  package let health: HealthRules

  package init(pool: ConnectionPool, engine: Int = Engine.version, coolOff: Double = 30, health: HealthRules = HealthRules()) {
    self.pool = pool
    self.engine = engine
    self.coolOff = coolOff
    self.health = health
  }

  /// Asks the database whether it answers.
  package func ping() async throws {
    try await transaction { session in _ = try session.query("SELECT 1") }
  }

  /// Runs statements that belong together in one transaction.
  func transaction<Value: Sendable>(
    _ body: @Sendable (borrowing Session) throws -> Value
  ) async throws -> Value {
    try await pool.transaction(.readCommitted, body)
  }
}

/// The version of cleaning and matching. A change to what they find, for the same bytes and the same pattern, counts it up, and every log
/// is due again.
package enum Engine {
  package static let version = 2
}

/// The row of a log.
package struct LogID: Hashable, Sendable {
  package let rawValue: Int64
  package init(_ rawValue: Int64) { self.rawValue = rawValue }
}

/// The row of what a pattern matches, or matched.
package struct RevisionID: Hashable, Comparable, Sendable {
  package let rawValue: Int64
  package init(_ rawValue: Int64) { self.rawValue = rawValue }
  package static func < (left: RevisionID, right: RevisionID) -> Bool { left.rawValue < right.rawValue }
}
