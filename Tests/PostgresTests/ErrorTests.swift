import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite struct ErrorTests {
  private let password = "h0rse-battery"

  @Test(arguments: [
    "postgresql://ann:h0rse-battery@localhost:1/db",
    "postgres://ann:h0rse-battery@localhost:1/db?sslmode=disable",
    "host=localhost port=1 user=ann password=h0rse-battery",
  ])
  func aFailedConnectionNamesNoPassword(url: String) async throws {
    let configuration = try ConnectionConfiguration(url: url)
    let error = try #require(
      await #expect(throws: PostgresError.self) { _ = try await Connection.connect(configuration) })
    #expect(error.isConnectionLost && error.isRetryable)
    for text in ["\(error)", "\(configuration)", dumped(error), dumped(configuration), error.hint ?? ""] {
      #expect(!text.contains(password), "\(text)")
    }
    #expect("\(configuration)".contains("ann@localhost:1"))
  }

  @Test(arguments: [
    "postgresql://ann:h0rse-battery@home@localhost/db",  // the host would be home@localhost
    "postgresql://ann:h0rse-battery/x@localhost/db",  // the port would be h0rse-battery
    "postgresql://ann:1/h0rse-battery@localhost/db",  // the database would be h0rse-battery@localhost/db
    "postgresql://ann:h0rse-battery%zz@localhost/db", "h0rse-battery", "password='h0rse-battery",
  ])
  func aMalformedConnectionStringIsNotQuoted(url: String) throws {
    let error = try #require(
      #expect(throws: PostgresError.self) { _ = try ConnectionConfiguration(url: url) })
    #expect(error.kind == .configuration && !error.isRetryable)
    #expect(!"\(error) \(error.hint ?? "") \(dumped(error))".contains("h0rse"))
  }

  @Test(arguments: [
    ("could not translate host name \"h\": is a server there?", "could not translate host name \"h\": is a server there?"),
    ("database \"postgres://ann:s@cret@h/db\" is not there", "database \"postgres://ann:•••@h/db\" is not there"),
    ("FATAL: password authentication failed for user \"a\"", "FATAL: password authentication failed for user \"a\""),
    ("host=h password = 'it\\'s me' port=1", "host=h password = ••• port=1"),
    ("postgresql:///db?password=x&user=y", "postgresql:///db?password=•••&user=y"),
  ])
  func whatLooksLikeACredentialIsMaskedAndNothingElse(text: String, masked: String) {
    #expect(CredentialMask.mask(text) == masked)
  }

  @Test func aShortPasswordMasksNothingElse() async throws {
    let configuration = try ConnectionConfiguration(url: "postgresql://ann:o@localhost:1/db")
    let error = try #require(
      await #expect(throws: PostgresError.self) { _ = try await Connection.connect(configuration) })
    #expect(error.message.contains("connection to server at \"localhost\""))
  }

  @Test func aURLInPlaceOfADatabaseNameIsNoLeak() throws {
    let configuration = try ConnectionConfiguration(url: "host=localhost dbname=postgres://ann:h0rse-battery@there/db")
    #expect(!"\(configuration)".contains(password))
  }

  @Test func theServersErrorsCarryWhatIsNeeded() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      try await connection.run { session in
        try session.execute("CREATE TABLE t (word text CONSTRAINT one_of_each UNIQUE)")
      }
      let insert: SQL = "INSERT INTO t VALUES (\("secret"))"
      try await connection.run { session in try session.execute(insert) }
      let error = try await failure(connection, insert)
      #expect(error.kind == .server(.uniqueViolation))
      #expect(error.constraint == "one_of_each")
      #expect(error.operation == "INSERT INTO t VALUES ($1)")
      #expect(error.detail?.contains("secret") == true)
      #expect(!"\(error) \(dumped(error))".contains("secret"))
      #expect(!error.isRetryable && !error.isConnectionLost)

      let syntax = try await failure(connection, "SELEC 1")
      #expect(syntax.sqlState?.rawValue == "42601")
      let data = try await failure(connection, "SELECT \("secret")::jsonb")
      #expect(data.sqlState?.errorClass == "22" && !"\(data)".contains("secret"))
      #expect(await connection.isAlive())
    }
  }

  @Test func anUnknownDatabaseIsNotWorthARetry() async throws {
    var unknown = try await TestCluster.shared.configuration
    unknown.database = "nowhere"
    let configuration = unknown
    let error = await #expect(throws: PostgresError.self) {
      _ = try await Connection.connect(configuration)
    }
    #expect(error?.kind == .connecting(.unknownDatabase))
    #expect(error?.isRetryable == false)
  }

  @Test func whichCodesAreWorthARetry() {
    for code in ["40001", "40P01", "08006", "57P01", "57P03", "53300"] {
      #expect(SQLState(rawValue: code).isRetryable, "\(code)")
    }
    for code in ["23505", "42601", "57014", "22P02", "28P01"] {
      #expect(!SQLState(rawValue: code).isRetryable, "\(code)")
    }
  }

  private func dumped(_ value: some Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text + String(reflecting: value)
  }

  private func failure(_ connection: Connection, _ sql: SQL) async throws -> PostgresError {
    try #require(
      await #expect(throws: PostgresError.self) {
        try await connection.run { session in try session.execute(sql) }
      })
  }
}
