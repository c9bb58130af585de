import Analysis
import Model
import Store

/// From pattern files to the database.
package struct SyncStage: Sendable {
  private let store: Store

  package init(store: Store) { self.store = store }

  /// Nothing is synced unless every file is right.
  ///
  /// - Throws: `CatalogError` with everything that is wrong in any file, `PostgresError`.
  package func sync(folder: String, dryRun: Bool) async throws -> (changes: Store.SyncChanges, due: Int) {
    let catalog = try Catalog.load(folder)
    let patterns = catalog.patterns.map {
      Store.SyncPattern(pattern: $0, digest: RevisionDigest.of($0.definition))
    }
    return try await store.sync(patterns, dryRun: dryRun)
  }
}
