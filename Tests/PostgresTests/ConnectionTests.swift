import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Postgres

@Suite struct ConnectionTests {
  @Test func transactionsCommitOrRollBack() async throws {
    struct Abort: Error {}
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      try await connection.run { session in try session.execute("CREATE TABLE t (n bigint)") }
      try await connection.transaction { session in try session.execute("INSERT INTO t VALUES (\(1))") }
      await #expect(throws: Abort.self) {
        try await connection.transaction { session in
          try session.execute("INSERT INTO t VALUES (\(2))")
          throw Abort()
        }
      }
      let numbers = try await connection.run { session in
        try session.query("SELECT n FROM t").map { try $0.decode(Int.self, "n") }
      }
      #expect(numbers == [1])
    }
  }

  @Test func aHiddenFailureCannotCommit() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      let error = try #require(
        await #expect(throws: PostgresError.self) {
          try await connection.transaction { session in
            try session.execute("CREATE TABLE t (n bigint)")
            _ = try? session.execute("SELECT 1 / 0")
          }
        })
      #expect(error.kind == .misuse)
      let table = try await connection.run { session in
        try session.query("SELECT to_regclass('t')::text AS t").only().decode(String?.self, "t")
      }
      #expect(table == nil)
    }
  }

  @Test func transactionsDoNotNest() async throws {
    let connection = try await Connection.connect(TestCluster.shared.configuration)
    await #expect(throws: PostgresError.self) {
      try await connection.transaction { session in try session.transaction { _ in } }
    }
    #expect(await connection.isAlive())
  }

  @Test func serializableTransactionsCollide() async throws {
    try await TestDatabase.with { database in
      let (one, other) = (try await database.connect(), try await database.connect())
      try await one.run { session in
        try session.executeScript("CREATE TABLE t (n bigint); INSERT INTO t VALUES (0)", name: "set up")
      }
      try await one.run { session in
        try session.executeScript("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM t", name: "begin")
        // Another transaction changes the row that this one has seen.
        let isDone = DispatchSemaphore(value: 0)
        Task {
          try await other.transaction { session in try session.execute("UPDATE t SET n = n + 1") }
          isDone.signal()
        }
        isDone.wait()
        let error = #expect(throws: PostgresError.self) { try session.execute("UPDATE t SET n = n + 1") }
        #expect(error?.sqlState == .serializationFailure && error?.isRetryable == true)
      }
      // The transaction was left open, so the connection is for nobody else.
      #expect(!one.isReusable)
    }
  }

  @Test func aStatementSurvivesAChangeOfItsTable() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      try await connection.run { session in
        try session.executeScript("CREATE TABLE t (a bigint); INSERT INTO t VALUES (1)", name: "set up")
        #expect(try session.query("SELECT * FROM t").columnNames == ["a"])
        try session.execute("ALTER TABLE t ADD b text DEFAULT 'x'")
        #expect(try session.query("SELECT * FROM t").columnNames == ["a", "b"])
      }
    }
  }

  @Test func moreStatementsThanTheCacheHolds() async throws {
    let connection = try await Connection.connect(TestCluster.shared.configuration)
    let count = try await connection.run { session in
      for number in 0..<300 {
        #expect(try session.query("SELECT \(raw: String(number)) + \(1) AS n").only().decode("n") == number + 1)
      }
      return try session.query("SELECT count(*) AS n FROM pg_prepared_statements").only().decode(Int.self, "n")
    }
    #expect(count <= 257)
  }

  @Test func rowsOneByOne() async throws {
    let connection = try await Connection.connect(TestCluster.shared.configuration)
    let sum = try await connection.run { session in
      var sum = 0
      try session.forEachRow("SELECT n FROM generate_series(1, \(100_000)) AS n") { row in
        sum += try row.decode(Int.self, "n")
      }
      return sum
    }
    #expect(sum == 5_000_050_000)
    #expect(connection.isReusable)
  }

  @Test func rowsOneByOneCanBeGivenUp() async throws {
    struct Enough: Error {}
    let connection = try await Connection.connect(TestCluster.shared.configuration)
    await #expect(throws: Enough.self) {
      try await connection.run { session in
        try session.forEachRow("SELECT generate_series(1, 1000000000)") { _ in throw Enough() }
      }
    }
    #expect(!connection.isReusable)
  }

  @Test func anErrorInTheMidstOfTheRowsIsThrown() async throws {
    let connection = try await Connection.connect(TestCluster.shared.configuration)
    let error = try #require(
      await #expect(throws: PostgresError.self) {
        try await connection.run { session in
          try session.forEachRow("SELECT 1 / (1000 - n) AS x FROM generate_series(1, 2000) AS n") { _ in }
        }
      })
    #expect(error.sqlState?.rawValue == "22012")
    #expect(connection.isReusable)
  }

  @Test func noticesGoToTheHandler() async throws {
    let notices = Notices()
    var configuration = try await TestCluster.shared.configuration
    configuration.onNotice = { notice in
      notices.texts.withLock { $0.append("\(notice.severity) \(notice.message)") }
    }
    try await Connection.connect(configuration).run { session in
      try session.executeScript("DO $$ BEGIN RAISE WARNING 'mind the gap'; END $$", name: "warn")
    }
    #expect(notices.texts.withLock { $0 } == ["WARNING mind the gap"])
  }

  @Test func theConfigurationReachesTheServer() async throws {
    var configuration = try await TestCluster.shared.configuration
    configuration.statementTimeout = .milliseconds(50)
    let connection = try await Connection.connect(configuration)
    let settings = try await connection.run { session in
      try session.query(
        """
        SELECT current_setting('application_name'), current_setting('client_encoding'),
            current_setting('statement_timeout')
        """
      ).only().decode((String, String, String).self)
    }
    #expect(settings == ("culprit", "UTF8", "50ms"))
    let error = await #expect(throws: PostgresError.self) {
      try await connection.run { session in try session.execute("SELECT pg_sleep(60)") }
    }
    #expect(error?.sqlState == .queryCanceled)
  }
}

/// What a handler was told.
private final class Notices: Sendable {
  let texts = Mutex<[String]>([])
}
