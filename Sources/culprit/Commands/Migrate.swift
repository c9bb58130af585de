import ArgumentParser
import Postgres

/// `culprit migrate`: the database's tables.
struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring the database's tables up to date.",
    discussion: """
      Each migration is one transaction, under a lock that lets one culprit at a time do it.

      Example: DATABASE_URL=postgres://ci@db.example/culprit culprit migrate
      """)

  @Flag(help: "Print what is pending; change nothing.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let settings = try global.settings()
    let dryRun = dryRun
    let migrations = try await Interruptible.run {
      if let url = try settings.databaseURL() {
        return try await Self.migrate(try ConnectionConfiguration(url: url), dryRun: dryRun)
      }
      return try await Workplace.withPrivateServer(settings) { lease in
        try await Self.migrate(try lease.configuration, dryRun: dryRun)
      }
    }
    for migration in migrations { Output.line("\(dryRun ? "pending" : "applied"): \(migration.version) \(migration.name)") }
    if migrations.isEmpty { global.note("the tables are up to date") }
  }

  private static func migrate(_ database: ConnectionConfiguration, dryRun: Bool) async throws -> [Migration] {
    let connection = try await Connection.connect(database)
    let migrator = try Workplace.migrator()
    return dryRun ? try await migrator.pending(connection) : try await migrator.migrate(connection)
  }
}
