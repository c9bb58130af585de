import Foundation
import Postgres
import Testing
import TestSupport

/// `patterns suggest` and `patterns score`, run as users run them.
@Suite struct SuggestCommandTests {
  @Test func draftsAreWrittenPassTheCheckAndExplainWhatWasUnexplained() async throws {
    let folder = try ScratchFolder()
    try folder.pattern("generic/error", match: "^error:", hit: "error: no", more: "fallback: true\n")
    var manifest: [String] = []
    for number in 1...5 {
      try folder.write("hello\nerror: cannot reach node \(number) of rack 'r\(number % 2)'\n", to: "logs/\(number).log")
      manifest.append(
        #"{"file":"\#(number).log","repository":"acme/engine","commit":"\#(String(repeating: "\(number)", count: 40))","job":"linux","finishedAt":"2026-01-0\#(number)T00:00:00Z"}"#
      )
    }
    let entries = try folder.write(manifest.joined(separator: "\n"), to: "logs/manifest.jsonl")
    try await TestDatabase.with { database in
      let variables = [
        "DATABASE_URL": try await database.url, "CULPRIT_DATA": folder.path + "/data",
        "CULPRIT_PATTERNS": folder.path + "/patterns",
      ]
      func run(_ arguments: String...) async throws -> Command { try await Command.culprit(arguments, environment: variables) }
      for step in [["import", entries], ["patterns", "sync"], ["rescan"]] {
        #expect(try await Command.culprit(step, environment: variables).status == 0)
      }
      let json = try #require(try await run("patterns", "suggest", "--format", "json").json().first)
      #expect(json["unexplained"] as? Int == 5)
      #expect(json["clusters"] as? Int == 1)
      let suggestion = try #require((json["suggestions"] as? [[String: Any]])?.first)
      #expect(suggestion["builds"] as? Int == 5)
      #expect(suggestion["firstSeen"] as? String == "2026-01-01T00:00:00Z")
      #expect(suggestion["lastSeen"] as? String == "2026-01-05T00:00:00Z")
      #expect((suggestion["jobs"] as? [[String: Any]])?.first?["job"] as? String == "linux")
      #expect((suggestion["samples"] as? [[String: Any]])?.first?["line"] as? Int == 2)

      let text = try await run("patterns", "suggest")
      #expect(text.output.hasPrefix("5 failed builds that nothing explains; 1 cluster\n"))
      #expect(text.output.contains("5 builds, 2026-01-01 to 2026-01-05: cannot reach node … of rack '${name}'"))
      #expect(text.output.contains("    verdict: failure"))
      #expect(try await run("patterns", "suggest").output == text.output)
      #expect(try await run("patterns", "suggest", "--since", "2026-01-03").output.hasPrefix("3 failed builds"))

      let drafts = folder.path + "/patterns/drafts"
      #expect(try await run("patterns", "suggest", "--write", drafts).status == 0)
      let file = drafts + "/error-cannot-reach-node-of-rack.yaml"
      #expect(FileManager.default.fileExists(atPath: file))
      let check = try await run("patterns", "check", "--strict", drafts)
      #expect(check.status == 0, "\(check.output)")
      // What a curator has changed since is not written over.
      try Data("mine".utf8).write(to: URL(fileURLWithPath: file))
      #expect(try await run("patterns", "suggest", "--write", drafts).errors.contains("is there already"))
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")

      try FileManager.default.removeItem(atPath: file)
      for step in [["patterns", "suggest", "--write", drafts], ["patterns", "sync"], ["rescan"]] {
        #expect(try await Command.culprit(step, environment: variables).status == 0)
      }
      #expect(try await run("patterns", "suggest").output == "0 failed builds that nothing explains; 0 clusters\n")
    }
  }

  @Test func scoresTellWhatIsRightAndWhatIsNot() async throws {
    let folder = try ScratchFolder()
    try folder.pattern("build/broke", match: "it broke", hit: "it broke")
    try folder.write("hello\nit broke\n", to: "marked/right.log")
    try folder.write("it broke\nthe reason\n", to: "marked/sub/wrong.log")
    try folder.write("nothing\n", to: "marked/none.log")
    try folder.write(
      """
      {"log":"right.log","line":2,"text":"it broke"}
      {"log":"sub/wrong.log","line":2,"text":"the reason","captures":[]}
      {"log":"none.log","line":1}
      """, to: "marked/marks.jsonl")
    func run(_ more: String...) async throws -> Command {
      try await Command.culprit(["patterns", "score", folder.path + "/marked", "--patterns", folder.path + "/patterns"] + more)
    }
    let json = try await run("--format", "json")
    #expect(json.status == 0)
    #expect(
      json.output.hasPrefix(
        #"{"logs":3,"explained":2,"right":1,"wrong":[{"log":"sub/wrong.log","expected":2,"found":1,"pattern":"build/broke","#))
    let text = try await run()
    #expect(text.output.hasPrefix("3 marked logs: 2 explained (66.7 %), 1 by the marked line (33.3 %)\n"))
    #expect(text.output.contains("none.log:\n  expected line 1\n  found nothing\n"))
    var logs = 0
    for half in ["development", "held-out"] {
      logs += try await run("--half", half, "--format", "json").json().first?["logs"] as? Int ?? 0
    }
    #expect(logs == 3)
  }

  @Test func scoringSaysWhatIsAmiss() async throws {
    let folder = try ScratchFolder()
    let none = try await Command.culprit(["patterns", "score", folder.path])
    #expect(none.status == 2)
    #expect(none.errors.contains("marks.jsonl: can't be read"))
    try folder.write("{\"log\":\"gone.log\",\"line\":1}\n", to: "marks.jsonl")
    let gone = try await Command.culprit(["patterns", "score", folder.path])
    #expect(gone.status == 2)
    #expect(gone.errors.contains("gone.log"))
    try folder.write("{\"log\":\"gone.log\",\"line\":1}\n{}\n", to: "marks.jsonl")
    #expect(try await Command.culprit(["patterns", "score", folder.path]).errors.contains("line 2 is no mark"))
  }
}
