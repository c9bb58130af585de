import Foundation
import Model
import Postgres
import Store
import TestSupport
import Testing

/// What `work` and `serve` write to standard error.
@Suite struct WorkLogTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func run(_ environment: [String: String] = [:], _ arguments: [String] = []) async throws -> Command {
    // Nothing below holds the folder, but its path.
    defer { withExtendedLifetime(folder) {} }
    try folder.pattern("a/error", match: "^error: (.*)", hit: "error: x")
    return try await TestDatabase.with { database in
      let variables = [
        "DATABASE_URL": try await database.url, "CULPRIT_DATA": folder.path + "/data",
        "CULPRIT_PATTERNS": folder.path + "/patterns",
      ].merging(environment) { $1 }
      #expect(try await Command.culprit(["migrate"], environment: variables).status == 0)
      let pool = ConnectionPool(database.configuration, limit: 2)
      defer { pool.close() }
      _ = try await Store(pool: pool).store(
        provider: "github", externalID: "a\"b\nc", event: "push", headers: [:], body: Array("secret".utf8))
      return try await Command.culprit(["work", "--once"] + arguments, environment: variables)
    }
  }

  @Test func elsewhereThanOnATerminalItIsJSONWithIDs() async throws {
    let work = try await run()
    #expect(work.status == 0, "\(work.errors)")
    let events = work.errors.split(separator: "\n").compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: String]
    }
    let read = try #require(events.first { $0["message"] == "read 1 deliveries" })
    #expect(read["delivery"] == "a\"b\nc" && read["level"] == "info" && read["logger"] == "culprit")
    #expect(Timestamp(read["time"] ?? "") != nil, "\(read["time"] ?? "")")
    #expect(!work.errors.contains("secret"))
  }

  @Test func whatIsScannedNamesItsBuilds() async throws {
    defer { withExtendedLifetime(folder) {} }
    try folder.pattern("a/error", match: "^error: (.*)", hit: "error: x")
    try folder.write("error: y\n", to: "logs/a.log")
    let manifest = try folder.write(
      #"{"file":"a.log","repository":"acme/engine","commit":"\#(String(repeating: "a", count: 40))","workflow":"ci","job":"linux","attempt":1,"outcome":"failure","externalId":"1"}"#,
      to: "logs/manifest.jsonl")
    try await TestDatabase.with { database in
      let variables = [
        "DATABASE_URL": try await database.url, "CULPRIT_DATA": folder.path + "/data",
        "CULPRIT_PATTERNS": folder.path + "/patterns",
      ]
      for step in [["import", manifest], ["patterns", "sync"]] {
        #expect(try await Command.culprit(step, environment: variables).status == 0)
      }
      let work = try await Command.culprit(["work", "--once"], environment: variables)
      let scanned = work.errors.split(separator: "\n").first { $0.contains("\"scanned\"") }
      #expect(scanned?.contains("\"builds\":\"1\"") == true, "\(work.errors)")
    }
  }

  @Test func textCanBeAskedFor() async throws {
    let work = try await run(["CULPRIT_LOG_FORMAT": "text"])
    // The line break in the id makes no second line.
    #expect(work.errors.split(separator: "\n").contains { $0.hasSuffix("Z read 1 deliveries: a\"b\\u{a}c") }, "\(work.errors)")
    let quiet = try await run(["CULPRIT_LOG_FORMAT": "text"], ["--quiet"])
    #expect(!quiet.errors.contains("deliveries"))
    let wrong = try await Command.culprit(["work", "--once"], environment: ["CULPRIT_LOG_FORMAT": "xml"])
    #expect(wrong.status == 2 && wrong.errors.contains("it must be auto, text or json"))
  }
}
