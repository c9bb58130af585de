import Foundation
import Testing
import TestSupport

/// `culprit patterns try`, on a real database, run as users run it.
@Suite struct PatternsTryTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.pattern("a/error", match: "^error: (.*)", hit: "error: x")
    try folder.pattern("b/refused", match: "refused", hit: "refused", verdict: "flaky")
    try folder.write("all is well\n", to: "logs/pass.log")
  }

  private static func commit(_ number: Int) -> String { String(repeating: "0", count: 37) + String(100 + number) }

  /// Eight failed builds of 20 KB each, of which two were refused, and one that passed.
  private func withBuilds(_ body: (_ run: ([String]) async throws -> Command, [String: String]) async throws -> Void) async throws {
    var lines: [String] = []
    for number in 0..<8 {
      let noise = (0..<500).map { "step \(number): compiled module_\($0 * 37 % 91) without trouble" }.joined(separator: "\n")
      let telling = number % 4 == 0 ? "connection to host\(number) refused" : "error: nothing special"
      try folder.write(noise + "\n" + telling + "\n", to: "logs/\(number).log")
      lines.append(
        #"{"file":"\#(number).log","repository":"acme/engine","commit":"\#(Self.commit(number))","job":"linux","finishedAt":"2026-01-0\#(number + 1)T00:00:00Z"}"#
      )
    }
    lines.append(#"{"file":"pass.log","repository":"acme/engine","commit":"\#(Self.commit(0))","job":"docs","outcome":"success"}"#)
    let manifest = try folder.write(lines.joined(separator: "\n"), to: "logs/manifest.jsonl")
    try await TestDatabase.with { database in
      let variables = [
        "DATABASE_URL": try await database.url, "CULPRIT_DATA": folder.path + "/data",
        "CULPRIT_PATTERNS": folder.path + "/patterns",
      ]
      let run = { try await Command.culprit($0, environment: variables) }
      for arguments in [["import", manifest], ["patterns", "sync"], ["rescan"]] { #expect(try await run(arguments).status == 0) }
      try await body(run, variables)
    }
  }

  @Test func anExpressionIsTriedOnAllLogs() async throws {
    try await withBuilds { run, _ in
      let exported = try await run(["export", "findings"]).output
      let tried = try await run([
        "patterns", "try", "connection to (?<host>\\w+) refused", "--group-by", "host", "--format", "json",
      ])
      #expect(tried.status == 0, "\(tried.errors)")
      let objects = try tried.json()
      let findings = objects.filter { $0["type"] as? String == "finding" }
      #expect(Set(findings.map { $0["commit"] as? String }) == [Self.commit(0), Self.commit(4)])
      #expect(findings.allSatisfy { $0["line"] as? Int == 501 && $0["start"] as? Int == 0 })
      #expect(findings.compactMap { ($0["captures"] as? [String: String])?["host"] }.sorted() == ["host0", "host4"])
      // What was flaky is a failure of the change now.
      let changes = objects.filter { $0["type"] as? String == "change" }
      #expect(changes.count == 2)
      #expect(changes.allSatisfy { ($0["before"] as? [String: Any])?["kind"] as? String == "flaky" })
      #expect(changes.allSatisfy { ($0["after"] as? [String: Any])?["pattern"] as? String == "candidate" })
      let summary = try #require(objects.last)
      #expect(summary["type"] as? String == "summary" && summary["complete"] as? Bool == true)
      #expect(summary["findings"] as? Int == 2)
      #expect((summary["failedBuilds"] as? [String: Int]) == ["hit": 2, "of": 8])
      #expect((summary["passedBuilds"] as? [String: Int]) == ["hit": 0, "of": 1])
      // The rescan made the indexes: but for the log that is too small to have one, only what is needed is opened.
      let opened = try #require((summary["tried"] as? [String: Int])?["opened"])
      #expect(opened >= 3 && opened < 7, "\(opened)")
      let patterns = try #require(summary["patterns"] as? [[String: Any]])
      #expect(patterns.map { $0["pattern"] as? String } == ["b/refused"])
      #expect(patterns[0]["shadowed"] as? Bool == true && patterns[0]["lines"] as? Int == 2)
      #expect(try await run(["export", "findings"]).output == exported)

      let text = try await run(["patterns", "try", "connection to (?<host>\\w+) refused", "--verdict", "flaky"]).output
      #expect(text.contains("2 findings in 2 logs: 2 of 8 failed builds, 0 of 1 passing ones"))
      #expect(text.contains("b/refused"))
    }
  }

  @Test func aFileIsTriedAsItSays() async throws {
    try await withBuilds { run, _ in
      let file = try folder.pattern("c/special", match: "nothing (?<what>special)", hit: "nothing special", more: "priority: 90")
      let summary = try #require(try await run(["patterns", "try", file, "--format", "json", "--since", "2026-01-03"]).json().last)
      #expect(summary["findings"] as? Int == 5)
      let broken = try folder.write("title: x\nmatch: '('\nverdict: failure\n", to: "broken.yaml")
      let refused = try await run(["patterns", "try", broken])
      #expect(refused.status == 2 && refused.errors.hasPrefix("culprit: \(broken):"), "\(refused.errors)")
    }
  }

  @Test func wrongUseEndsWithTwo() async throws {
    for arguments in [["(oops"], ["a(b)", "--group-by", "c"], [], ["none.yaml"], ["a", "--verdict", "bad"], ["x*"]] {
      let run = try await Command.culprit(["patterns", "try"] + arguments, environment: ["CULPRIT_DATA": folder.path + "/none"])
      #expect(run.status == 2, "\(arguments)")
      #expect(run.errors.hasPrefix("culprit: "), "\(run.errors)")
      #expect(run.errors.split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix("  hint: ") }, "\(run.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/none"))
    }
  }

  @Test func anExpressionThatEndsLikeAFileCanBeTried() async throws {
    try await withBuilds { run, _ in
      let refused = try await run(["patterns", "try", "cannot open config.yaml"])
      #expect(refused.errors.contains("with its last letter as a class: cannot open config.yam[l]"), "\(refused.errors)")
      #expect(try await run(["patterns", "try", "cannot open config.yam[l]"]).status == 0)
    }
  }

  @Test func aTrialThatLacksALogIsNotComplete() async throws {
    try await withBuilds { run, variables in
      let archive = try #require(variables["CULPRIT_DATA"]) + "/archive"
      let object = try #require(try FileManager.default.subpathsOfDirectory(atPath: archive).first { $0.hasSuffix(".zst") })
      try FileManager.default.removeItem(atPath: "\(archive)/\(object)")
      let tried = try await run(["patterns", "try", "module_\\d+", "--format", "json"])
      #expect(tried.status == 2 && tried.errors.contains("culprit: 1 log can't be read from the archive"), "\(tried.errors)")
      let summary = try #require(try tried.json().last)
      #expect(summary["complete"] as? Bool == false)
      #expect((summary["tried"] as? [String: Int])?["lost"] == 1)
    }
  }

  @Test func aTrialThatIsKilledGoesOn() async throws {
    try await withBuilds { run, variables in
      let words = ["patterns", "try", "module_\\d+", "--format", "json"]
      func told(_ command: Command) throws -> [String] {
        command.lines.filter { $0.contains(#""type":"finding""#) }.map(String.init).sorted()
      }
      let whole = try told(try await run(words))
      #expect(whole.count == 8 * 500)
      for _ in 0..<3 {
        let trial = try Command.start(words + ["--fresh"], environment: variables)
        kill(trial.processIdentifier, SIGKILL)
        _ = try await Command.finish(trial)
        let again = try told(try await run(words))
        #expect(again == whole)
      }
    }
  }
}
