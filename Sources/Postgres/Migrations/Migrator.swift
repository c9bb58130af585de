/// Brings a database's schema up to date, step by step.
///
/// Each migration runs in one transaction together with the row that records it. An advisory lock, taken within that
/// transaction, makes a second migrator wait and then see what the first has done.
package struct Migrator: Sendable {
  private let migrations: [Migration]

  /// - Parameter migrations: the whole history, in order.
  /// - Throws: `MigrationError.gap` unless the versions are 1, 2, 3, …
  package init(_ migrations: [Migration]) throws {
    for (index, migration) in migrations.enumerated() where migration.version != index + 1 {
      throw MigrationError.gap(expected: index + 1, found: migration.version)
    }
    self.migrations = migrations
  }

  /// Applies what is pending.
  /// - Returns: the migrations that were applied now.
  /// - Throws: `MigrationError`, after which the earlier ones stay; `PostgresError`; `CancellationError`.
  @discardableResult
  package func migrate(_ connection: Connection) async throws -> [Migration] {
    var applied: [Migration] = []
    while let migration = try await connection.run({ session in try applyNext(session) }) {
      applied.append(migration)
    }
    return applied
  }

  /// The migrations that `migrate` would apply. Changes nothing.
  /// - Throws: `MigrationError` when the database's history isn't a part of this one; `PostgresError`.
  package func pending(_ connection: Connection) async throws -> [Migration] {
    try await connection.run { session in
      let table = try session.query("SELECT to_regclass('schema_migration') IS NOT NULL AS exists").only()
      guard try table.decode(Bool.self, "exists") else { return migrations }
      return Array(migrations.dropFirst(try checkHistory(session)))
    }
  }

  private func applyNext(_ session: borrowing Session) throws -> Migration? {
    try session.transaction { session in
      // A migration takes as long as it takes.
      try session.execute("SET LOCAL statement_timeout = 0")
      try session.execute("SET LOCAL lock_timeout = 0")
      try session.execute("SELECT pg_advisory_xact_lock(hashtextextended('culprit schema_migration', 0))")
      try session.execute(
        """
        CREATE TABLE IF NOT EXISTS schema_migration (
            version bigint PRIMARY KEY,
            name text NOT NULL,
            checksum bytea NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
        """)
      guard let next = migrations.dropFirst(try checkHistory(session)).first else { return nil }
      try apply(next, session)
      return next
    }
  }

  private func apply(_ migration: Migration, _ session: borrowing Session) throws {
    // Recorded first: the migration can change the search path.
    try session.execute(
      """
      INSERT INTO schema_migration (version, name, checksum)
      VALUES (\(migration.version), \(migration.name), sha256(\(Array(migration.sql.utf8))))
      """)
    do {
      try session.executeScript(migration.sql, name: "migration \(migration.version)")
    } catch let error as PostgresError {
      throw MigrationError.failed(version: migration.version, name: migration.name, cause: error)
    }
    guard session.handle.isInTransaction else {
      throw MigrationError.endedTransaction(version: migration.version, name: migration.name)
    }
  }

  /// Compares what was applied with the migrations.
  /// - Returns: how many were applied.
  private func checkHistory(_ session: borrowing Session) throws -> Int {
    let known: SQL = """
      SELECT version, sha256(sql) AS checksum FROM
      unnest(\(migrations.map(\.version)), \(migrations.map { Array($0.sql.utf8) })) AS known (version, sql)
      """
    let rows = try session.query(
      """
      SELECT version, applied.name, applied.checksum = known.checksum AS is_same
      FROM schema_migration AS applied LEFT JOIN (\(known)) AS known USING (version) ORDER BY version
      """)
    if let last = try rows.last?.decode(Int.self, "version"), last > migrations.count {
      throw MigrationError.newer(database: last, known: migrations.count)
    }
    for (index, row) in rows.enumerated() {
      let version = try row.decode(Int.self, "version")
      guard version == index + 1 else { throw MigrationError.gap(expected: index + 1, found: version) }
      guard try row.decode(Bool?.self, "is_same") == true else {
        throw MigrationError.edited(version: version, name: try row.decode("name"))
      }
    }
    return rows.count
  }
}
