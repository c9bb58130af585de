import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite struct CopyTests {
  @Test func manyRowsComeInAndOut() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      let count = 100_000
      let copied = try await connection.transaction { session in
        try session.execute("CREATE TABLE t (id bigint, name text, seen timestamptz, data bytea)")
        return try session.copyIn(into: "t", columns: ["id", "name", "data"]) { writer in
          for id in 0..<count {
            try writer.write(id, id % 3 == 0 ? nil : "name \(id) 🙂", [UInt8(truncatingIfNeeded: id)])
          }
        }
      }
      #expect(copied == count)
      let (rows, sum, nulls) = try await connection.run { session in
        try session.query(
          "SELECT count(*), sum(id)::bigint, count(*) FILTER (WHERE name IS NULL) FROM t"
        ).only().decode((Int, Int, Int).self)
      }
      #expect((rows, sum, nulls) == (count, count * (count - 1) / 2, 33_334))

      let lines = try await connection.run { session in
        var lines = 0
        try session.copyOut("COPY (SELECT name FROM t ORDER BY id) TO STDOUT") { row in
          lines += 1
          if lines == 2 { #expect(String(decoding: row, as: UTF8.self) == "name 1 🙂\n") }
        }
        return lines
      }
      #expect(lines == count)
      #expect(connection.isReusable)
    }
  }

  @Test func textGoesIntoJSONAndEnums() async throws {
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      let row = try await connection.run { session in
        try session.executeScript(
          "CREATE TYPE state AS ENUM ('new', 'done'); CREATE TABLE t (state state, a jsonb, b json)",
          name: "t")
        try session.copyIn(into: "t", columns: ["state", "a", "b"]) { writer in
          try writer.write("done", #"{"x": 1}"#, String?.none)
        }
        return try session.query("SELECT state, a, b FROM t").only().decode((String, String, String?).self)
      }
      #expect(row == ("done", #"{"x": 1}"#, nil))
    }
  }

  @Test func aFailedCopyLeavesNothingAndTheConnectionWorksOn() async throws {
    struct Abort: Error {}
    try await TestDatabase.with { database in
      let connection = try await database.connect()
      try await connection.run { session in
        try session.executeScript("CREATE TABLE t (id bigint CHECK (id < 10), name text)", name: "t")
      }
      await #expect(throws: Abort.self) {
        try await connection.run { session in
          try session.copyIn(into: "t", columns: ["id", "name"]) { writer in
            for id in 0..<5 { try writer.write(id, "x") }
            throw Abort()
          }
        }
      }
      let wrongType = try await copyFailure(connection) { try $0.write(1.0, "x") }
      #expect(wrongType.message == "column id: is bigint, and a value of double precision was given")
      let nul = try await copyFailure(connection) { try $0.write(1, "secret\0") }
      #expect(nul.message.hasPrefix("column name:") && !nul.message.contains("secret"))
      let short = try await copyFailure(connection) { try $0.write(1) }
      #expect(short.kind == .misuse)
      let refused = try await copyFailure(connection) { writer in
        for id in 0..<100_000 { try writer.write(id, "x") }
      }
      #expect(refused.kind == .server(.checkViolation))
      let count = try await connection.run { session in
        try session.query("SELECT count(*) AS n FROM t").only().decode(Int.self, "n")
      }
      #expect(count == 0 && connection.isReusable)
    }
  }

  @Test func copyingOutCanBeGivenUp() async throws {
    struct Enough: Error {}
    let connection = try await Connection.connect(TestCluster.shared.configuration)
    await #expect(throws: Enough.self) {
      try await connection.run { session in
        try session.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") { _ in throw Enough() }
      }
    }
    #expect(!connection.isReusable)
  }

  private func copyFailure(
    _ connection: Connection, _ body: @escaping @Sendable (inout CopyWriter) throws -> Void
  ) async throws -> PostgresError {
    try #require(
      await #expect(throws: PostgresError.self) {
        try await connection.run { session in try session.copyIn(into: "t", columns: ["id", "name"], body) }
      })
  }
}
