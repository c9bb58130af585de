import Foundation
import Testing
import TestSupport

/// `patterns import`, run as users run it.
@Suite struct ImportCommandTests {
  @Test func allFilesAreWrittenOrNone() async throws {
    let folder = try ScratchFolder()
    let list = try folder.write("error: (\\w+) is gone\nit broke\n", to: "rules.txt")
    let target = folder.path + "/patterns/imported"
    func run(_ arguments: String...) async throws -> Command { try await Command.culprit(["patterns", "import"] + arguments) }
    func files() -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []).sorted() }

    #expect([2, 64].contains(try await run(list).status))
    #expect(try await run(list, "--dry-run").output.hasSuffix("2 rules: 2 converted, 0 changed, 0 refused; nothing written\n"))
    #expect(files().isEmpty)
    let first = try await run(list, "--into", target)
    #expect(first.status == 0 && first.output.contains("2 files written to"), "\(first)")
    #expect(files() == ["found-error-w-is-gone.yaml", "found-it-broke.yaml"])
    let check = try await Command.culprit(["patterns", "check", target])
    #expect(check.status == 0, "\(check.output)\(check.errors)")

    // Two more rules, one of which is there already: nothing is written, and what a curator has changed stays.
    let file = target + "/found-it-broke.yaml"
    try FileManager.default.removeItem(atPath: target + "/found-error-w-is-gone.yaml")
    try Data("mine".utf8).write(to: URL(fileURLWithPath: file))
    let second = try await run(list, "--into", target)
    #expect(second.status == 2 && second.errors.contains("there already; nothing is written"), "\(second)")
    #expect(files() == ["found-it-broke.yaml"])
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
    #expect(try await run(list, "--into", target, "--force").status == 0)
    #expect(files().count == 2)
    #expect(try String(contentsOfFile: file, encoding: .utf8) != "mine")
  }

  @Test func refusalsAreToldWithTheirReasons() async throws {
    let folder = try ScratchFolder()
    let list = try folder.write("fine\na(b\n", to: "rules.txt")
    let run = try await Command.culprit(["patterns", "import", list, "--dry-run", "--format", "json", "--dialect", "go"])
    #expect(run.status == 1)
    let rules = try run.json()
    #expect(rules.map { $0["outcome"] as? String } == ["converted", "refused"])
    #expect(rules[0]["yaml"] as? String != nil && rules[1]["yaml"] is NSNull)
    #expect((rules[1]["notes"] as? [String])?.first == "a parenthesis is not closed")

    let toml = try folder.write("[[rule]]\nname = 'x\n", to: "rules.toml")
    let broken = try await Command.culprit(["patterns", "import", toml, "--into", folder.path + "/p"])
    #expect(broken.status == 2 && broken.errors.contains("rules.toml:2: a string is not closed"), "\(broken.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/p"))
  }
}

/// Real rule files and logs, where they are there.
@Suite struct ImportFixtureTests {
  private static let marked = SharedData.file("marked/pytorch")?.path
  private static let ruleset = SharedData.file("patterns/pytorch-log-classifier/ruleset.toml")?.path

  /// The best finding is the line that their own classifier found, with its captures.
  @Test(.enabled(if: marked != nil && ruleset != nil, "the shared data is not here"))
  func pytorchsFixturesGiveTheirLinesAndCaptures() async throws {
    let folder = try ScratchFolder()
    let patterns = folder.path + "/patterns"
    let (marked, ruleset) = (try #require(Self.marked), try #require(Self.ruleset))
    let imported = try await Command.culprit(
      ["patterns", "import", ruleset, "--into", patterns, "--examples", marked])
    #expect(imported.status == 0, "\(imported.output)")
    #expect(imported.output.contains("102 rules:") && imported.output.contains("0 refused"))
    let check = try await Command.culprit(["patterns", "check", patterns])
    #expect(check.status == 0, "\(check.output)")
    for line in try String(contentsOfFile: marked + "/marks.jsonl", encoding: .utf8).split(separator: "\n") {
      let mark = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let log = marked + "/" + (mark["log"] as? String ?? "")
      let lines = try await Command.culprit(["scan", log, "--patterns", patterns, "--format", "json"]).json()
      let best = try #require(lines.last?["best"] as? [String: Any], "\(log)")
      #expect(best["line"] as? Int == mark["line"] as? Int, "\(log): \(best)")
      // Theirs are the groups in their order, or the whole match where there are none.
      let finding = try #require(
        lines.first { $0["line"] as? Int == best["line"] as? Int && $0["pattern"] as? String == best["pattern"] as? String })
      let captures = finding["captures"] as? [String: String] ?? [:]
      // Of colours theirs leave some in captures.
      let expected = (mark["captures"] as? [String] ?? []).map { $0.replacing(/\u{1B}\[[0-9;]*m/, with: "") }
      if captures.isEmpty {
        let text = Array((finding["text"] as? String ?? "").utf8)
        let (start, end) = (finding["start"] as? Int ?? 0, finding["end"] as? Int ?? 0)
        if end <= text.count { #expect([String(decoding: text[start..<end], as: UTF8.self)] == expected, "\(log)") }
      } else {
        #expect((1...max(1, expected.count)).map { captures[String($0)] ?? "" } == expected, "\(log)")
      }
    }
  }
}
