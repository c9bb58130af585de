import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite struct ValueTests {
  /// Sends the value, has PostgreSQL hand it back, and compares its text with what PostgreSQL writes for a literal.
  private func expectRoundTrip<Value: PostgresEncodable & PostgresDecodable & Equatable>(
    _ values: [Value], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let connection = try await Connection.connect(TestCluster.shared.configuration)
    for value in values {
      let back = try await connection.run { session in
        try session.query("SELECT \(value) AS value").only().decode(Value.self, "value")
      }
      #expect(back == value, sourceLocation: sourceLocation)
    }
  }

  @Test func integersAtTheirLimits() async throws {
    try await expectRoundTrip([Int16.min, -1, 0, 1, .max])
    try await expectRoundTrip([Int32.min, -1, 0, 1, .max])
    try await expectRoundTrip([Int64.min, -1, 0, 1, .max])
    try await expectRoundTrip([Int.min, -1, 0, 1, .max])
    var generator = SystemRandomNumberGenerator()
    try await expectRoundTrip((0..<50).map { _ in Int64(bitPattern: generator.next()) })
  }

  @Test func numbersTruthAndIds() async throws {
    try await expectRoundTrip([0.0, -0.0, 1 / 3, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity])
    try await expectRoundTrip([true, false])
    try await expectRoundTrip([UUID(), UUID()])
    let nan = try await query("SELECT \(Double.nan) AS value", Double.self)
    #expect(nan.isNaN)
  }

  @Test func textOfAllKinds() async throws {
    try await expectRoundTrip(["", " ", "plain", "it's \"quoted\" \\ \n\t\r"])
    try await expectRoundTrip(["日本語 🧑🏽‍🚀 e\u{301}", "\u{FFFF}\u{10FFFF}\u{1}"])
    try await expectRoundTrip([String(repeating: "long ", count: 100_000)])
    #expect(try await query("SELECT char_length(\("🧑🏽‍🚀")) AS value", Int.self) == 4)
  }

  @Test func bytesOfAllValues() async throws {
    try await expectRoundTrip([[], [0], Array(0...255), [UInt8](repeating: 0xFF, count: 100_000)])
    #expect(try await query(#"SELECT '\x00ff'::bytea AS value"#, [UInt8].self) == [0, 255])
  }

  @Test func datesToTheMicrosecond() async throws {
    for text in ["2000-01-01 00:00:00+00", "1970-01-01 00:00:00.000001+00", "2026-11-21 03:24:53.123457+00"] {
      let date = try await query("SELECT \(text)::timestamptz AS value", Date.self)
      #expect(try await query("SELECT \(date) = \(text)::timestamptz AS value", Bool.self), "\(text)")
    }
    #expect(try await query("SELECT '1970-01-01'::date AS value", Date.self) == Date(timeIntervalSince1970: 0))
    await #expect(throws: PostgresError.self) {
      try await query("SELECT 'infinity'::timestamptz AS value", Date.self)
    }
    await #expect(throws: PostgresError.self) {
      try await query("SELECT \(Date(timeIntervalSince1970: .infinity)) AS value", Date.self)
    }
  }

  @Test func arrays() async throws {
    try await expectRoundTrip([[Int64](), [1, .min, .max]])
    try await expectRoundTrip([["", "a,b", "{}", "\"quoted\"", "NULL", "\\", "🙂"]])
    try await expectRoundTrip([[String?](), ["NULL", nil, ""], [nil]])
    try await expectRoundTrip([[true, false], []])
    try await expectRoundTrip([[Date(timeIntervalSince1970: 0.5)]])
    try await expectRoundTrip([[[UInt8](), [0, 255]]])
    let joined = try await query(
      """
      SELECT string_agg(a || coalesce(b, '-'), ';' ORDER BY a) AS value
      FROM unnest(\([1, 2]), \(["x", nil])) AS t (a, b)
      """, String.self)
    #expect(joined == "1x;2-")
  }

  @Test func nulls() async throws {
    try await expectRoundTrip([Int?.none, 7])
    try await expectRoundTrip([String?.none, ""])
    try await expectRoundTrip([[Int]?.none, []])
  }

  @Test func multirangesReadAsText() async throws {
    for text in ["{}", "{[1,5),[7,9)}", "{(,0)}", "{[-3,)}", "{(,)}"] {
      #expect(try await query("SELECT \(text)::int8multirange AS value", String.self) == text)
    }
  }

  @Test func otherTypesReadAsText() async throws {
    #expect(try await query("SELECT '{\"a\": [1]}'::jsonb AS value", String.self) == #"{"a": [1]}"#)
    #expect(try await query("SELECT 'x'::varchar AS value", String.self) == "x")
    #expect(try await query("SELECT current_database() AS value", String.self) == "culprit")
  }

  @Test func aNulCharacterIsRefusedBeforeItIsSent() async throws {
    let error = try await failure("SELECT \(1), \("secret\0value")")
    #expect(error.kind == .value)
    #expect(error.message.contains("$2") && error.message.contains("NUL"))
    #expect(!"\(error)".contains("secret"))
    #expect(!error.isRetryable && !error.isConnectionLost)
  }

  @Test func aWrongTypeNamesColumnAndTypesButNotTheValue() async throws {
    let error = try await decodingFailure("SELECT 'secret' AS word", Int.self, "word")
    #expect(error.message == "column word is text, which can't be read as Int")
    let narrow = try await decodingFailure("SELECT 70000 AS number", Int16.self, "number")
    #expect(narrow.message == "column number is integer with a value that Int16 can't hold")
    let null = try await decodingFailure("SELECT NULL::bigint AS number", Int.self, "number")
    #expect(null.message == "column number is null, and Int was asked for, which isn't optional")
    let numeric = try await decodingFailure("SELECT 1.5 AS number", Int.self, "number")
    #expect(numeric.message.contains("cast it in the query"))
    let missing = try await decodingFailure("SELECT 1 AS a, 2 AS b", Int.self, "c")
    #expect(missing.message == "there is no column c, only a, b")
    let array = try await decodingFailure("SELECT \("secret") AS word", [Int].self, "word")
    #expect(!"\(array)".contains("secret"))
  }

  @Test func aTupleReadsTheColumnsInOrder() async throws {
    let connection = try await Connection.connect(TestCluster.shared.configuration)
    let (number, word, nothing) = try await connection.run { session in
      try session.query("SELECT \(7), \("x"), NULL::bytea").only().decode((Int, String, [UInt8]?).self)
    }
    #expect(number == 7 && word == "x" && nothing == nil)
  }

  private func query<Value: PostgresDecodable>(_ sql: SQL, _ type: Value.Type) async throws -> Value {
    try await Connection.connect(TestCluster.shared.configuration).run { session in
      try session.query(sql).only().decode(type, "value")
    }
  }

  private func failure(_ sql: SQL) async throws -> PostgresError {
    let connection = try await Connection.connect(TestCluster.shared.configuration)
    return try #require(
      await #expect(throws: PostgresError.self) {
        try await connection.run { session in try session.query(sql) }
      })
  }

  private func decodingFailure<Value: PostgresDecodable>(
    _ sql: SQL, _ type: Value.Type, _ column: String
  ) async throws -> PostgresError {
    let connection = try await Connection.connect(TestCluster.shared.configuration)
    return try #require(
      await #expect(throws: PostgresError.self) {
        try await connection.run { session in try session.query(sql).only().decode(type, column) }
      })
  }
}
