import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite struct MigratorTests {
  private let history = [
    Migration(version: 1, name: "log", sql: "CREATE TABLE log (id bigint); CREATE TABLE other (id bigint);"),
    Migration(version: 2, name: "size", sql: "ALTER TABLE log ADD size bigint;"),
  ]

  @Test func pendingMigrationsAreAppliedOnce() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      let first = try Migrator([history[0]])
      #expect(try await first.pending(connection) == [history[0]])
      #expect(try await first.migrate(connection) == [history[0]])
      let both = try Migrator(history)
      #expect(try await both.pending(connection) == [history[1]])
      #expect(try await both.migrate(connection) == [history[1]])
      #expect(try await both.migrate(connection) == [])
      let rows = try await connection.run { session in
        try session.query(
          "SELECT version, name, checksum = sha256(\(Array(history[0].sql.utf8))) FROM schema_migration"
        ).map { try $0.decode((Int, String, Bool).self) }
      }
      #expect(rows.map(\.0) == [1, 2] && rows.map(\.1) == ["log", "size"] && rows[0].2)
    }
  }

  @Test func concurrentMigratorsWaitForEachOther() async throws {
    try await TestDatabase.with { database in
      let migrator = try Migrator(history + [Migration(version: 3, name: "slow", sql: "SELECT pg_sleep(0.2)")])
      let applied = try await withThrowingTaskGroup { group in
        for _ in 0..<4 {
          group.addTask { try await migrator.migrate(database.connect()) }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(applied.map(\.version).sorted() == [1, 2, 3])
    }
  }

  @Test func anEditedMigrationIsAnError() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      try await Migrator(history).migrate(connection)
      let edited = Migration(version: 1, name: "log", sql: history[0].sql + " -- harmless")
      let error = try await failure { _ = try await Migrator([edited, history[1]]).migrate(connection) }
      guard case .edited(1, "log") = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func aNewerSchemaIsAnError() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      try await Migrator(history).migrate(connection)
      let error = try await failure { _ = try await Migrator([history[0]]).pending(connection) }
      #expect(error.hint == "upgrade culprit")
      guard case .newer(database: 2, known: 1) = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func aFailedMigrationLeavesNothing() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      let broken = Migration(version: 3, name: "broken", sql: "CREATE TABLE half (id bigint); SELECT 1 / 0;")
      let migrator = try Migrator(history + [broken])
      let error = try await failure { _ = try await migrator.migrate(connection) }
      #expect("\(error)".hasPrefix("migration 3 (broken) failed:"))
      #expect(try await migrator.pending(connection) == [broken])
      #expect(
        try await connection.run {
          try $0.query("SELECT to_regclass('half') IS NULL AS x").only().decode(Bool.self, "x")
        })
    }
  }

  @Test func aMigrationMustNotEndItsTransaction() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      let migrator = try Migrator([Migration(version: 1, name: "commits", sql: "COMMIT")])
      let error = try await failure { _ = try await migrator.migrate(connection) }
      guard case .endedTransaction = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func versionsHaveNoGaps() {
    #expect(throws: MigrationError.self) { try Migrator([history[1]]) }
    #expect(throws: MigrationError.self) { try Migrator([history[0], history[0]]) }
  }

  @Test func aFolderIsReadInOrder() throws {
    let folder = NSTemporaryDirectory() + "/" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["v0010_last.sql", "v0002_second_step.sql", "find_logs.sql", "v1.txt"] {
      try "SELECT 1".write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }
    let migrations = try Migration.load(folder: folder)
    #expect(migrations.map(\.version) == [2, 10] && migrations.map(\.name) == ["second_step", "last"])
    #expect(throws: MigrationError.self) { try Migration.load(folder: folder + "/nowhere") }
  }

  private func failure(_ body: () async throws -> Void) async throws -> MigrationError {
    let error = await #expect(throws: MigrationError.self) { try await body() }
    return try #require(error)
  }
}
