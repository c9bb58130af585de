import Foundation
import Testing
import TestSupport

/// A rescan that is killed anywhere loses nothing and doubles nothing.
@Suite struct KillTests {
  @Test func aRescanThatIsKilledAgainAndAgainEndsLikeOneThatIsNot() async throws {
    let folder = try ScratchFolder()
    for number in 0..<12 { try folder.pattern("p/\(number)", match: "error \(number)\\b", hit: "error \(number)") }
    let log = (0..<1_000).map { "line \($0) error \($0 % 17)" }.joined(separator: "\n")
    let manifest = try folder.write(
      (0..<120).map { number in
        let commit = String(repeating: "0", count: 37) + String(number + 100)
        return #"{"file":"\#(number % 30).log","repository":"o/r","commit":"\#(commit)","job":"j"}"#
      }.joined(separator: "\n"), to: "manifest.jsonl")
    for number in 0..<30 { try folder.write(log + "\n\(number)", to: "\(number).log") }

    func variables(_ database: TestDatabase) async throws -> [String: String] {
      [
        "DATABASE_URL": try await database.url, "CULPRIT_DATA": folder.path + "/data",
        "CULPRIT_PATTERNS": folder.path + "/patterns", "CULPRIT_LANES": "2",
      ]
    }
    func prepare(_ environment: [String: String]) throws {
      #expect(try Command.culprit(["import", manifest], environment: environment).status == 0)
      #expect(try Command.culprit(["patterns", "sync"], environment: environment).status == 0)
    }
    let scratch = try await TestDatabase.with { database in
      let environment = try await variables(database)
      try prepare(environment)
      #expect(try Command.culprit(["rescan"], environment: environment).status == 0)
      return try Command.culprit(["export", "findings"], environment: environment).output
    }
    #expect(!scratch.isEmpty)

    try await TestDatabase.with { database in
      let environment = try await variables(database)
      try prepare(environment)
      let connection = try await database.connect()
      func recorded() async throws -> Int {
        try await connection.run { session in
          try session.query("SELECT count(*) AS logs FROM log WHERE lines IS NOT NULL").only().decode(Int.self, "logs")
        }
      }
      var before = 0
      var kills = 0
      while before < 120, kills < 12 {
        let rescan = try Command.start(["rescan", "--format", "json"], environment: environment)
        // Killed once it has recorded something, which is when it is in the middle of the next thing.
        while rescan.isRunning, try await recorded() == before { await Task.yield() }
        kill(rescan.processIdentifier, SIGKILL)
        _ = try Command.finish(rescan)
        let after = try await recorded()
        #expect(after >= before)
        before = after
        kills += 1
      }
      #expect(kills > 1)
      let last = try #require(try Command.culprit(["rescan", "--format", "json"], environment: environment).json().last)
      #expect(last["pairs"] as? Int == (120 - before) * 12)
      #expect(try Command.culprit(["export", "findings"], environment: environment).output == scratch)
    }
  }
}
