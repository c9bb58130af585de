/// Why the schema can't be brought up to date.
package enum MigrationError: Error, Sendable {
  /// The folder of migrations can't be read.
  case unreadable(folder: String, reason: String)
  /// The migrations don't count from 1 on without gaps or doubles; this version was expected.
  case gap(expected: Int, found: Int)
  /// A migration that was applied has changed since.
  case edited(version: Int, name: String)
  /// The database was migrated by a newer Culprit.
  case newer(database: Int, known: Int)
  /// A migration failed, and nothing of it stays.
  case failed(version: Int, name: String, cause: PostgresError)
  /// A migration ended its own transaction; what it did before that stays, unrecorded.
  case endedTransaction(version: Int, name: String)
}

extension MigrationError: CustomStringConvertible {
  /// The cause in one line.
  package var description: String {
    switch self {
    case .unreadable(let folder, let reason): "read migrations from \(folder): \(reason)"
    case .gap(let expected, let found): "migrations: version \(expected) was expected, \(found) came"
    case .edited(let version, let name): "migration \(version) (\(name)) was changed after it was applied"
    case .newer(let database, let known):
      "the database has schema version \(database), and this Culprit knows only \(known)"
    case .failed(let version, let name, let cause): "migration \(version) (\(name)) failed: \(cause)"
    case .endedTransaction(let version, let name): "migration \(version) (\(name)) ended its own transaction"
    }
  }

  /// What the person can do about it.
  package var hint: String? {
    switch self {
    case .newer: "upgrade culprit"
    case .edited: "restore the migration as it was, and make the change in a new one"
    case .gap: "number the migrations from 1 on without gaps"
    case .endedTransaction: "remove BEGIN, COMMIT and ROLLBACK from it"
    case .failed(_, _, let cause): cause.hint
    case .unreadable: nil
    }
  }

  /// Whether the same can succeed when it is done again.
  package var isRetryable: Bool {
    if case .failed(_, _, let cause) = self { cause.isRetryable } else { false }
  }
}
