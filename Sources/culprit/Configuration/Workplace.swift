import Foundation
import LogArchive
import Pipeline
import Postgres
import Store

/// The database and the archive that a command works with.
struct Workplace: Sendable {
  let store: Store
  let database: ConnectionConfiguration
  /// Whether the database is Culprit's own, started because no other is configured.
  let isPrivate: Bool
  private let archiveFolder: String

  /// Opens both, runs the body, and lets go of the private server whatever happens. Signals that stop cancel the body.
  ///
  /// - Parameter connections: to the database, beside those of a rescan.
  /// - Throws: `Failure`, and the errors of the layers below.
  static func open<Value: Sendable>(
    _ settings: Settings, connections: Int = 0, _ body: @Sendable @escaping (Workplace) async throws -> Value
  ) async throws -> Value {
    // The private server's start and stop are within: whoever is stopped meanwhile leaves no server behind.
    try await Interruptible.run { try await openHere(settings, connections, body) }
  }

  private static func openHere<Value: Sendable>(
    _ settings: Settings, _ connections: Int, _ body: @Sendable (Workplace) async throws -> Value
  ) async throws -> Value {
    if let url = try settings.databaseURL() {
      return try await run(ConnectionConfiguration(url: url), isPrivate: false, settings, connections, body)
    }
    return try await withPrivateServer(settings) { lease in
      try await run(lease.configuration, isPrivate: true, settings, connections, body)
    }
  }

  /// Starts the private server if need be, and lets go of it when the body is done, whatever happens. To be called from within
  /// `Interruptible`, or a signal leaves the server running.
  static func withPrivateServer<Value: Sendable>(
    _ settings: Settings, _ body: (ClusterLease) async throws -> Value
  ) async throws -> Value {
    let lease = try await cluster(settings).acquire()
    do {
      try Task.checkCancellation()
      let value = try await body(lease)
      try await lease.release()
      return value
    } catch {
      try? await lease.release()
      throw error
    }
  }

  static func cluster(_ settings: Settings) -> PrivateCluster {
    PrivateCluster(folder: settings.dataFolder + "/postgres")
  }

  static func migrator() throws -> Migrator { try Migrator(Migration.load(folder: try Bundled.folder("sql"))) }

  private static func run<Value: Sendable>(
    _ database: ConnectionConfiguration, isPrivate: Bool, _ settings: Settings, _ connections: Int,
    _ body: @Sendable (Workplace) async throws -> Value
  ) async throws -> Value {
    try Task.checkCancellation()
    try await prepareSchema(database, isPrivate: isPrivate)
    let lanes = try settings.rescan.lanes
    let pool = ConnectionPool(database, limit: lanes + 2 + connections)
    defer { pool.close() }
    let store = Store(pool: pool, coolOff: try settings.coolOff, health: try settings.health)
    let workplace = Workplace(store: store, database: database, isPrivate: isPrivate, archiveFolder: settings.archiveFolder)
    return try await body(workplace)
  }

  /// Opens the archive that the database's logs are in.
  ///
  /// - Throws: `Failure` if another lies in its folder: with that, every log would seem to be lost.
  func openArchive() async throws -> LogArchive {
    let archive = try LogArchive(folder: archiveFolder)
    let other: String?
    switch try await store.bind(archive: archive.id, isEmpty: archive.isEmpty) {
    case .own: return archive
    case .empty: other = nil
    case .other(let id): other = id
    }
    let problem = "the archive in \(archiveFolder) isn't the one that holds this database's logs"
    guard let other else {
      throw Failure("\(problem): it is empty", hint: "mount its file system, or name its folder by `archive`")
    }
    throw Failure(
      problem,
      hint: "mount its file system, or name its folder by `archive`; if it was restored there, write \(other) into its file id")
  }

  /// Brings the tally, which pages are made from, up to what was entered and found.
  func tally(isQuiet: Bool) async throws {
    let bar = ProgressBar("tallying", unit: "marks", isQuiet: isQuiet)
    let marks = try await store.tallyMarks()
    try await TallyStage(store: store) { .now }.run { bar.update($0, of: max($0, marks)) }
    bar.finish()
  }

  /// A private database and an empty one are brought up to date; any other only by `culprit migrate`, on purpose.
  private static func prepareSchema(_ database: ConnectionConfiguration, isPrivate: Bool) async throws {
    let connection = try await Connection.connect(database)
    let migrator = try migrator()
    let pending = try await migrator.pending(connection)
    guard let first = pending.first else { return }
    guard isPrivate || first.version == 1 else {
      throw Failure(
        "the database lacks \(pending.count) migration\(pending.count == 1 ? "" : "s"), from version \(first.version) on",
        hint: "run `culprit migrate`")
    }
    _ = try await migrator.migrate(connection)
  }
}
